"""Nobody gives away what they do not hold, and somebody always holds the keys."""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.accounts.invitations import accept, find_invitation, invite, revoke
from counterfoil.accounts.models import Invitation, Team, User
from counterfoil.accounts.teams import (
    check_may_reset,
    create_token,
    delete_team,
    join_administrators,
    remove_member,
    save_team,
)
from counterfoil.core import clock
from counterfoil.core.refusals import Conflict, Forbidden, Gone, Invalid
from makers import make_event, make_organizer, make_team, make_user

pytestmark = pytest.mark.django_db

MANAGES = "organizer.teams:write"


def fields(**given: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "name": "Gate",
        "all_events": False,
        "limit_events": [],
        "all_event_permissions": False,
        "event_permissions": [],
        "all_organizer_permissions": False,
        "organizer_permissions": [],
    }
    return {**defaults, **given}


@pytest.mark.parametrize(
    "wanted",
    [
        {"all_events": True, "event_permissions": ["event.orders:write"]},
        {"all_events": True, "all_event_permissions": True},
        {"all_organizer_permissions": True},
        {"organizer_permissions": ["organizer.devices:write"]},
    ],
)
def test_rights_that_the_giver_lacks_are_not_given(wanted: dict[str, Any]) -> None:
    organizer = make_organizer()
    giver = make_user(organizer, permissions=[MANAGES, "event.orders:read"])

    with pytest.raises(Forbidden):
        save_team(team=None, organizer=organizer, by=giver, fields=fields(**wanted))


def test_rights_that_the_giver_holds_are_given() -> None:
    organizer = make_organizer()
    giver = make_user(organizer, permissions=[MANAGES, "event.orders:read"])
    wanted = fields(all_events=True, event_permissions=["event.orders:read"])

    team = save_team(team=None, organizer=organizer, by=giver, fields=wanted)

    assert team.event_permissions == ["event.orders:read"]


def test_rights_on_one_event_are_not_given_on_another() -> None:
    event, other = (lambda one: (one, make_event(one.organizer)))(make_event())
    giver = User.objects.create(email="giver@example.org")
    team = make_team(event.organizer, all_events=False)
    team.limit_events.add(event)
    team.members.add(giver)
    rights = {"all_event_permissions": True}

    save_team(
        team=None,
        organizer=event.organizer,
        by=giver,
        fields=fields(limit_events=[event], **rights),
    )
    for wanted in (fields(limit_events=[other], **rights), fields(all_events=True)):
        with pytest.raises(Forbidden):
            save_team(team=None, organizer=event.organizer, by=giver, fields=wanted)


def test_what_a_team_has_already_may_stay() -> None:
    organizer = make_organizer()
    strong = make_team(organizer)
    make_user(organizer)
    giver = make_user(organizer, permissions=[MANAGES])
    same = {"all_events": True, "all_event_permissions": True, "all_organizer_permissions": True}

    renamed = save_team(
        team=strong, organizer=organizer, by=giver, fields=fields(name="Office", **same)
    )

    assert renamed.name == "Office"


def test_events_of_other_organizers_are_refused() -> None:
    organizer = make_organizer()

    with pytest.raises(Invalid):
        save_team(
            team=None,
            organizer=organizer,
            by=make_user(organizer),
            fields=fields(limit_events=[make_event()]),
        )


def test_a_stronger_team_gets_neither_members_nor_tokens_from_the_weaker() -> None:
    organizer = make_organizer()
    strong, weak = make_team(organizer), make_user(organizer, permissions=[MANAGES])

    with pytest.raises(Forbidden):
        invite(team=strong, by=weak)
    with pytest.raises(Forbidden):
        create_token(team=strong, by=weak, name="x")


def test_the_last_who_manages_teams_stays() -> None:
    organizer = make_organizer()
    only = make_user(organizer)
    team = only.teams.get()

    with pytest.raises(Conflict):
        remove_member(team=team, member=only)
    with pytest.raises(Conflict):
        delete_team(team=team)
    with pytest.raises(Conflict):
        save_team(team=team, organizer=organizer, by=only, fields=fields())


def test_the_last_but_one_may_go() -> None:
    organizer = make_organizer()
    first, second = make_user(organizer), make_user(organizer, permissions=[MANAGES])

    remove_member(team=first.teams.get(), member=first)

    assert not first.teams.exists()
    assert second.teams.exists()


def test_who_was_switched_off_manages_nothing() -> None:
    organizer = make_organizer()
    first = make_user(organizer)
    make_user(organizer, is_active=False)

    with pytest.raises(Conflict):
        remove_member(team=first.teams.get(), member=first)


def test_administrators_are_one_team() -> None:
    organizer = make_organizer()

    teams = {join_administrators(user=make_user(organizer), organizer=organizer) for _ in "ab"}

    assert len(teams) == 1
    assert teams.pop().members.count() == 2


def test_an_invitation_lets_one_in() -> None:
    organizer = make_organizer()
    team, user = make_team(organizer), User.objects.create(email="grace@example.org")
    _made, raw = invite(team=team, by=make_user(organizer), note="Grace")
    found = find_invitation(raw)

    accept(invitation=found, user=user)

    assert user in team.members.all()
    with pytest.raises(Gone):
        accept(invitation=found, user=make_user(organizer))
    with pytest.raises(Gone):
        find_invitation(raw)


def test_an_invitation_ends() -> None:
    organizer = make_organizer()
    _made, raw = invite(team=make_team(organizer), by=make_user(organizer))
    revoked, other = invite(team=make_team(organizer), by=make_user(organizer))
    Invitation.objects.exclude(pk=revoked.pk).update(expires=clock.now())

    revoke(invitation=revoked)

    for each in (raw, other):
        with pytest.raises(Gone):
            find_invitation(each)


def test_an_account_that_reaches_further_is_not_reset_by_a_team() -> None:
    organizer = make_organizer()
    weak, strong = make_user(organizer, permissions=[MANAGES]), make_user(organizer)
    elsewhere = make_user(organizer, permissions=[])
    Team.objects.create(organizer=make_organizer(), name="x").members.add(elsewhere)

    check_may_reset(by=strong, user=weak, organizer=organizer)
    for requested_by, user in ((weak, strong), (strong, elsewhere)):
        with pytest.raises(Forbidden):
            check_may_reset(by=requested_by, user=user, organizer=organizer)
