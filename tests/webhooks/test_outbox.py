"""What is written down to be sent: with the change, for whom it concerns, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from apiclient import Api, at
from batches.making import ask, make
from counterfoil.audit.services import record
from counterfoil.catalog.models import Event, Item
from counterfoil.checkin.models import CheckinList
from counterfoil.webhooks.models import Delivery, Notification, Webhook
from gate import Gate
from makers import make_event, make_item, make_order, make_team, make_token, make_webhook


@pytest.fixture
def event(db: None) -> Event:
    return make_event()


@pytest.fixture
def item(event: Event) -> Item:
    return make_item(event, quota=100)


@pytest.fixture
def api(event: Event) -> Api:
    return Api(make_token(make_team(event.organizer))[1])


def told(webhook: Webhook) -> list[str]:
    rows = Delivery.objects.filter(webhook=webhook).order_by("notification")
    return [row.notification.action for row in rows.select_related("notification")]


def payload(action: str) -> dict[str, Any]:
    kept: dict[str, Any] = Notification.objects.get(action=action).payload
    return kept


def place(api: Api, item: Item, **more: Any) -> str:
    sent = {"positions": [{"item": item.pk}], "status": "p", **more}
    answer = api.post(at(item.event, "orders/"), json=sent)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["code"])


def test_an_order_is_told_with_the_documented_payload(api: Api, event: Event, item: Item) -> None:
    webhook = make_webhook(event.organizer)

    code = place(api, item)

    assert told(webhook) == ["pretix.event.order.placed", "pretix.event.order.paid"]
    delivery = Delivery.objects.get(notification__action="pretix.event.order.paid")
    assert delivery.payload == {
        "notification_id": delivery.notification_id,
        "organizer": event.organizer.slug,
        "event": event.slug,
        "code": code,
        "action": "pretix.event.order.paid",
    }


def test_an_unpaid_order_is_told_as_placed_only(api: Api, event: Event) -> None:
    webhook = make_webhook(event.organizer)

    place(api, make_item(event, quota=1, default_price="5.00"), status="n")

    assert told(webhook) == ["pretix.event.order.placed"]


@pytest.mark.parametrize(
    ("call", "sent", "action"),
    [
        ("mark_paid/", {}, "pretix.event.order.paid"),
        ("mark_canceled/", {}, "pretix.event.order.canceled"),
        ("extend/", {"expires": "2036-10-28"}, "pretix.event.order.expirychanged"),
        ("", {"comment": "By phone"}, "pretix.event.order.modified"),
        ("", {"email": "ada@example.org"}, "pretix.event.order.contact.changed"),
    ],
)
def test_what_happens_to_an_order_is_told(
    api: Api, event: Event, call: str, sent: dict[str, Any], action: str
) -> None:
    item = make_item(event, quota=10, default_price="5.00")
    code = place(api, item, status="n")
    webhook = make_webhook(event.organizer)
    path = at(event, f"orders/{code}/{call}")

    answer = api.post(path, json=sent) if call else api.patch(path, json=sent)

    assert answer.status_code == 200, answer.content
    assert told(webhook) == [action]
    assert payload(action)["code"] == code


@pytest.mark.parametrize(
    ("call", "sent", "action"),
    [
        ("", {"attendee_name": "Ada"}, "pretix.event.order.modified"),
        ("", {"price": "7.00"}, "pretix.event.order.changed.price"),
        ("", {"secret": "another-secret"}, "pretix.event.order.changed.secret"),
        ("", {"valid_until": "2036-10-28T12:00:00Z"}, "pretix.event.order.changed.valid_until"),
        ("add_block/", {"name": "admin"}, "pretix.event.order.changed.add_block"),
    ],
)
def test_what_happens_to_a_ticket_is_told_of_its_order(
    api: Api, event: Event, item: Item, call: str, sent: dict[str, Any], action: str
) -> None:
    order = make_order(event, items=[item])
    webhook = make_webhook(event.organizer)
    path = at(event, f"orderpositions/{order.positions.get().pk}/{call}")

    answer = api.post(path, json=sent) if call else api.patch(path, json=sent)

    assert answer.status_code == 200, answer.content
    assert told(webhook) == [action]
    assert payload(action) == {
        "organizer": event.organizer.slug,
        "event": event.slug,
        "code": order.code,
        "action": action,
    }


def test_an_address_and_a_remark_changed_together_are_told_apart(
    api: Api, event: Event, item: Item
) -> None:
    order = make_order(event, items=[item])
    webhook = make_webhook(event.organizer)
    sent = {"email": "ada@example.org", "comment": "By phone"}

    assert api.patch(at(event, f"orders/{order.code}/"), json=sent).status_code == 200

    assert sorted(told(webhook)) == [
        "pretix.event.order.contact.changed",
        "pretix.event.order.modified",
    ]


def test_a_deleted_order_is_told(api: Api, event: Event, item: Item) -> None:
    webhook = make_webhook(event.organizer)
    order = make_order(event, items=[item], testmode=True)

    assert api.delete(at(event, f"orders/{order.code}/")).status_code == 204

    assert told(webhook) == ["pretix.event.order.deleted"]
    assert payload("pretix.event.order.deleted")["code"] == order.code


def test_a_scan_is_told_with_its_ticket_and_list(event: Event, item: Item) -> None:
    gate = Gate(event, item, CheckinList.objects.create(event=event, name="Gate"))
    webhook = make_webhook(event.organizer)
    ticket = gate.ticket()

    gate.scan(ticket)
    gate.scan(ticket)
    gate.scan("unknown")

    assert told(webhook) == [
        "pretix.event.checkin",
        "counterfoil.checkin.refused",
        "counterfoil.checkin.refused",
    ]
    assert payload("pretix.event.checkin") == {
        "organizer": event.organizer.slug,
        "event": event.slug,
        "code": ticket.order.code,
        "orderposition_id": ticket.pk,
        "orderposition_positionid": 1,
        "checkin_list": gate.list.pk,
        "first_checkin": True,
        "action": "pretix.event.checkin",
    }
    again, unknown = Notification.objects.filter(action="counterfoil.checkin.refused").order_by(
        "pk"
    )
    assert (again.payload["code"], again.payload["reason"]) == (
        ticket.order.code,
        "already_redeemed",
    )
    assert (unknown.payload["code"], unknown.payload["reason"]) == (None, "invalid")


def test_a_scan_that_is_taken_back_is_told(api: Api, event: Event, item: Item) -> None:
    gate = Gate(event, item, CheckinList.objects.create(event=event, name="Gate"))
    webhook = make_webhook(event.organizer, action_types=["pretix.event.checkin.reverted"])
    gate.scan(gate.ticket(), nonce="n1")

    answer = api.post(
        f"/organizers/{event.organizer.slug}/checkinrpc/annul/",
        json={"lists": [gate.list.pk], "nonce": "n1"},
    )

    assert answer.status_code == 200
    assert told(webhook) == ["pretix.event.checkin.reverted"]


def test_a_batch_is_one_message_whatever_its_size(event: Event, item: Item) -> None:
    webhook = make_webhook(event.organizer)

    batch = make(item, 50)

    assert told(webhook) == [
        "counterfoil.batchrequest.added",
        "counterfoil.offlinesalesbatch.added",
    ]
    made = payload("counterfoil.offlinesalesbatch.added")
    assert (made["batch"], made["amount"]) == (batch.pk, 50)


def test_only_the_events_and_actions_that_were_chosen_are_told(
    api: Api, event: Event, item: Item
) -> None:
    other = make_event(event.organizer)
    here = make_webhook(event.organizer, limit_events=[event, other])
    elsewhere = make_webhook(event.organizer, limit_events=[other])
    uninterested = make_webhook(event.organizer, action_types=["pretix.event.checkin"])
    switched_off = make_webhook(event.organizer, enabled=False)
    stranger = make_webhook(make_event().organizer)

    place(api, item)

    assert told(here) == ["pretix.event.order.placed", "pretix.event.order.paid"]
    assert [told(each) for each in (elsewhere, uninterested, switched_off, stranger)] == [[]] * 4


def test_webhooks_that_hear_of_the_same_get_the_same_notification(
    api: Api, event: Event, item: Item
) -> None:
    make_webhook(event.organizer)
    make_webhook(event.organizer)

    place(api, item)

    ids = Delivery.objects.values_list("notification", flat=True)
    assert (len(ids), len(set(ids))) == (4, 2)


def test_nothing_is_told_of_what_was_rolled_back(event: Event, item: Item) -> None:
    make_webhook(event.organizer)

    with transaction.atomic():
        ask(item)
        assert Notification.objects.exists()
        transaction.set_rollback(True)

    assert not Notification.objects.exists()


def test_without_a_webhook_a_change_costs_one_query_more(
    event: Event, item: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = make_order(event, items=[item])

    with django_assert_num_queries(2):
        record(actor=None, action="counterfoil.order.added", obj=order, event=event)
    with django_assert_num_queries(1):
        record(actor=None, action="counterfoil.item.added", obj=item, event=event)
    assert not Notification.objects.exists()
