"""What scanners synchronize: secrets, the log of scans, prints, and lists that are empty."""

from __future__ import annotations

from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.catalog.models import Event
from counterfoil.checkin.secrets import revoke_secret, set_block
from counterfoil.core import clock
from counterfoil.orders.models import PrintLog
from gate import Gate, make_gate, make_list
from makers import make_device, make_event, make_item, make_order, make_team, make_token

EMPTY = {"count": 0, "next": None, "previous": None, "results": []}


@pytest.fixture
def gate(event: Event) -> Gate:
    return Gate(event=event, item=make_item(event), list=make_list(event))


def test_revoked_secrets_are_listed(api: Api, gate: Gate) -> None:
    ticket = gate.ticket()
    revoked = revoke_secret(position=ticket, actor=None)
    make_gate().event.revoked_secrets.create(secret="elsewhere")

    entries = api.get(at(gate.event, "revokedsecrets/")).json()["results"]

    assert [(entry["id"], entry["secret"]) for entry in entries] == [(revoked.pk, ticket.secret)]
    assert list(entries[0]) == ["id", "secret", "created"]
    assert api.get(at(gate.event, f"revokedsecrets/{revoked.pk}/")).json() == entries[0]
    later = clock.now().isoformat().replace("+", "%2B")
    assert api.get(at(gate.event, f"revokedsecrets/?created_since={later}")).json() == EMPTY


def test_blocked_and_unblocked_secrets_are_listed(api: Api, gate: Gate) -> None:
    blocked, freed = gate.ticket(), gate.ticket()
    for ticket in (blocked, freed):
        set_block(position=ticket, name="admin", blocked=True, actor=None)
    set_block(position=freed, name="admin", blocked=False, actor=None)

    def found(query: str) -> dict[str, bool]:
        answer = api.get(at(gate.event, f"blockedsecrets/?{query}"))
        return {entry["secret"]: entry["blocked"] for entry in answer.json()["results"]}

    assert found("") == {blocked.secret: True, freed.secret: False}
    assert found("blocked=true") == {blocked.secret: True}
    assert found("updated_since=2100-01-01T00:00:00Z") == {}
    assert api.get(at(gate.event, "blockedsecrets/?updated_since=x")).status_code == 400


@pytest.mark.parametrize("path", ["revokedsecrets/", "blockedsecrets/", "checkins/"])
def test_lists_of_the_gate_are_read_only_and_need_a_permission(
    api: Api, event: Event, path: str
) -> None:
    stranger = Api(make_token(make_team(event.organizer, permissions=["event.items:write"]))[1])

    assert api.post(at(event, path), json={}).status_code == 405
    assert stranger.get(at(event, path)).status_code == 403


def test_all_scans_are_in_the_log(api: Api, gate: Gate) -> None:
    ticket = gate.ticket()
    gate.scan(ticket)
    gate.scan(ticket)
    gate.scan("unknown")
    gate.scan(ticket, type="exit")

    def found(query: str = "") -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = api.get(at(gate.event, f"checkins/?{query}")).json()[
            "results"
        ]
        return entries

    assert list(found()[0]) == [
        *("id", "successful", "error_reason", "error_explanation", "position", "datetime"),
        *("list", "created", "auto_checked_in", "gate", "device", "device_id", "type"),
    ]
    reasons = [entry["error_reason"] for entry in found()]
    assert reasons == [None, "already_redeemed", "invalid", None]
    assert [entry["type"] for entry in found("successful=true")] == ["entry", "exit"]
    assert len(found(f"list={gate.list.pk}&type=exit")) == 1
    assert found("datetime_since=2100-01-01T00:00:00Z") == []
    assert api.get(at(gate.event, f"checkins/{found()[0]['id']}/")).json() == found()[0]


@pytest.mark.parametrize("scans", [1, 40])
def test_the_log_costs_the_same_for_any_number_of_scans(
    api: Api, gate: Gate, scans: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(scans):
        gate.scan(f"unknown {number}")

    with django_assert_max_num_queries(5):
        api.get(at(gate.event, "checkins/"))


@pytest.mark.parametrize(
    "path",
    [
        *("badgelayouts/", "badgeitems/", "discounts/", "seats/"),
        *("vouchers/", "waitinglistentries/", "invoices/"),
    ],
)
def test_what_is_not_sold_here_is_an_empty_list(api: Api, event: Event, path: str) -> None:
    answer = api.get(at(event, path))

    assert (answer.status_code, answer.json()) == (200, EMPTY)
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_there_are_no_reusable_media(event: Event) -> None:
    _device, token = make_device(event.organizer)

    answer = Api(token).get(f"/organizers/{event.organizer.slug}/reusablemedia/")

    assert (answer.status_code, answer.json()) == (200, EMPTY)


def test_a_print_is_kept_with_its_ticket(event: Event) -> None:
    device, token = make_device(event.organizer)
    ticket = make_order(event, items=[make_item(event)]).positions.get()
    sent = {
        "datetime": "2027-06-12T10:00:00Z",
        "source": "pretixSCAN",
        "type": "badge",
        "info": {"printer": 1},
    }

    answer = Api(token).post(at(event, f"orderpositions/{ticket.pk}/printlog/"), json=sent)

    assert answer.status_code == 201
    assert answer.json() == {
        "id": PrintLog.objects.get().pk,
        "successful": True,
        "device_id": device.device_id,
        "datetime": "2027-06-12T12:00:00+02:00",
        "source": "pretixSCAN",
        "type": "badge",
        "info": {"printer": 1},
    }


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "source"),
        ({"source": "x", "datetime": "now"}, "datetime"),
        ({"source": "x", "info": []}, "info"),
    ],
)
def test_a_print_that_says_nothing_is_refused(
    api: Api, event: Event, sent: dict[str, Any], field: str
) -> None:
    ticket = make_order(event, items=[make_item(event)]).positions.get()

    answer = api.post(at(event, f"orderpositions/{ticket.pk}/printlog/"), json=sent)

    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_ticket_of_another_event_is_not_printed(api: Api, event: Event) -> None:
    other = make_event(event.organizer)
    ticket = make_order(other, items=[make_item(other)]).positions.get()

    answer = api.post(at(event, f"orderpositions/{ticket.pk}/printlog/"), json={"source": "x"})

    assert answer.status_code == 404
