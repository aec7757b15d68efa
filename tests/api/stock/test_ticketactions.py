"""Acting on paper tickets over the API."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from apiclient import Api, at
from batches.making import make
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.services import redeem
from counterfoil.core import clock
from counterfoil.jobs import runner
from counterfoil.stock.models import ActionRequest, StockEvent
from counterfoil.stock.services import cancel_order
from gate import make_list
from makers import (
    make_event,
    make_item,
    make_number_series,
    make_order,
    make_team,
    make_token,
)

EVENT_KEYS = [
    *("number", "at", "actor", "action", "batch", "ranges", "count", "value"),
    *("reason", "note", "document", "previous_hash", "hash"),
]


@pytest.fixture
def batch(event: Event) -> OfflineSalesBatch:
    return make(make_item(event, quota=3000), 10)


def act(api: Api, event: Event, action: str, **given: Any) -> Any:
    if isinstance(batch := given.get("batch"), OfflineSalesBatch):
        given["batch"] = batch.pk
    return api.post(at(event, "ticketactions/"), json={"action": action, **given})


def test_tickets_become_void_by_range_and_the_ledger_and_the_stock_tell(
    api: Api, event: Event, batch: OfflineSalesBatch
) -> None:
    done = act(api, event, "void", batch=batch, tickets="2-4,9", reason="wrong date", note="x")

    assert (done.status_code, done.json()) == (200, {"count": 4, "value": "92.00", "refused": []})
    rows = api.get(at(event, "stockevents/")).json()["results"]
    assert [list(row) for row in rows] == [EVENT_KEYS]
    assert rows[0] | {"at": "", "hash": "", "actor": ""} == {
        "number": 1,
        "at": "",
        "actor": "",
        "action": "void",
        "batch": batch.pk,
        "ranges": "2-4,9",
        "count": 4,
        "value": "92.00",
        "reason": "wrong date",
        "note": "x",
        "document": "",
        "previous_hash": "",
        "hash": "",
    }
    stock = api.get(at(event, f"offlinesalesbatches/{batch.pk}/stock/")).json()
    assert stock["validity"] == {
        "inactive": {"count": 0, "value": "0.00"},
        "active": {"count": 6, "value": "138.00"},
        "void": {"count": 4, "value": "92.00"},
    }
    assert stock["place"]["stock"] == {"count": 10, "value": "230.00"}
    assert (list(stock["place"]), stock["books"]) == (
        ["stock", "with_seller", "sold", "returned", "lost", "spoiled"],
        [],
    )
    tickets = at(event, f"offlinesalesbatches/{batch.pk}/tickets/")
    void = api.get(f"{tickets}?validity=void").json()["results"]
    assert [row["number"] for row in void] == [2, 3, 4, 9]
    assert {(row["validity"], row["place"], row["book"]) for row in void} == {
        ("void", "stock", None)
    }
    assert api.get(f"{tickets}?place=sold").json()["count"] == 0
    assert api.get(f"{tickets}?place=nowhere").status_code == 400
    text = b"".join(api.get(f"{tickets}?format=csv&validity=void").streaming_content).decode()
    assert [row["number"] for row in csv.DictReader(io.StringIO(text))] == ["2", "3", "4", "9"]
    filtered = api.get(at(event, f"stockevents/?action=lost,void&batch={batch.pk}")).json()
    assert (filtered["count"], api.get(at(event, "stockevents/?action=lost")).json()["count"]) == (
        1,
        0,
    )
    table = b"".join(api.get(at(event, "stockevents/?format=csv")).streaming_content).decode()
    assert next(csv.reader(io.StringIO(table))) == EVENT_KEYS
    assert api.get(at(event, "stockevents/1/")).json() == rows[0]


def test_books_and_serials_name_tickets_too(api: Api, event: Event) -> None:
    item = make_item(event)
    make_number_series(event.organizer, item, prefix="A", width=5)
    batch = make(item, 8, book_size=3)

    assert act(api, event, "lost", batch=batch, books="2-3").json()["count"] == 5
    refused = act(api, event, "sold", batch=batch, serials="A00003-A00004").json()["refused"]
    assert refused == [{"number": 4, "serial": "A00004", "reason": "This ticket is lost."}]
    assert act(api, event, "sold", batch=batch, tickets="A00003").json()["count"] == 1
    stock = api.get(at(event, f"offlinesalesbatches/{batch.pk}/stock/")).json()
    assert [(book["book"], book["first"], book["last"]) for book in stock["books"]] == [
        (1, 1, 3),
        (2, 4, 6),
        (3, 7, 8),
    ]
    assert stock["books"][0]["place"]["sold"] == {"count": 1, "value": "23.00"}
    assert stock["books"][2]["place"]["lost"]["count"] == 2
    tickets = at(event, f"offlinesalesbatches/{batch.pk}/tickets/?book=2&place=lost")
    assert [row["number"] for row in api.get(tickets).json()["results"]] == [4, 5, 6]
    for given in ({"books": "4"}, {"serials": "A00009"}, {"serials": "x"}):
        assert list(act(api, event, "void", batch=batch, **given).json()) == list(given)


def test_what_is_refused_is_named_and_nothing_is_done_unless_it_is_skipped(
    api: Api, event: Event, batch: OfflineSalesBatch
) -> None:
    act(api, event, "void", batch=batch, tickets="5")

    again = act(api, event, "void", batch=batch, tickets="4-6")
    assert (again.status_code, again.json()) == (
        400,
        {"refused": [{"number": 5, "serial": None, "reason": "This ticket is void."}]},
    )
    dry = act(api, event, "void", batch=batch, tickets="4-6", if_refused="skip", dry_run=True)
    assert (dry.json()["count"], StockEvent.objects.count()) == (2, 1)
    skipped = act(api, event, "void", batch=batch, tickets="4-6", if_refused="skip")
    assert (skipped.status_code, skipped.json()["count"]) == (200, 2)
    assert [each["number"] for each in skipped.json()["refused"]] == [5]
    nothing = act(api, event, "activate", batch=batch, tickets="5", if_refused="skip")
    assert (nothing.json()["count"], StockEvent.objects.count()) == (0, 2)


def test_redeemed_tickets_become_void_only_by_force_and_are_listed(
    api: Api, event: Event, batch: OfflineSalesBatch
) -> None:
    ticket = batch.tickets.get(number=3).position
    gate = make_list(event)
    assert redeem(scan=Scan(lists=[gate], secret=ticket.secret), actor=None).admitted

    refused = act(api, event, "void", batch=batch, tickets=3)
    assert refused.status_code == 400
    assert "scanned" in refused.json()["refused"][0]["reason"]
    forced = act(api, event, "void", batch=batch, tickets="3-4", force=True).json()
    assert (forced["count"], [each["number"] for each in forced["redeemed"]]) == (2, [3])
    assert set(forced["redeemed"][0]) == {"number", "serial", "at"}


def test_an_entry_before_the_void_that_is_uploaded_later_counts_and_is_a_conflict(
    api: Api, event: Event, batch: OfflineSalesBatch
) -> None:
    secrets = dict(batch.tickets.values_list("number", "position__secret"))
    gate, before = make_list(event), clock.now() - timedelta(minutes=5)
    act(api, event, "void", batch=batch, tickets="1-3")

    def upload(number: int, **given: Any) -> Any:
        path = f"/organizers/{event.organizer.slug}/checkinrpc/redeem/"
        sent = {"secret": secrets[number], "lists": [gate.pk], **given}
        return api.post(path, json=sent).json()

    late = upload(1, force=True, datetime=before.isoformat(), nonce="a")
    again = upload(1, force=True, datetime=before.isoformat(), nonce="a")
    now = upload(2, force=True)
    unforced = upload(3, datetime=before.isoformat())

    assert (late["status"], again["status"]) == ("ok", "ok")
    assert (now["reason"], unforced["reason"]) == ("revoked", "revoked")
    conflicts = api.get(at(event, "scanconflicts/")).json()["results"]
    assert [(each["kind"], each["number"]) for each in conflicts] == [("entered_before_void", 1)]
    keys = api.get(at(event, "checkins/")).json()["results"][0]
    assert "conflict" not in keys


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"tickets": "7-3"}, "tickets"),
        ({"tickets": "3,3"}, "tickets"),
        ({"tickets": "1-11"}, "tickets"),
        ({"tickets": ""}, "tickets"),
        ({"tickets": "x"}, "tickets"),
        ({"tickets": True}, "tickets"),
        ({"books": "1"}, "books"),
        ({"secrets": []}, "secrets"),
        ({"secrets": ["nobody's"]}, "secrets"),
        ({"tickets": "1", "secrets": ["x"]}, "non_field_errors"),
        ({}, "non_field_errors"),
        ({"tickets": "1", "action": "hand_out"}, "action"),
        ({"tickets": "1", "if_refused": "maybe"}, "if_refused"),
        ({"tickets": "1", "batch": 0}, "batch"),
    ],
)
def test_bad_input_names_the_field(
    api: Api, event: Event, batch: OfflineSalesBatch, given: dict[str, Any], field: str
) -> None:
    sent = {"action": "void", "batch": batch.pk, **given}
    answer = api.post(at(event, "ticketactions/"), json=sent)

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not StockEvent.objects.exists()


def test_tickets_of_other_batches_and_events_are_not_found(
    api: Api, event: Event, batch: OfflineSalesBatch
) -> None:
    other = make(make_item(event), 2)
    foreign = make(make_item(make_event(event.organizer)), 2)
    secret = other.tickets.get(number=1).position.secret
    elsewhere = foreign.tickets.get(number=1).position.secret

    assert list(act(api, event, "void", batch=batch, secrets=[secret]).json()) == ["secrets"]
    assert list(act(api, event, "void", secrets=[elsewhere]).json()) == ["secrets"]
    assert list(act(api, event, "void", batch=foreign, tickets="1").json()) == ["batch"]
    assert act(api, event, "void", secrets=[secret]).json()["count"] == 1


def test_secrets_may_be_of_several_batches_and_of_single_orders(
    api: Api, event: Event, batch: OfflineSalesBatch
) -> None:
    other = make(make_item(event), 2)
    order = make_order(event, items=[batch.item, batch.item])
    first, second = order.positions.order_by("positionid")
    secrets = [
        batch.tickets.get(number=8).position.secret,
        other.tickets.get(number=2).position.secret,
        first.secret,
    ]

    done = act(api, event, "void", secrets=secrets).json()

    assert done["count"] == 3
    rows = StockEvent.objects.order_by("number").values_list("batch", "ranges")
    assert list(rows) == [(batch.pk, "8"), (other.pk, "2"), (None, f"{order.code}-1")]
    order.refresh_from_db()
    assert (order.status, order.total, order.positions.get(canceled=False)) == (
        "p",
        second.price,
        second,
    )
    twice = act(api, event, "void", secrets=[first.secret]).json()
    assert twice["refused"][0]["order"] == f"{order.code}-1"
    act(api, event, "void", secrets=[second.secret])
    order.refresh_from_db()
    assert order.status == "c"


def test_a_cancelled_order_of_a_batch_is_a_void_ticket(
    api: Api, event: Event, batch: OfflineSalesBatch
) -> None:
    code = batch.tickets.get(number=2).position.order.code

    assert api.post(at(event, f"orders/{code}/mark_canceled/"), json={}).status_code == 200
    assert batch.tickets.get(number=2).validity == "void"
    assert StockEvent.objects.get().ranges == "2"
    single = make_order(event, items=[batch.item])
    cancel_order(actor=None, order=single)
    assert StockEvent.objects.get(number=2).ranges == f"{single.code}-1"


def test_the_block_of_inactive_tickets_is_the_stock_s_own(
    api: Api, event: Event, batch: OfflineSalesBatch
) -> None:
    position = batch.tickets.get(number=2).position_id
    path = at(event, f"orderpositions/{position}/add_block/")

    assert api.post(path, json={"name": "api:counterfoil.inactive"}).status_code == 400
    assert api.post(path, json={"name": "api:x"}).status_code == 200
    act(api, event, "deactivate", batch=batch, tickets="2")
    act(api, event, "activate", batch=batch, tickets="2")
    assert batch.tickets.get(number=2).position.blocked == ["api:x"]


@pytest.mark.django_db(transaction=True)
def test_more_than_a_thousand_make_a_job(api: Api, event: Event) -> None:
    batch = make(make_item(event), 1500, activation="on_sale")

    asked = act(api, event, "activate", batch=batch, tickets="1-1500")
    assert (asked.status_code, list(asked.json())) == (202, ["check"])
    check = asked.json()["check"].partition("testserver")[2]
    assert api.get(check).status_code == 409
    runner.run(ActionRequest.objects.get().pk)
    assert api.get(check).json() == {"count": 1500, "value": "34500.00", "refused": []}
    assert StockEvent.objects.get().actor.startswith("token:")
    known = act(api, event, "activate", batch=batch, tickets="1-1500")
    assert (known.status_code, len(known.json()["refused"])) == (400, 1500)

    late = act(api, event, "void", batch=batch, tickets="1-1200").json()["check"]
    act(api, event, "void", batch=batch, tickets="7")
    runner.run(ActionRequest.objects.latest("created").pk)
    answer = api.get(late.partition("testserver")[2])
    assert (answer.status_code, [each["number"] for each in answer.json()["refused"]]) == (410, [7])
    assert batch.tickets.filter(validity="void").count() == 1


def test_a_repeated_idempotency_key_acts_once(
    api: Api, event: Event, batch: OfflineSalesBatch
) -> None:
    sent = {"action": "sold", "batch": batch.pk, "tickets": "1-4"}
    headers = {"X-Idempotency-Key": "sell"}
    path = at(event, "ticketactions/")

    first = api.post(path, json=sent, headers=headers)
    second = api.post(path, json=sent, headers=headers)

    assert (first.status_code, second.json()) == (200, first.json())
    assert StockEvent.objects.count() == 1


def test_acting_needs_the_right_to(event: Event, batch: OfflineSalesBatch) -> None:
    team = make_team(event.organizer, permissions=["event.orders:read", "event.orders:write"])
    other = Api(make_token(team)[1])

    assert act(other, event, "void", batch=batch, tickets="1").status_code == 403
