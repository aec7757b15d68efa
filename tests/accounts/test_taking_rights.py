"""Nobody takes away, or gains by a detour, what they do not hold themselves."""

from __future__ import annotations

import pytest
from django.test import Client

from counterfoil.accounts import devices, invitations, links, teams
from counterfoil.accounts.actors import TokenActor, UserActor
from counterfoil.accounts.models import APIToken, Device, OneTimeLink, Team, User
from counterfoil.audit import queries
from counterfoil.audit import services as audit
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core.refusals import Conflict, Forbidden, Gone, Invalid
from makers import make_device, make_event, make_organizer, make_team, make_token, make_user

MANAGING = ["organizer.teams:write"]
DEVICES = ["organizer.devices:read", "organizer.devices:write"]


@pytest.fixture
def organizer(db: None) -> Organizer:
    return make_organizer()


@pytest.fixture
def owner(organizer: Organizer) -> User:
    return make_user(organizer)


@pytest.fixture
def manager(organizer: Organizer) -> User:
    return make_user(organizer, permissions=MANAGING)


def team_of(user: User) -> Team:
    return user.teams.get()


def test_a_lesser_manager_cannot_remove_an_owner(owner: User, manager: User) -> None:
    with pytest.raises(Forbidden, match="do not hold"):
        teams.remove_member(team=team_of(owner), member=owner, by=manager)

    assert owner in team_of(owner).members.all()


def test_a_lesser_manager_cannot_delete_the_owners_team(owner: User, manager: User) -> None:
    with pytest.raises(Forbidden):
        teams.delete_team(team=team_of(owner), by=manager)

    assert owner.teams.exists()


def test_a_lesser_manager_cannot_weaken_the_owners_team(
    organizer: Organizer, owner: User, manager: User
) -> None:
    with pytest.raises(Forbidden):
        teams.save_team(
            team=team_of(owner),
            organizer=organizer,
            by=manager,
            fields={"all_organizer_permissions": False},
        )

    assert Team.objects.get(pk=team_of(owner).pk).all_organizer_permissions


def test_a_lesser_manager_cannot_switch_off_a_stronger_token(owner: User, manager: User) -> None:
    token, _header = make_token(team_of(owner))

    with pytest.raises(Forbidden):
        teams.switch_token_off(token=token, by=manager)


def test_a_lesser_manager_cannot_revoke_a_stronger_invitation(owner: User, manager: User) -> None:
    invitation, _raw = invitations.invite(team=team_of(owner), by=owner)

    with pytest.raises(Forbidden):
        invitations.revoke(invitation=invitation, by=manager)


def test_anybody_may_leave_a_team(organizer: Organizer, owner: User, manager: User) -> None:
    stronger = make_team(organizer)
    stronger.members.add(manager)
    team_of(owner).members.add(owner)

    teams.remove_member(team=stronger, member=manager, by=manager)

    assert manager not in stronger.members.all()


def test_an_invitation_ends_when_its_team_may_more_than_the_inviter(
    organizer: Organizer, owner: User, manager: User
) -> None:
    weak = make_team(organizer, permissions=MANAGING)
    invitation, raw = invitations.invite(team=weak, by=manager)
    everything = {"all_event_permissions": True, "all_organizer_permissions": True}
    teams.save_team(team=weak, organizer=organizer, by=owner, fields=everything)

    with pytest.raises(Gone):
        invitations.find_invitation(raw)
    with pytest.raises(Gone):
        invitations.accept(invitation=invitation, user=manager)
    assert manager not in weak.members.all()


def test_an_invitation_ends_with_its_inviters_rights(owner: User, manager: User) -> None:
    _invitation, raw = invitations.invite(team=team_of(manager), by=manager)
    team_of(manager).members.remove(manager)

    with pytest.raises(Gone):
        invitations.find_invitation(raw)


def test_a_password_link_ends_when_the_account_may_more_than_its_maker(
    organizer: Organizer, owner: User, manager: User
) -> None:
    member = make_user(organizer, permissions=[])
    raw = links.open_password_link(member, by=manager, organizer=organizer)
    assert links.find_link(OneTimeLink.Purpose.PASSWORD, raw)
    team_of(owner).members.add(member)

    with pytest.raises(Gone):
        links.find_link(OneTimeLink.Purpose.PASSWORD, raw)


def test_a_device_gets_no_more_than_its_maker_holds(organizer: Organizer) -> None:
    event = make_event(organizer)
    reader = UserActor(make_user(organizer, permissions=[*DEVICES, "event.orders:read"]))

    with pytest.raises(Invalid, match="may not do more"):
        devices.create_device(organizer=organizer, name="Gate", limit_events=[event], by=reader)


def test_a_devices_profile_is_widened_only_by_who_holds_what_it_gets(organizer: Organizer) -> None:
    event = make_event(organizer)
    scanning = [*DEVICES, "event.orders:read", "event.orders:checkin"]
    actor = UserActor(make_user(organizer, permissions=scanning))
    device = devices.create_device(
        organizer=organizer,
        name="Gate",
        limit_events=[event],
        security_profile="pretixscan",
        by=actor,
    )

    with pytest.raises(Invalid, match="may not do more"):
        devices.change_device(device=device, fields={"security_profile": "full"}, by=actor)


def test_who_sees_one_event_sees_no_devices_of_others(organizer: Organizer) -> None:
    mine, other = make_event(organizer), make_event(organizer)
    team = make_team(organizer, permissions=DEVICES, all_events=False)
    team.limit_events.set([mine])
    actor = TokenActor(make_token(team)[0])
    everywhere, _header = make_device(organizer)
    for events in ([other], [mine, other]):
        make_device(organizer, all_events=False)[0].limit_events.set(events)
    own, _header = make_device(organizer, all_events=False)
    own.limit_events.set([mine])

    assert set(devices.visible_devices(actor, organizer)) == {own, everywhere}
    for fields in ({"revoked": True}, {"all_events": False}, {"security_profile": "pretixscan"}):
        with pytest.raises(Forbidden):
            devices.change_device(device=everywhere, fields=fields, by=actor)
    with pytest.raises(Forbidden):
        devices.revoke_device(device=everywhere, by=actor)


def test_the_log_shows_only_what_its_reader_may_see(organizer: Organizer, owner: User) -> None:
    mine, other = make_event(organizer), make_event(organizer)
    team = make_team(organizer, permissions=["organizer.settings.general:write"], all_events=False)
    team.limit_events.set([mine])
    for event in (mine, other):
        for kind in ("quota", "order"):
            audit.record(actor=None, action=f"counterfoil.{kind}.added", obj=event, event=event)
    audit.record(actor=None, action="counterfoil.team.changed", obj=team, organizer=organizer)
    other.delete()

    reader = TokenActor(make_token(team)[0])
    seen = [(entry.kind, entry.event) for entry in queries.entries_for(reader, organizer)]

    assert seen == [("quota", mine)]
    assert queries.entries_for(UserActor(owner), organizer).count() == 5


def test_an_initialization_token_is_told_only_to_who_could_give_the_same(
    organizer: Organizer,
) -> None:
    event = make_event(organizer)
    device, _header = make_device(organizer, all_events=False)
    device.limit_events.set([event])
    rights = {
        (*DEVICES, "event.orders:read", "event.orders:write", "event.vouchers:read"): True,
        (*DEVICES, "event.orders:read"): False,
        (DEVICES[0],): False,
    }
    path = f"/api/v1/organizers/{organizer.slug}/devices/{device.device_id}/"

    for held, is_told in rights.items():
        header = make_token(make_team(organizer, permissions=list(held)))[1]
        answer = Client().get(path, headers={"Authorization": header}).json()
        assert answer["initialization_token"] == (device.initialization_token if is_told else None)


def test_the_last_owner_cannot_leave_though_somebody_manages_teams(
    owner: User, manager: User
) -> None:
    team = team_of(owner)

    with pytest.raises(Conflict, match="all rights"):
        teams.remove_member(team=team, member=owner, by=owner)
    with pytest.raises(Conflict, match="all rights"):
        teams.delete_team(team=team, by=owner)
    with pytest.raises(Conflict, match="all rights"):
        teams.save_team(team=team, organizer=team.organizer, by=owner, fields={"all_events": False})

    team.members.add(manager)
    teams.remove_member(team=team, member=owner, by=owner)
    assert list(team.members.all()) == [manager]


def test_who_owns_by_two_teams_together_is_an_owner(organizer: Organizer, owner: User) -> None:
    other = make_user(organizer, permissions=MANAGING)
    for rights in (
        {"all_organizer_permissions": True},
        {"all_events": True, "all_event_permissions": True},
    ):
        organizer.teams.create(name="Half", **rights).members.add(other)

    teams.remove_member(team=team_of(owner), member=owner, by=owner)

    assert not owner.teams.exists()


def test_where_nobody_has_all_rights_managers_come_and_go(
    organizer: Organizer, manager: User
) -> None:
    other = make_user(organizer, permissions=MANAGING)

    teams.remove_member(team=team_of(other), member=other, by=other)

    assert manager.teams.exists()


def announced(by: UserActor | TokenActor, organizer: Organizer, event: Event) -> Device:
    return devices.create_device(organizer=organizer, name="Gate", limit_events=[event], by=by)


def initialize(device: Device) -> Device:
    facts = {"hardware_brand": "Acme"}
    return devices.initialize_device(token=device.initialization_token, facts=facts)[0]


def test_a_device_is_let_in_only_while_who_announced_it_holds_what_it_gets(
    organizer: Organizer, owner: User
) -> None:
    event = make_event(organizer)
    helper = make_user(organizer)
    waiting, at_work = (announced(UserActor(helper), organizer, event) for _ in range(2))
    assert initialize(at_work).initialized
    team_of(helper).members.remove(helper)

    with pytest.raises(Invalid, match="revoked"):
        initialize(waiting)
    at_work.refresh_from_db()
    assert not at_work.revoked  # gates do not close because a colleague left


@pytest.mark.parametrize("loses", ["active", "organizer_permissions", "event_permissions"])
def test_a_token_that_lost_its_rights_lets_no_device_in(organizer: Organizer, loses: str) -> None:
    token, _header = make_token(make_team(organizer))
    device = announced(TokenActor(token), organizer, make_event(organizer))
    if loses == "active":
        APIToken.objects.update(active=False)
    else:
        Team.objects.update(**{f"all_{loses}": False})

    with pytest.raises(Invalid, match="revoked"):
        initialize(device)


def test_somebody_else_who_holds_all_that_a_device_gets_can_answer_for_it(
    organizer: Organizer, owner: User
) -> None:
    helper = make_user(organizer)
    device = announced(UserActor(helper), organizer, make_event(organizer))
    helper.is_active = False
    helper.save()

    devices.change_device(device=device, fields={"name": "Gate 2"}, by=UserActor(owner))

    assert initialize(device).initialized


def test_what_the_operator_announces_needs_nobody(organizer: Organizer) -> None:
    device = devices.create_device(organizer=organizer, name="Gate", all_events=True)

    assert initialize(device).initialized
