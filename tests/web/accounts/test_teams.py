"""Teams, their members, invitations and tokens, as their managers see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from counterfoil.accounts import queries
from counterfoil.accounts.models import Invitation, Team, User
from counterfoil.accounts.permissions import EVENT_PERMISSIONS, LABELS, ORGANIZER_PERMISSIONS
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from makers import make_event, make_organizer, make_team, make_token, make_user
from pageclient import signed_in

TWICE = {
    "password": "a quiet evening by the river",
    "password_again": "a quiet evening by the river",
}
MANAGES = "organizer.teams:write"


@pytest.fixture
def path(event: Event) -> str:
    return f"/organizers/{event.organizer.slug}/teams/"


@pytest.fixture
def team(event: Event) -> Team:
    return make_team(event.organizer, name="Gate", permissions=["event.orders:read"])


def actions() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("action", flat=True))


def secret_in(answer: Any) -> str:
    """The secret that a page shows once."""
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    secret: str = answer.context["secret"]
    assert answer.content.decode().count(secret) == 2  # to read and to copy
    return secret


def test_every_permission_has_its_words() -> None:
    assert set(LABELS) == {*EVENT_PERMISSIONS, *ORGANIZER_PERMISSIONS}


def test_a_team_is_made_and_changed(pages: Client, event: Event, path: str) -> None:
    wanted = {
        "name": "Gate",
        "limit_events": [event.pk],
        "event_permissions": ["event.orders:read"],
    }
    answer = pages.post(f"{path}add/", wanted)

    team = Team.objects.get(name="Gate")
    assert answer["Location"] == f"{path}{team.pk}/"
    assert list(team.limit_events.all()) == [event]
    shown = pages.get(f"{path}{team.pk}/").content.decode()
    assert "See orders and tickets, and print them" in shown
    pages.post(f"{path}{team.pk}/edit/", {**wanted, "all_events": "on"})
    team.refresh_from_db()
    assert team.all_events
    assert not team.limit_events.exists()
    assert actions() == ["counterfoil.team.added", "counterfoil.team.changed"]


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"limit_events": ["x"]}, {"event_permissions": ["event.everything"]}]
)
def test_a_team_that_is_wrong_is_not_made(pages: Client, path: str, wrong: Any) -> None:
    assert pages.post(f"{path}add/", {"name": "x", **wrong}).status_code == 422


def test_rights_that_one_lacks_are_not_offered_and_not_taken_away(
    event: Event, path: str, team: Team
) -> None:
    make_user(event.organizer)
    weak = signed_in(make_user(event.organizer, permissions=[MANAGES]))

    form = weak.get(f"{path}{team.pk}/edit/").context["form"]
    answer = weak.post(f"{path}{team.pk}/edit/", {"name": "Door", "all_events": "on"})

    assert form.fields["event_permissions"].choices == []
    assert answer.status_code == 302
    team.refresh_from_db()
    assert (team.name, team.event_permissions) == ("Door", ["event.orders:read"])
    refused = weak.post(
        f"{path}add/", {"name": "x", "all_event_permissions": "on", "all_events": "on"}
    )
    assert refused.status_code == 422
    assert "rights that you do not hold" in refused.content.decode()


def test_events_that_one_does_not_see_stay_chosen(event: Event, path: str) -> None:
    hidden = make_event(event.organizer)
    team = make_team(event.organizer, all_events=False, permissions=[])
    team.limit_events.set([event, hidden])
    make_user(event.organizer)
    user = User.objects.create(email="half@example.org")
    half = make_team(event.organizer, permissions=[MANAGES], all_events=False)
    half.limit_events.set([event])
    half.members.add(user)

    signed_in(user).post(f"{path}{team.pk}/edit/", {"name": "x"})

    assert list(team.limit_events.all()) == [hidden]


def test_a_team_is_deleted_with_its_tokens(pages: Client, path: str, team: Team) -> None:
    _token, header = make_token(team)
    assert pages.get(f"{path}{team.pk}/delete/").status_code == 200

    assert pages.post(f"{path}{team.pk}/delete/").status_code == 302

    assert queries.token_of(header.removeprefix("Token ")) is None
    assert not Team.objects.filter(pk=team.pk).exists()


def test_the_last_manager_is_told_to_stay(pages: Client, user: User, path: str) -> None:
    team = user.teams.get()

    for what in (f"members/{user.pk}/remove/", "delete/"):
        assert pages.post(f"{path}{team.pk}/{what}").status_code == 409
    assert user in team.members.all()


def test_a_member_is_removed(pages: Client, event: Event, path: str, team: Team) -> None:
    member = User.objects.create(email="grace@example.org")
    team.members.add(member)

    pages.post(f"{path}{team.pk}/members/{member.pk}/remove/")

    assert not team.members.exists()
    assert actions() == ["counterfoil.team.member_removed"]


def test_who_removes_themselves_is_led_out(event: Event, path: str) -> None:
    make_user(event.organizer)
    leaving = make_user(event.organizer)
    team = leaving.teams.get()

    answer = signed_in(leaving).post(f"{path}{team.pk}/members/{leaving.pk}/remove/")

    assert answer["Location"] == "/"


@pytest.mark.parametrize(("what", "sent"), [("delete", {}), ("edit", {"name": "No managers"})])
def test_who_takes_their_own_rights_away_is_led_out(
    event: Event, path: str, what: str, sent: dict[str, str]
) -> None:
    make_user(event.organizer)
    leaving = make_user(event.organizer)
    team = leaving.teams.get()

    answer = signed_in(leaving).post(f"{path}{team.pk}/{what}/", sent)

    assert answer["Location"] == "/"


def test_a_manager_makes_a_link_for_a_forgotten_password(
    client: Client, pages: Client, path: str, team: Team
) -> None:
    member = User.objects.create(email="grace@example.org")
    team.members.add(member)

    link = secret_in(pages.post(f"{path}{team.pk}/members/{member.pk}/password/"))

    assert client.post(link.removeprefix("http://testserver"), TWICE)["Location"] == "/signin/"
    member.refresh_from_db()
    assert member.check_password(TWICE["password"])
    assert "counterfoil.user.password_link_made" in actions()


def test_a_link_to_who_may_do_more_is_refused(event: Event, path: str) -> None:
    strong = make_user(event.organizer)
    weak = signed_in(make_user(event.organizer, permissions=[MANAGES]))

    answer = weak.post(f"{path}{strong.teams.get().pk}/members/{strong.pk}/password/")

    assert answer.status_code == 403
    assert not strong.links.exists()


def test_an_invitation_makes_an_account(
    client: Client, pages: Client, path: str, team: Team
) -> None:
    answer = pages.post(f"{path}{team.pk}/invitations/add/", {"note": "Grace"})
    link = secret_in(answer).removeprefix("http://testserver")
    assert "Grace" in pages.get(f"{path}{team.pk}/").content.decode()
    assert "Gate" in client.get(link).content.decode()

    joined = client.post(link, {"fullname": "Grace", "email": "grace@example.org", **TWICE})

    assert joined["Location"] == "/"
    assert team.members.get().email == "grace@example.org"
    assert client.get("/account/").status_code == 200
    assert Client().get(link).status_code == 410
    assert {"counterfoil.invitation.added", "counterfoil.invitation.accepted"} <= set(actions())


def test_an_invitation_takes_in_whoever_is_signed_in(pages: Client, path: str, team: Team) -> None:
    link = secret_in(pages.post(f"{path}{team.pk}/invitations/add/", {"note": "Grace"}))
    grace = make_user(make_organizer())

    answer = signed_in(grace).post(link.removeprefix("http://testserver"))

    assert answer.status_code == 302
    assert grace in team.members.all()


def test_an_account_is_not_made_twice(client: Client, pages: Client, path: str, team: Team) -> None:
    link = secret_in(pages.post(f"{path}{team.pk}/invitations/add/", {"note": "x"}))
    taken = make_user(make_organizer()).email

    answer = client.post(
        link.removeprefix("http://testserver"), {"fullname": "x", "email": taken, **TWICE}
    )

    assert answer.status_code == 422
    assert Invitation.objects.count() == 1


def test_an_invitation_is_revoked(client: Client, pages: Client, path: str, team: Team) -> None:
    link = secret_in(pages.post(f"{path}{team.pk}/invitations/add/", {"note": "x"}))
    made = Invitation.objects.get()

    pages.post(f"{path}{team.pk}/invitations/{made.pk}/revoke/")

    assert client.get(link.removeprefix("http://testserver")).status_code == 410
    assert actions()[-1] == "counterfoil.invitation.revoked"


def test_a_stronger_team_cannot_be_joined_through_the_back_door(event: Event, path: str) -> None:
    strong = make_user(event.organizer).teams.get()
    weak = signed_in(make_user(event.organizer, permissions=[MANAGES]))

    for what, sent in (("invitations", {"note": "me"}), ("tokens", {"name": "mine"})):
        assert weak.post(f"{path}{strong.pk}/{what}/add/", sent).status_code == 422
    assert not Invitation.objects.exists()
    assert not strong.tokens.exists()


def test_a_token_is_shown_once_and_switched_off(pages: Client, path: str, team: Team) -> None:
    raw = secret_in(pages.post(f"{path}{team.pk}/tokens/add/", {"name": "Box office"}))

    token = queries.token_of(raw)
    assert token
    assert token.team == team
    shown = pages.get(f"{path}{team.pk}/").content.decode()
    assert "Box office" in shown
    assert raw not in shown
    pages.post(f"{path}{team.pk}/tokens/{token.pk}/off/")
    token.refresh_from_db()
    assert not token.active
    assert actions() == ["counterfoil.token.added", "counterfoil.token.switched_off"]


def test_rows_of_another_team_are_not_there(
    pages: Client, event: Event, path: str, team: Team
) -> None:
    token, _header = make_token(make_team(event.organizer))

    assert pages.post(f"{path}{team.pk}/tokens/{token.pk}/off/").status_code == 404


@pytest.mark.parametrize("odd", ["?page=abc", "?page=-1", "?page=99999999999999999999"])
def test_odd_pages_of_the_list_are_answered(pages: Client, path: str, odd: str) -> None:
    assert pages.get(path + odd).status_code == 200


def test_teams_with_odd_numbers_are_not_there(pages: Client, path: str) -> None:
    assert pages.get(f"{path}99999999999999999999/").status_code == 404


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_costs_the_same_for_any_number(
    pages: Client, event: Event, path: str, number: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(number):
        make_token(make_team(event.organizer))

    with django_assert_max_num_queries(12):
        assert pages.get(path).status_code == 200
