"""Orders and tickets that are changed after they were sold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, Item
from counterfoil.core import clock
from counterfoil.orders.models import Order, OrderPosition
from gate import Gate, make_list
from makers import (
    make_event,
    make_item,
    make_order,
    make_position,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_team,
    make_token,
    make_variation,
)

BY_HAND = {"send_email": False}


@pytest.fixture
def item(event: Event) -> Item:
    return make_item(event, quota=1, tax_rule=make_tax_rule(event))


def _sell(api: Api, event: Event, item: Item, **given: Any) -> dict[str, Any]:
    body = {"status": "n", "positions": [{"item": item.pk}], **given}
    answer = api.post(at(event, "orders/"), json=body)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def _do(api: Api, event: Event, code: str, verb: str, **body: Any) -> Any:
    return api.post(at(event, f"orders/{code}/{verb}/"), json=body)


def _actions(event: Event) -> list[str]:
    rows = LogEntry.objects.filter(event=event).order_by("pk")
    return [row.action.removeprefix("counterfoil.") for row in rows]


# -- what is said of an order


def test_an_empty_email_is_taken(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item, email="", positions=[{"item": item.pk, "attendee_email": ""}])

    assert order["email"] == ""
    assert order["positions"][0]["attendee_email"] == ""
    assert api.patch(at(event, f"orders/{order['code']}/"), json={"email": ""}).status_code == 200


def test_names_without_a_scheme_are_of_the_events(api: Api, event: Event, item: Item) -> None:
    Event.objects.filter(pk=event.pk).update(settings={"name_scheme": "family_comma_given"})
    parts = {"given_name": "Zoë", "family_name": "Byron"}

    order = _sell(
        api, event, item,
        invoice_address={"name_parts": parts, "country": "DE"},
        positions=[{"item": item.pk, "attendee_name_parts": parts}],
    )  # fmt: skip

    stored = {**parts, "_scheme": "family_comma_given"}
    position, address = order["positions"][0], order["invoice_address"]
    assert (position["attendee_name_parts"], position["attendee_name"]) == (stored, "Byron, Zoë")
    assert (address["name_parts"], address["name"]) == (stored, "Byron, Zoë")
    assert (address["city"], address["vat_id_validated"]) == ("", False)


def test_a_scheme_that_is_given_stays(api: Api, event: Event, item: Item) -> None:
    parts = {"given_name": "Zoë", "family_name": "Byron", "_scheme": "family_given"}

    order = _sell(
        api, event, item, positions=[{"item": item.pk, "attendee_name_parts": parts}]
    )  # fmt: skip

    assert order["positions"][0]["attendee_name_parts"] == parts
    assert order["positions"][0]["attendee_name"] == "Byron Zoë"


def test_a_scheme_that_nobody_knows_loses_no_name(api: Api, event: Event) -> None:
    item = make_item(event, quota=9)
    parts = {"full_name": "Zoë Byron", "_scheme": "moon"}

    order = _sell(api, event, item, positions=[{"item": item.pk, "attendee_name_parts": parts}])

    position = order["positions"][0]
    assert position["attendee_name"] == "Zoë Byron"
    assert position["attendee_name_parts"] == {**parts, "_scheme": "full"}
    for nobody in ({"_legacy": ""}, {"_scheme": "moon"}, {"full_name": ""}):
        position = {"item": item.pk, "attendee_name_parts": nobody}
        answer = api.post(at(event, "orders/"), json={"positions": [position], "simulate": True})
        assert answer.status_code == 201, answer.content
        assert answer.json()["positions"][0]["attendee_name"] in (None, "")


def test_an_order_is_changed_in_what_may_change(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item, email="a@example.org")
    path = at(event, f"orders/{order['code']}/")
    changes = {
        "email": "b@example.org",
        "phone": "+49 30 123",
        "comment": "at the box office",
        "checkin_attention": True,
        "checkin_text": "VIP",
        "locale": "de",
        "custom_followup_at": "2027-01-31",
        "valid_if_pending": True,
        "api_meta": {"ref": "7"},
    }

    answer = api.patch(path, json={**changes, "status": "p", "total": "1.00", "code": "NOPE1"})

    assert answer.status_code == 200
    apart = dict.fromkeys(("last_modified", "downloads", "positions"))  # valid if pending
    assert {**answer.json(), **apart} == {**order, **changes, **apart}
    assert api.get(path).json() == answer.json()
    assert answer.json()["last_modified"] > order["last_modified"]
    assert LogEntry.objects.latest("pk").data == {"fields": sorted(changes)}


def test_what_is_changed_is_found_by_its_new_words(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item, email="old@example.org")
    ticket = at(event, f"orderpositions/{order['positions'][0]['id']}/")
    api.patch(at(event, f"orders/{order['code']}/"), json={"email": "new@example.net"})
    api.patch(ticket, json={"attendee_name_parts": {"full_name": "Zoë Byron"}})

    counts = {
        text: api.get(at(event, f"orders/?search={text}")).json()["count"]
        for text in ("old@example.org", "new@example.net", "byron")
    }

    assert counts == {"old@example.org": 0, "new@example.net": 1, "byron": 1}


def test_an_invoice_address_is_replaced_or_removed(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item, invoice_address={"company": "Acme", "city": "Bonn"})
    path = at(event, f"orders/{order['code']}/")

    replaced = api.patch(path, json={"invoice_address": {"name": "Jane Doe"}}).json()
    again = api.patch(path, json={"invoice_address": {"name": "Jane Doe"}}).json()
    removed = api.patch(path, json={"invoice_address": None}).json()

    address = replaced["invoice_address"]
    assert (address["company"], address["city"], address["name"]) == ("", "", "Jane Doe")
    assert again == replaced
    assert removed["invoice_address"] is None


def test_a_change_of_nothing_is_no_change(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item, comment="x")
    logged = LogEntry.objects.count()

    answer = api.patch(at(event, f"orders/{order['code']}/"), json={"comment": "x"})

    assert answer.json() == order
    assert LogEntry.objects.count() == logged


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"locale": "fr"}, "locale"),
        ({"checkin_attention": "maybe"}, "checkin_attention"),
        ({"custom_followup_at": "soon"}, "custom_followup_at"),
        ({"comment": None}, "comment"),
        ({"invoice_address": {"country": "Germany"}}, "invoice_address"),
        ({"api_meta": 1}, "api_meta"),
    ],
)
def test_what_cannot_be_said_of_an_order_is_refused(
    api: Api, event: Event, item: Item, body: dict[str, Any], field: str
) -> None:
    order = _sell(api, event, item, email="a@example.org")

    answer = api.patch(at(event, f"orders/{order['code']}/"), json={"phone": "1", **body})

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert api.get(at(event, f"orders/{order['code']}/")).json() == order


def test_a_form_changes_only_what_it_names(api: Api, event: Event, item: Item) -> None:
    parts = {"full_name": "Jane"}
    order = _sell(
        api, event, item, checkin_attention=True,
        positions=[{"item": item.pk, "attendee_name_parts": parts}],
    )  # fmt: skip
    form = {"content_type": "application/x-www-form-urlencoded"}
    position = at(event, f"orderpositions/{order['positions'][0]['id']}/")

    changed = api.patch(at(event, f"orders/{order['code']}/"), content=b"comment=x", **form).json()
    ticket = api.patch(position, content=b"company=Acme", **form).json()

    assert (changed["comment"], changed["checkin_attention"]) == ("x", True)
    assert (ticket["company"], ticket["attendee_name"]) == ("Acme", "Jane")


# -- paid, pending, extended


def test_an_order_is_marked_as_paid(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item)

    paid = _do(api, event, order["code"], "mark_paid", **BY_HAND).json()

    assert (paid["status"], paid["payment_provider"]) == ("p", "manual")
    assert paid["payment_date"] == clock.now().astimezone(event.tz).date().isoformat()
    assert [(p["state"], p["amount"]) for p in paid["payments"]] == [("confirmed", "23.00")]
    assert _actions(event)[-1] == "order.paid"


def test_an_open_payment_gives_way_to_the_one_by_hand(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item, payment_provider="banktransfer")

    paid = _do(api, event, order["code"], "mark_paid", date="2026-10-01").json()

    assert [(p["provider"], p["state"]) for p in paid["payments"]] == [
        ("banktransfer", "canceled"),
        ("manual", "confirmed"),
    ]
    assert paid["payment_date"] == "2026-10-01"


def test_an_open_manual_payment_is_confirmed(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item, payment_provider="manual")

    paid = _do(api, event, order["code"], "mark_paid").json()

    assert [(p["provider"], p["state"]) for p in paid["payments"]] == [("manual", "confirmed")]


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        ("p", "mark_paid"),
        ("c", "mark_paid"),
        ("n", "mark_pending"),
        ("e", "mark_pending"),
        ("c", "mark_pending"),
        ("c", "mark_canceled"),
        ("p", "extend"),
        ("c", "extend"),
    ],
)
def test_a_status_that_does_not_allow_it_is_said(
    api: Api, event: Event, item: Item, status: str, verb: str
) -> None:
    order = make_order(event, items=[item], status=status)

    answer = _do(api, event, order.code, verb, expires="2099-01-01")

    assert (answer.status_code, list(answer.json())) == (400, ["detail"])
    assert isinstance(answer.json()["detail"], str)
    order.refresh_from_db()
    assert order.status == status
    assert _actions(event) == []


def test_an_order_that_waits_for_approval_is_not_paid(api: Api, event: Event, item: Item) -> None:
    order = make_order(event, items=[item], status="n", require_approval=True)

    assert _do(api, event, order.code, "mark_paid").status_code == 400


def test_an_expired_order_is_paid_only_if_there_are_tickets(
    api: Api, event: Event, item: Item
) -> None:
    expired = make_order(event, items=[item], status="e")
    other = make_order(event, items=[item], status="p")

    refused = _do(api, event, expired.code, "mark_paid")
    other.delete()
    paid = _do(api, event, expired.code, "mark_paid")

    assert (refused.status_code, list(refused.json())) == (400, ["detail"])
    assert paid.json()["status"] == "p"


def test_a_paid_order_is_pending_again(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item, status="p")

    pending = _do(api, event, order["code"], "mark_pending", **BY_HAND).json()
    again = _do(api, event, order["code"], "mark_paid").json()

    assert (pending["status"], pending["payment_date"]) == ("n", None)
    assert [p["state"] for p in again["payments"]] == ["canceled", "confirmed"]
    assert [p["amount"] for p in again["payments"]] == ["23.00", "23.00"]
    assert _actions(event)[-2:] == ["order.pending", "order.paid"]


def test_an_order_is_extended_to_the_end_of_a_day(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item)

    extended = _do(api, event, order["code"], "extend", expires="2099-07-01").json()

    assert (extended["status"], extended["expires"]) == ("n", "2099-07-01T23:59:59+02:00")
    moment = _do(api, event, order["code"], "extend", expires="2099-07-02T22:30:00Z").json()
    assert moment["expires"] == "2099-07-03T23:59:59+02:00"
    assert _actions(event)[-1] == "order.extended"


def test_an_expired_order_is_extended_if_there_are_tickets_or_by_force(
    api: Api, event: Event, item: Item
) -> None:
    expired = make_order(event, items=[item], status="e")
    make_order(event, items=[item], status="n")

    refused = _do(api, event, expired.code, "extend", expires="2099-01-01")
    forced = _do(api, event, expired.code, "extend", expires="2099-01-01", force=True)

    assert (refused.status_code, list(refused.json())) == (400, ["detail"])
    assert (forced.status_code, forced.json()["status"]) == (200, "n")


@pytest.mark.parametrize("expires", ["2020-01-01", "soon", None, 7, ""])
def test_a_date_that_cannot_be_is_refused(
    api: Api, event: Event, item: Item, expires: object
) -> None:
    order = make_order(event, items=[item], status="n")

    answer = _do(api, event, order.code, "extend", expires=expires)

    assert (answer.status_code, list(answer.json())) == (400, ["expires"])
    assert list(_do(api, event, order.code, "extend").json()) == ["expires"]


# -- canceled


def test_a_canceled_order_frees_its_quota_and_revokes_its_tickets(
    api: Api, event: Event, item: Item
) -> None:
    order = _sell(api, event, item, status="p", testmode=True)
    secret = order["positions"][0]["secret"]
    quota = item.quotas.get()

    answer = _do(api, event, order["code"], "mark_canceled", comment="Sent back", **BY_HAND)

    canceled = answer.json()
    assert (answer.status_code, canceled["status"], canceled["positions"]) == (200, "c", [])
    assert canceled["cancellation_date"] == canceled["last_modified"]
    assert (canceled["payment_provider"], canceled["payments"][0]["state"]) == (
        "manual",
        "confirmed",
    )
    available = api.get(at(event, f"quotas/{quota.pk}/availability/")).json()
    assert (available["available_number"], available["paid_orders"]) == (1, 0)
    revoked = api.get(at(event, "revokedsecrets/")).json()["results"]
    assert [row["secret"] for row in revoked] == [secret]
    assert LogEntry.objects.latest("pk").data == {"comment": "Sent back"}
    assert Gate(event, item, make_list(event)).reason(secret) == "revoked"
    assert api.delete(at(event, f"orders/{order['code']}/")).status_code == 204
    assert len(api.get(at(event, "revokedsecrets/")).json()["results"]) == 1


def test_a_fee_for_a_cancellation_is_refused(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item)

    answer = _do(api, event, order["code"], "mark_canceled", cancellation_fee="5.00")
    free = _do(api, event, order["code"], "mark_canceled", cancellation_fee=None)

    assert (answer.status_code, list(answer.json())) == (400, ["cancellation_fee"])
    assert free.json()["status"] == "c"


def test_a_repeated_key_cancels_once(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item)
    path, key = at(event, f"orders/{order['code']}/mark_canceled/"), {"X-Idempotency-Key": "k"}

    answers = [api.post(path, json={}, headers=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert _actions(event).count("order.canceled") == 1


# -- tickets


def _ticket(event: Event, item: Item, **given: Any) -> OrderPosition:
    return make_order(event, items=[item], **given).positions.get()


def test_a_ticket_is_changed_in_what_may_change(api: Api, event: Event, item: Item) -> None:
    ticket = _ticket(event, item)
    path = at(event, f"orderpositions/{ticket.pk}/")
    before = api.get(path).json()
    changes = {
        "attendee_email": "c@example.org",
        "company": "Acme",
        "street": "Bridge Street 14",
        "zipcode": "80339",
        "city": "Munich",
        "country": "DE",
        "state": "BY",
        "valid_from": "2027-06-12T10:00:00+02:00",
        "valid_until": "2027-06-12T20:00:00+02:00",
    }

    answer = api.patch(path, json={**changes, "canceled": True, "positionid": 9})

    assert (answer.status_code, answer.json()) == (200, {**before, **changes})
    assert LogEntry.objects.latest("pk").data == {"fields": sorted(changes)}
    assert LogEntry.objects.latest("pk").action == "counterfoil.orderposition.changed"
    ticket.order.refresh_from_db()
    assert ticket.order.last_modified > ticket.order.datetime


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"attendee_name": "Jane Doe"}, "Jane Doe"),
        ({"attendee_name_parts": {"full_name": "Jane Roe"}}, "Jane Roe"),
        ({"attendee_name": None}, None),
        ({"attendee_name_parts": {}}, None),
    ],
)
def test_a_ticket_gets_another_name(
    api: Api, event: Event, item: Item, body: dict[str, Any], name: str | None
) -> None:
    ticket = _ticket(event, item)
    ticket.attendee_name_parts = {"full_name": "Max"}
    ticket.save()

    answer = api.patch(at(event, f"orderpositions/{ticket.pk}/"), json=body)

    assert answer.json()["attendee_name"] == name


def test_answers_replace_those_that_were_there(api: Api, event: Event, item: Item) -> None:
    first = event.questions.create(identifier="A", question={"en": "A?"}, type="S")
    second = event.questions.create(identifier="B", question={"en": "B?"}, type="S")
    ticket = _ticket(event, item)
    ticket.answers.create(question=first, answer="old")
    path = at(event, f"orderpositions/{ticket.pk}/")

    answer = api.patch(path, json={"answers": [{"question": second.pk, "answer": "new"}]})
    removed = api.patch(path, json={"answers": []})

    assert [(a["question"], a["answer"]) for a in answer.json()["answers"]] == [(second.pk, "new")]
    assert removed.json()["answers"] == []
    assert api.patch(path, json={"answers": [{}]}).status_code == 400


def test_a_changed_secret_revokes_the_old_one(api: Api, event: Event, item: Item) -> None:
    ticket, other = _ticket(event, item), _ticket(event, item)
    path = at(event, f"orderpositions/{ticket.pk}/")
    api.post(path + "add_block/", json={"name": "admin"})
    gate = Gate(event, item, make_list(event))

    answer = api.patch(path, json={"secret": "a new secret"})

    assert answer.json()["secret"] == "a new secret"
    assert gate.reason(ticket.secret) == "revoked"
    blocked = api.get(at(event, "blockedsecrets/?blocked=true")).json()["results"]
    assert {row["secret"] for row in blocked} == {ticket.secret, "a new secret"}
    for taken in (other.secret, ticket.secret, ""):
        refused = api.patch(path, json={"secret": taken})
        assert (refused.status_code, list(refused.json())) == (400, ["secret"])


def test_another_product_is_taken_from_its_quota(api: Api, event: Event, item: Item) -> None:
    sold_out = make_item(event, quota=0)
    beside = make_item(event, quota=False)
    item.quotas.get().items.add(beside)
    ticket = _ticket(event, item)
    path = at(event, f"orderpositions/{ticket.pk}/")

    refused = api.patch(path, json={"item": sold_out.pk})
    overbooked = api.patch(path + "?check_quotas=false", json={"item": sold_out.pk})
    back = api.patch(path, json={"item": item.pk})
    same_quota = api.patch(path, json={"item": beside.pk})

    assert (refused.status_code, list(refused.json())) == (400, ["item"])
    assert (overbooked.status_code, overbooked.json()["item"]) == (200, sold_out.pk)
    assert back.status_code == 200
    assert (same_quota.status_code, same_quota.json()["item"]) == (200, beside.pk)
    assert same_quota.json()["canceled"] is False


def test_a_ticket_gets_another_variation_or_date(api: Api, event: Event) -> None:
    series = make_event(event.organizer, has_subevents=True)
    dates = [make_subevent(series), make_subevent(series)]
    item = make_item(series)
    for date in dates:
        make_quota(series, size=5, items=[item], subevent=date)
    rows = [make_variation(item), make_variation(item)]
    order = make_order(series, items=[])
    ticket = make_position(order, item, variation=rows[0], subevent=dates[0])
    path = at(series, f"orderpositions/{ticket.pk}/")

    moved = api.patch(path, json={"variation": rows[1].pk, "subevent": dates[1].pk})
    nowhere = api.patch(path, json={"subevent": None})
    foreign = api.patch(path, json={"variation": make_variation(make_item(event)).pk})

    assert moved.status_code == 200, moved.content
    assert (moved.json()["variation"], moved.json()["subevent"]) == (rows[1].pk, dates[1].pk)
    assert list(nowhere.json()) == ["subevent"]
    assert list(foreign.json()) == ["variation"]


def test_another_price_changes_tax_and_total(api: Api, event: Event, item: Item) -> None:
    order = _sell(api, event, item, status="p")
    path = at(event, f"orderpositions/{order['positions'][0]['id']}/")
    reduced = make_tax_rule(event, rate=Decimal("7.00"))

    dearer = api.patch(path, json={"price": "119.00"}).json()
    pending = api.get(at(event, f"orders/{order['code']}/")).json()
    _do(api, event, order["code"], "mark_paid")
    paid = api.get(at(event, f"orders/{order['code']}/")).json()
    other_tax = api.patch(path, json={"tax_rule": reduced.pk, "price": "107.00"}).json()

    assert (dearer["price"], dearer["tax_value"]) == ("119.00", "19.00")
    assert (pending["total"], pending["status"]) == ("119.00", "n")
    assert [p["amount"] for p in paid["payments"]] == ["23.00", "96.00"]
    assert (other_tax["tax_rate"], other_tax["tax_value"]) == ("7.00", "7.00")
    assert api.get(at(event, f"orders/{order['code']}/")).json()["status"] == "p"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"attendee_email": "nobody"}, "attendee_email"),
        ({"country": "Germany"}, "country"),
        ({"price": "-1"}, "price"),
        ({"price": None}, "price"),
        ({"item": 99999999}, "item"),
        ({"item": None}, "item"),
        ({"tax_rule": 99999999}, "tax_rule"),
        (
            {"valid_from": "2027-06-12T10:00:00Z", "valid_until": "2027-06-12T09:00:00Z"},
            "valid_until",
        ),
    ],
)
def test_what_a_ticket_cannot_be_is_refused(
    api: Api, event: Event, item: Item, body: dict[str, Any], field: str
) -> None:
    ticket = _ticket(event, item)
    path = at(event, f"orderpositions/{ticket.pk}/")
    before = api.get(path).json()

    answer = api.patch(path, json={"company": "Acme", **body})

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert api.get(path).json() == before


def test_a_canceled_ticket_stays_what_it_was(api: Api, event: Event, item: Item) -> None:
    ticket = _ticket(event, item, status="c")
    path = at(event, f"orderpositions/{ticket.pk}/")
    OrderPosition.objects.filter(pk=ticket.pk).update(canceled=True)

    assert api.patch(path, json={"company": "x"}).status_code == 404
    shown = path + "?include_canceled_positions=true"
    assert api.patch(shown, json={"price": "1.00"}).status_code == 400
    assert api.patch(shown, json={"company": "x"}).json()["company"] == "x"


def test_blocks_are_added_and_removed(api: Api, event: Event, item: Item) -> None:
    ticket = _ticket(event, item)
    path = at(event, f"orderpositions/{ticket.pk}/")
    gate = Gate(event, item, make_list(event))

    def send(verb: str, name: str) -> Any:
        answer = api.post(f"{path}{verb}_block/", json={"name": name})
        assert answer.status_code == 200, answer.content
        return answer.json()["blocked"]

    assert send("add", "admin") == ["admin"]
    assert send("add", "api:unsold.box_7") == ["admin", "api:unsold.box_7"]
    assert send("add", "admin") == ["admin", "api:unsold.box_7"]
    assert send("remove", "admin") == ["api:unsold.box_7"]
    assert gate.reason(ticket) == "blocked"
    assert send("remove", "api:unsold.box_7") is None
    assert send("remove", "api:unsold.box_7") is None
    assert gate.reason(ticket) is None
    rows = api.get(at(event, "blockedsecrets/")).json()["results"]
    assert [(row["secret"], row["blocked"]) for row in rows] == [(ticket.secret, False)]
    assert _actions(event).count("orderposition.blocked") == 2
    assert _actions(event).count("orderposition.unblocked") == 2


@pytest.mark.parametrize(
    "name", ["", "x", "api:", "api:a b", "api:ä", "Admin", None, "api:" + "x" * 200]
)
def test_a_block_has_a_name_of_the_documented_form(
    api: Api, event: Event, item: Item, name: str | None
) -> None:
    ticket = _ticket(event, item)

    for verb in ("add_block", "remove_block"):
        answer = api.post(at(event, f"orderpositions/{ticket.pk}/{verb}/"), json={"name": name})
        assert (answer.status_code, list(answer.json())) == (400, ["name"])


def test_who_may_only_read_changes_nothing(api: Api, event: Event, item: Item) -> None:
    reader = Api(make_token(make_team(event.organizer, permissions=["event.orders:read"]))[1])
    order = make_order(event, items=[item], status="n")
    ticket = order.positions.get()

    calls = [
        reader.patch(at(event, f"orders/{order.code}/"), json={"comment": "x"}),
        *(
            _do(reader, event, order.code, verb, expires="2099-01-01")
            for verb in ("mark_paid", "mark_pending", "mark_canceled", "extend")
        ),
        reader.patch(at(event, f"orderpositions/{ticket.pk}/"), json={"company": "x"}),
        reader.post(at(event, f"orderpositions/{ticket.pk}/add_block/"), json={"name": "admin"}),
    ]

    assert {answer.status_code for answer in calls} == {403}
    assert Order.objects.get(pk=order.pk).status == "n"
    assert api.put(at(event, f"orders/{order.code}/"), json={}).status_code == 405
