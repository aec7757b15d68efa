"""Devices of an organizer."""

from __future__ import annotations

from typing import Any

import pytest

from apiclient import Api
from counterfoil.accounts.models import Device
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from makers import make_device, make_event, make_organizer, make_team, make_token

KEYS = [
    *("device_id", "unique_serial", "initialization_token", "all_events", "limit_events"),
    *("revoked", "name", "created", "initialized", "hardware_brand", "hardware_model"),
    *("os_name", "os_version", "software_brand", "software_version", "security_profile"),
]


def path(event: Event, rest: str = "") -> str:
    return f"/organizers/{event.organizer.slug}/devices/{rest}"


def test_an_announced_device_shows_its_initialization_token(api: Api, event: Event) -> None:
    answer = api.post(
        path(event),
        json={"name": "Gate", "limit_events": [event.slug], "security_profile": "pretixscan"},
    )

    assert answer.status_code == 201
    made = answer.json()
    assert list(made) == KEYS
    assert len(made["initialization_token"]) == 16
    assert (made["device_id"], made["limit_events"], made["initialized"]) == (1, [event.slug], None)
    assert made["security_profile"] == "pretixscan"
    assert LogEntry.objects.get().action == "counterfoil.device.added"


def test_a_device_is_renamed_and_revoked(api: Api, event: Event) -> None:
    device, token = make_device(event.organizer)

    renamed = api.patch(path(event, f"{device.device_id}/"), json={"name": "Side door"})
    revoked = api.patch(path(event, f"{device.device_id}/"), json={"revoked": True})

    assert renamed.json()["name"] == "Side door"
    assert revoked.json()["revoked"] is True
    assert Api(token).get("/device/info").status_code == 401
    back = api.patch(path(event, f"{device.device_id}/"), json={"revoked": False})
    assert back.status_code == 409


def test_what_a_device_says_of_itself_is_not_written_by_others(api: Api, event: Event) -> None:
    device, _token = make_device(event.organizer)

    api.patch(
        path(event, f"{device.device_id}/"),
        json={"hardware_brand": "Forged", "unique_serial": "X", "device_id": 99},
    )

    device.refresh_from_db()
    assert device.hardware_brand != "Forged"
    assert device.unique_serial != "X"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 191}, "name"),
        ({"name": "x", "security_profile": "root"}, "security_profile"),
        ({"name": "x", "limit_events": ["nowhere"]}, "limit_events"),
        ({"name": "x", "limit_events": [5]}, "limit_events"),
        ({"name": "x", "all_events": None}, "all_events"),
    ],
)
def test_what_a_device_cannot_be_is_named(
    api: Api, event: Event, body: dict[str, Any], field: str
) -> None:
    answer = api.post(path(event), json=body)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not Device.objects.exists()


def test_events_of_others_do_not_exist(api: Api, event: Event) -> None:
    theirs = make_event(make_organizer())

    answer = api.post(path(event), json={"name": "x", "limit_events": [theirs.slug]})

    assert answer.status_code == 400


def test_nobody_lets_a_device_into_events_that_they_do_not_see(event: Event) -> None:
    team = make_team(event.organizer, all_events=False)
    team.limit_events.add(event)
    limited, other = Api(make_token(team)[1]), make_event(event.organizer)
    device, _token = make_device(event.organizer, all_events=False)
    own = path(event, f"{device.device_id}/")

    everywhere = limited.post(path(event), json={"name": "x", "all_events": True})
    elsewhere = limited.post(path(event), json={"name": "x", "limit_events": [other.slug]})
    widened = limited.patch(own, json={"all_events": True})

    assert list(everywhere.json()) == list(widened.json()) == ["all_events"]
    assert list(elsewhere.json()) == ["limit_events"]
    assert {answer.status_code for answer in (everywhere, elsewhere, widened)} == {400}
    assert limited.patch(own, json={"limit_events": [event.slug]}).status_code == 200


def test_a_device_that_is_let_in_everywhere_can_be_renamed_by_who_is_not(event: Event) -> None:
    device, _token = make_device(event.organizer, all_events=True)
    limited = Api(make_token(make_team(event.organizer, all_events=False))[1])

    answer = limited.put(
        path(event, f"{device.device_id}/"), json={"name": "Side door", "all_events": True}
    )

    assert (answer.status_code, answer.json()["name"]) == (200, "Side door")


def test_devices_are_never_deleted(api: Api, event: Event) -> None:
    device, _token = make_device(event.organizer)

    assert api.delete(path(event, f"{device.device_id}/")).status_code == 405


def test_reading_and_writing_are_two_permissions(event: Event) -> None:
    team = make_team(event.organizer, permissions=["organizer.devices:read"])
    reader = Api(make_token(team)[1])

    assert reader.get(path(event)).status_code == 200
    assert reader.post(path(event), json={"name": "x"}).status_code == 403


def test_a_device_does_not_see_the_other_devices(event: Event) -> None:
    _device, token = make_device(event.organizer)

    assert Api(token).get(path(event)).status_code == 403


@pytest.mark.parametrize("number", [1, 40])
def test_listing_costs_the_same_for_any_number(
    api: Api, event: Event, number: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(number):
        make_device(event.organizer)[0].limit_events.set([event])

    with django_assert_max_num_queries(6):
        answer = api.get(path(event))

    assert answer.json()["count"] == number
