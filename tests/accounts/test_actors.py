"""Who may see and do what: tokens, devices and people alike."""

from __future__ import annotations

import pytest

from counterfoil.accounts.actors import Actor, DeviceActor, TokenActor, UserActor
from counterfoil.accounts.models import User
from counterfoil.catalog.models import Event
from makers import make_device, make_event, make_organizer, make_team, make_token

ORDERS = "event.orders:read"
ITEMS = "event.items:write"
DEVICES = "organizer.devices:read"


@pytest.fixture
def event(db: None) -> Event:
    return make_event()


def token_with(event: Event, *permissions: str, **of_team: object) -> Actor:
    team = make_team(event.organizer, permissions=list(permissions), **of_team)
    return TokenActor(make_token(team)[0])


def test_a_token_has_exactly_its_teams_rights(event: Event) -> None:
    actor = token_with(event, ORDERS, DEVICES)

    assert actor.may_in_event(ORDERS, event)
    assert not actor.may_in_event(ITEMS, event)
    assert actor.may_in_organizer(DEVICES, event.organizer)
    assert not actor.may_in_organizer("organizer.devices:write", event.organizer)
    assert actor.key.startswith("token:")


def test_a_token_reaches_only_its_teams_events(event: Event) -> None:
    second = make_event(event.organizer)
    team = make_team(event.organizer, all_events=False)
    team.limit_events.add(second)
    actor = TokenActor(make_token(team)[0])

    assert list(actor.events(event.organizer)) == [second]
    assert actor.may_in_event(ORDERS, second)
    assert not actor.may_in_event(ORDERS, event)


def test_nobody_reaches_another_organizer(event: Event) -> None:
    foreign = make_event()
    user = User.objects.create_user("ann@example.org")
    make_team(event.organizer).members.add(user)
    actors: list[Actor] = [
        TokenActor(make_token(make_team(event.organizer))[0]),
        DeviceActor(make_device(event.organizer)[0]),
        UserActor(user),
    ]

    for actor in actors:
        assert list(actor.organizers()) == [event.organizer]
        assert not actor.events(foreign.organizer).exists()
        assert not actor.may_in_event(ORDERS, foreign)
        assert not actor.may_in_organizer(DEVICES, foreign.organizer)


def test_a_person_has_the_rights_of_all_their_teams(event: Event) -> None:
    second = make_event(event.organizer)
    user = User.objects.create_user("ann@example.org")
    narrow = make_team(event.organizer, permissions=[ITEMS], all_events=False)
    narrow.limit_events.add(second)
    for team in (narrow, make_team(event.organizer, permissions=[ORDERS, DEVICES])):
        team.members.add(user)
    actor = UserActor(user)

    assert set(actor.events(event.organizer)) == {event, second}
    assert actor.may_in_event(ORDERS, event)
    assert actor.may_in_event(ITEMS, second)
    assert not actor.may_in_event(ITEMS, event)
    assert actor.may_in_organizer(DEVICES, event.organizer)
    assert actor.key == f"user:{user.pk}"


def test_a_device_may_read_and_write_orders_of_its_events(event: Event) -> None:
    second = make_event(event.organizer)
    device, _ = make_device(event.organizer, all_events=False)
    device.limit_events.add(second)
    actor = DeviceActor(device)

    assert list(actor.events(event.organizer)) == [second]
    assert actor.may_in_event(ORDERS, second)
    assert actor.may_in_event("event.orders:write", second)
    assert not actor.may_in_event(ORDERS, event)
    assert not actor.may_in_event(ITEMS, second)
    assert not actor.may_in_organizer(DEVICES, event.organizer)
    assert not actor.events(make_organizer()).exists()
