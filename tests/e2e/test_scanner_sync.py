"""What a scanner app and a cash desk call before the doors open, and every field that they read.

A field that the app reads without a default stands here with its type: where one is missing, or of
another type, the app's synchronization fails. ``test_scanner_day`` goes on at the door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from apiclient import Api
from batches.making import make
from counterfoil.accounts.devices import create_device, revoke_device
from counterfoil.accounts.models import Device
from counterfoil.accounts.permissions import DEVICE_PROFILES
from counterfoil.audit.services import record
from counterfoil.catalog.models import Event
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.secrets import revoke_secret, set_block
from counterfoil.checkin.services import redeem
from counterfoil.core import clock
from counterfoil.layouts.backgrounds import store_background
from counterfoil.orders.models import OrderPayment, QuestionAnswer
from counterfoil.stock.moves import Action
from counterfoil.stock.selection import select
from counterfoil.stock.services import act as perform
from gate import make_list
from makers import (
    make_event,
    make_item,
    make_layout,
    make_order,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_variation,
)
from samplepdfs import pdf_of

Check = Callable[[Any], bool]
Shape = dict[str, Any]


def is_int(value: Any) -> bool:
    """Ids may be strings of digits."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number or (isinstance(value, str) and value.isdecimal())


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


def is_list(value: Any) -> bool:
    return isinstance(value, list)


def is_translated(value: Any) -> bool:
    return is_object(value) and bool(value) and all(map(is_text, value.values()))


def is_money(value: Any) -> bool:
    return is_text(value) and Decimal(value).is_finite()


def is_moment(value: Any) -> bool:
    return is_text(value) and datetime.fromisoformat(value).tzinfo is not None


def or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def anything(_value: Any) -> bool:
    return True


VARIATION: Shape = {
    "id": is_int,
    "position": is_int,
    "active": is_flag,
    "price": is_money,
    "value": is_translated,
}
ITEM: Shape = {
    "id": is_int,
    "position": is_int,
    "name": is_translated,
    "default_price": is_money,
    "variations": [VARIATION],
    "bundles": [{}],
    "addons": [
        {
            "addon_category": is_int,
            "min_count": is_int,
            "max_count": is_int,
            "position": is_int,
            "multi_allowed": is_flag,
            "price_included": is_flag,
        }
    ],
    **dict.fromkeys(
        (
            *("has_variations", "personalized", "require_voucher", "hide_without_voucher"),
            *("issue_giftcard", "require_bundling", "free_price", "all_sales_channels"),
        ),
        is_flag,
    ),
    **dict.fromkeys(("sales_channels", "limit_sales_channels"), is_list),
    **dict.fromkeys(
        ("validity_mode", "media_policy", "media_type", "checkin_text", "picture"),
        or_null(is_text),
    ),
    "generate_tickets": or_null(is_flag),
}
QUESTION: Shape = {
    "id": is_int,
    "position": is_int,
    "items": is_list,
    "ask_during_checkin": is_flag,
    "show_during_checkin": is_flag,
    "type": is_text,
    "identifier": is_text,
    "question": is_translated,
    "options": [{"id": is_int, "position": is_int, "identifier": is_text, "answer": is_translated}],
}
CHOSEN_EVENT: Shape = {
    "slug": is_text,
    "name": is_translated,
    "date_from": is_moment,
    "date_to": or_null(is_moment),
    "live": is_flag,
    "best_availability_state": or_null(is_int),
}
CHOSEN_DATE: Shape = {
    "id": is_int,
    "event": is_text,
    "name": is_translated,
    "date_from": is_moment,
    "date_to": or_null(is_moment),
    "active": is_flag,
}
EVENT: Shape = {
    "slug": is_text,
    "currency": is_text,
    "date_from": is_moment,
    "has_subevents": is_flag,
    "live": is_flag,
    "name": is_translated,
    "timezone": is_text,
    "seat_category_mapping": is_object,
    "valid_keys": is_object,
    "plugins": is_list,
}
LIST: Shape = {
    "id": is_int,
    "name": is_text,
    "limit_products": is_list,
    "allow_multiple_entries": is_flag,
    "allow_entry_after_exit": is_flag,
    "rules": is_object,
}
POSITION: Shape = {
    "id": is_int,
    "item": is_int,
    "positionid": is_int,
    "price": is_money,
    "tax_rate": is_money,
    "tax_value": is_money,
    "secret": is_text,
    "checkins": [{"list": is_int, "datetime": is_moment, "type": is_text, "id": is_int}],
    "answers": [{"question": is_int, "answer": is_text, "options": is_list}],
    "seat": anything,
}
ORDER: Shape = {
    "code": is_text,
    "status": is_text,
    "datetime": is_moment,
    "testmode": is_flag,
    "require_approval": is_flag,
    "total": is_money,
    "locale": is_text,
    "positions": [POSITION],
}

#: What a synchronization asks of an event, in the app's order.
SYNC: dict[str, Shape] = {
    "categories": {
        "id": is_int,
        "position": is_int,
        "name": is_translated,
        "description": or_null(is_object),
    },
    "items": ITEM,
    "questions": QUESTION,
    "badgelayouts": {},
    "badgeitems": {},
    "checkinlists?exclude=checkin_count&exclude=position_count": LIST,
    "revokedsecrets": {"id": is_int, "secret": is_text, "created": is_moment},
    "blockedsecrets": {
        "id": is_int,
        "secret": is_text,
        "blocked": is_flag,
        "updated": is_moment,
    },
}
LEFT_OUT = (
    *("downloads", "payment_date", "payment_provider", "fees", "positions.downloads"),
    *("payments", "refunds"),
)
ORDERS = "orders?testmode=false&" + "&".join(f"exclude={name}" for name in LEFT_OUT)
WITHOUT_ORDERS = {"pretixscan_online_kiosk", "pretixscan_online_noordersync"}

#: What a cash desk asks besides.
DESK: dict[str, Shape] = {
    "discounts": {"id": is_int},
    "quotas?with_availability=true": {
        "id": is_int,
        "available": is_flag,
        "available_number": or_null(is_int),
        "items": is_list,
        "variations": is_list,
        "size": or_null(is_int),
    },
    "taxrules": {
        "id": is_int,
        "rate": is_money,
        "price_includes_tax": is_flag,
        "code": or_null(is_text),
    },
    "ticketlayouts": {
        "id": is_int,
        "default": is_flag,
        "layout": is_list,
        "background": or_null(is_text),
        "item_assignments": [{"item": is_int, "sales_channel": is_text}],
    },
}


def flaws(value: Any, shape: Any, place: str) -> list[str]:
    """Return what of a value the app could not read; the last part of each is the field."""
    if callable(shape):
        return [] if shape(value) else [f"{place}: {value!r}"]
    if isinstance(shape, list):
        if not is_list(value):
            return [f"{place}: {value!r}"]
        return [flaw for each in value for flaw in flaws(each, shape[0], place)]
    missing = [f"{place}.{name} is missing" for name in shape if name not in value]
    wrong = [
        flaw
        for name, inner in shape.items()
        if name in value
        for flaw in flaws(value[name], inner, f"{place}.{name}")
    ]
    return missing + wrong


@dataclass
class App:
    """As much of the app as talks to the server; it writes paths without their last slash."""

    api: Api
    organizer: str

    def get(self, path: str, **given: Any) -> Any:
        answer = self.api.get(path, **given)
        if answer.status_code == 301:
            answer = self.api.get(answer["Location"], **given)
        return answer

    def rows(self, path: str, shape: Shape) -> list[Any]:
        """Fetch all pages below the organizer, and see that each row can be read."""
        url: str | None = f"/organizers/{self.organizer}/{path}"
        found: list[Any] = []
        while url:
            answer = self.get(url.removeprefix("http://testserver"))
            assert answer.status_code == 200, (url, answer.content)
            page = answer.json()
            assert is_int(page["count"])
            found += page["results"]
            url = page["next"]
        assert [flaw for row in found for flaw in flaws(row, shape, path)] == []
        return found

    def choose(self) -> tuple[list[Any], list[Any]]:
        """Ask what there is to scan for, as the app's list of events does."""
        since = "ends_after=2026-01-01T00%3A00%3A00.000Z&ordering=date_from"
        availability = "with_availability_for=web"
        events = self.rows(
            f"events?{since}&{availability}&live=true&sales_channel=web", CHOSEN_EVENT
        )
        shape = {**CHOSEN_DATE, "best_availability_state": or_null(is_int)}
        return events, self.rows(f"subevents?{since}&active=true&{availability}", shape)

    def synchronize(self, event: Event, *, orders: bool = True) -> dict[str, list[Any]]:
        base = f"events/{event.slug}"
        found = {"subevents": self.rows("subevents", CHOSEN_DATE)}
        answer = self.get(f"/organizers/{self.organizer}/{base}")
        assert answer.status_code == 200
        assert flaws(answer.json(), EVENT, "event") == []
        for path, shape in SYNC.items():
            found[path] = self.rows(f"{base}/{path}", shape)
        if orders:
            found["orders"] = self.rows(f"{base}/{ORDERS}", ORDER)
        found["media"] = self.rows("reusablemedia", {"id": is_int})
        assert is_object(self.get(f"/organizers/{self.organizer}/{base}/settings").json())
        return found


FACTS = {
    "hardware_brand": "Acme",
    "hardware_model": "S1",
    "os_name": "Android",
    "os_version": "14",
    "software_brand": "pretixSCAN",
    "software_version": "2.20.0",
}


def install(event: Event, profile: str) -> tuple[App, Device]:
    device = create_device(
        organizer=event.organizer, name="Gate 1", all_events=True, security_profile=profile
    )
    sent = {"token": device.initialization_token, **FACTS}
    answer = Api(None).post("/device/initialize", json=sent)
    assert answer.status_code == 200
    access = answer.json()
    read = {
        "organizer": is_text,
        "device_id": is_int,
        "unique_serial": is_text,
        "api_token": is_text,
        "security_profile": is_text,
        "gate": or_null(is_object),
    }
    assert flaws(access, read, "initialize") == []
    return App(Api(f"Device {access['api_token']}"), access["organizer"]), device


@pytest.fixture
def house(db: None) -> Event:
    """A series with one of everything that an app reads."""
    series = make_event(has_subevents=True, currency="EUR")
    rule, web = make_tax_rule(series), series.organizer.sales_channels.get()
    extras = series.categories.create(name={"en": "Extras"}, is_addon=True)
    addon = {"addon_category": extras.pk, "min_count": 0, "max_count": 2, "position": 0}
    item = make_item(
        series,
        tax_rule=rule,
        extra={"addons": [{**addon, "multi_allowed": False, "price_included": True}]},
    )
    variation = make_variation(item)
    date = make_subevent(series)
    make_quota(series, size=5, items=[item], variations=[variation], subevent=date)
    question = series.questions.create(
        identifier="SIZE", question={"en": "Size?"}, type="C", ask_during_checkin=True
    )
    option = question.options.create(identifier="M", answer={"en": "Medium"})
    question.items.add(item)
    gate = make_list(series, all_products=False, limit_products=[item])
    sold, revoked, blocked = (make_order(series, items=[item]).positions.get() for _ in range(3))
    for position in (sold, revoked, blocked):
        position.subevent, position.variation = date, variation
        position.save()
        OrderPayment.objects.create(
            order=position.order, amount=23, created=clock.now(), state="confirmed"
        )
    answer = QuestionAnswer.objects.create(position=sold, question=question, answer="Medium")
    answer.options.add(option)
    assert redeem(scan=Scan(lists=[gate], secret=sold.secret), actor=None).denial is None
    revoke_secret(position=revoked, actor=None)
    set_block(position=blocked, name="admin", blocked=True, actor=None)
    background = store_background(event=series, pdf=pdf_of((148, 105)))
    layout = make_layout(series, default=True, background=background)
    layout.item_assignments.create(item=item, sales_channel=web)
    return series


PROFILES = [name for name, _label in DEVICE_PROFILES]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_device_is_set_up_and_shut_out(house: Event, profile: str) -> None:
    app, device = install(house, profile)

    updated = app.api.post("/device/update", json={**FACTS, "info": {"a": 1}, "rsa_pubkey": "x"})
    info, version = app.get("/device/info").json(), app.get("/version").json()

    assert updated.status_code == 200
    assert flaws(updated.json(), {"name": is_text, "gate": or_null(is_object)}, "update") == []
    read = {
        "server": {"version": {"pretix_numeric": is_int}},
        "device": {"name": is_text},
        "medium_key_sets": is_list,
    }
    assert flaws(info, read, "info") == []
    assert is_int(version["pretix_numeric"])
    revoke_device(device=device)
    refused = app.get("/device/info")
    assert (refused.status_code, refused.json()) == (
        *(401, {"detail": "Device access has been revoked."}),
    )


def test_a_token_that_lets_nobody_in_is_refused_in_json(house: Event) -> None:
    answer = Api(None).post("/device/initialize", json={"token": "nonsense", **FACTS})

    assert (answer.status_code, list(answer.json())) == (400, ["token"])


@pytest.mark.parametrize("profile", PROFILES)
def test_a_device_chooses_an_event(house: Event, profile: str) -> None:
    app, _device = install(house, profile)

    events, dates = app.choose()
    selected = app.get("/device/eventselection?current_event=x&current_checkinlist=1")

    assert [each["slug"] for each in events] == [house.slug]
    assert [(each["event"], each["best_availability_state"]) for each in dates] == [
        (house.slug, 100)
    ]
    assert selected.status_code == 200
    read = {
        "event": {"slug": is_text, "name": is_text},
        "subevent": or_null(is_int),
        "checkinlist": or_null(is_int),
    }
    assert flaws(selected.json(), read, "selection") == []


@pytest.mark.parametrize("profile", PROFILES)
def test_a_device_synchronizes(house: Event, profile: str) -> None:
    app, _device = install(house, profile)

    found = app.synchronize(house, orders=profile not in WITHOUT_ORDERS)

    empty = {"badgelayouts", "badgeitems", "media"}
    assert {name for name, rows in found.items() if not rows} == empty
    (item,), (checkin_list,) = found["items"], found[next(n for n in found if "lists?" in n)]
    assert (item["addons"], item["variations"]) != ([], [])
    assert "checkin_count" not in checkin_list
    if profile not in WITHOUT_ORDERS:
        positions = [position for each in found["orders"] for position in each["positions"]]
        assert any(position["checkins"] for position in positions)
        assert any(position["answers"] for position in positions)
        assert not any({"payments", "refunds", "downloads"} & each.keys() for each in positions)
        assert not any(set(LEFT_OUT) & each.keys() for each in found["orders"])


@pytest.mark.parametrize("profile", sorted(WITHOUT_ORDERS))
def test_a_scanner_that_is_always_online_gets_no_orders(house: Event, profile: str) -> None:
    app, _device = install(house, profile)

    assert app.get(f"/organizers/{app.organizer}/events/{house.slug}/{ORDERS}").status_code == 403


def test_what_has_not_changed_is_not_sent_again(house: Event) -> None:
    app, _device = install(house, "pretixscan")
    base = f"/organizers/{app.organizer}/events/{house.slug}/items"
    record(actor=None, action="counterfoil.item.changed", obj=house.items.get(), event=house)
    modified = app.get(base)["Last-Modified"]
    moment = parsedate_to_datetime(modified)

    def status(sent: str) -> int:
        found: int = app.get(base, headers={"If-Modified-Since": sent}).status_code
        return found

    assert status(modified) == 304
    assert status(f"{moment:%a %b %d %H:%M:%S} GMT {moment:%Y}") == 304
    assert status(f"{moment:%a %b %d %H:%M:%S} UTC {moment:%Y}") == 304
    assert status(modified.replace("GMT", "GMT+00:00")) == 304
    assert status("yesterday") == 200


def test_a_second_synchronization_asks_only_for_what_is_new(house: Event) -> None:
    app, _device = install(house, "pretixscan")
    base = f"events/{house.slug}"
    first = app.synchronize(house)
    later = (clock.now() + timedelta(hours=1)).isoformat().replace("+", "%2B")

    for path, key, ordering in (
        ("revokedsecrets", "created", "created_since"),
        ("blockedsecrets", "updated", "updated_since"),
    ):
        cursor = max(row[key] for row in first[path]).replace("+", "%2B")
        shape = SYNC[path]
        again = app.rows(f"{base}/{path}?ordering=-{key}&{ordering}={cursor}", shape)
        assert {row["id"] for row in again} == {row["id"] for row in first[path]}
        assert app.rows(f"{base}/{path}?ordering=-{key}&{ordering}={later}", shape) == []
    orders = f"{base}/{ORDERS}&ordering=-last_modified&modified_since={later}"
    assert app.rows(orders, ORDER) == []
    data = app.rows(f"{base}/{ORDERS}&pdf_data=true&subevent_after={quoted_past()}", ORDER)
    assert data
    assert all(is_object(each["pdf_data"]) for row in data for each in row["positions"])


@pytest.mark.parametrize(
    "amount", [120, pytest.param(25_000, marks=pytest.mark.endurance)], ids=["few", "many"]
)
def test_a_scanner_sees_inactive_as_blocked_and_void_as_revoked(db: None, amount: int) -> None:
    event = make_event()
    item = make_item(event)
    sizes = [min(10_000, amount - made) for made in range(0, amount, 10_000)]
    batches = [make(item, size, activation="on_sale") for size in sizes]
    gate, (app, _device) = make_list(event), install(event, "pretixscan")
    base = f"events/{event.slug}"

    def news(path: str, cursor: str = "") -> list[Any]:
        key, name = (
            ("updated", "updated_since")
            if path == "blockedsecrets"
            else (
                "created",
                "created_since",
            )
        )
        since = f"&{name}={cursor.replace('+', '%2B')}" if cursor else ""
        return app.rows(f"{base}/{path}?ordering=-{key}{since}", SYNC[path])

    def act(action: str, tickets: str) -> None:
        chosen = select(event=event, batch=batches[0], tickets=tickets)
        perform(actor=None, event=event, action=Action(action), selections=chosen)

    def scan(number: int) -> Any:
        secret = batches[0].tickets.get(number=number).position.secret
        sent = {"secret": secret, "lists": [gate.pk]}
        path = f"/organizers/{app.organizer}/checkinrpc/redeem/"
        return app.api.post(path, json=sent).json().get("reason")

    first = news("blockedsecrets")
    assert (len(first), all(row["blocked"] for row in first)) == (amount, True)
    assert len({row["updated"] for row in first}) == amount
    again = news("blockedsecrets", first[0]["updated"])
    assert [row["id"] for row in again] == [first[0]["id"]]
    assert (scan(1), scan(2)) == ("blocked", "blocked")

    act("activate", "1-60")
    later = news("blockedsecrets", first[0]["updated"])
    assert [row["blocked"] for row in later] == [*[False] * 60, True]
    assert len(news("blockedsecrets", later[0]["updated"])) == 1
    act("void", "2-70")
    revoked = news("revokedsecrets")
    assert len(news("revokedsecrets", revoked[0]["created"])) == 1
    secrets = batches[0].tickets.filter(number__range=(2, 70))
    assert {row["secret"] for row in revoked} == set(
        secrets.values_list("position__secret", flat=True)
    )
    assert (scan(1), scan(2), scan(65), scan(80)) == (None, "revoked", "revoked", "blocked")
    orders = app.rows(f"{base}/{ORDERS}&include_canceled_positions=true", ORDER)
    assert sum(order["status"] == "c" for order in orders) == 69


def quoted_past() -> str:
    return "2026-01-01T00%3A00%3A00Z"


@pytest.mark.parametrize("profile", ["full", "pretixpos"])
def test_a_cash_desk_synchronizes(house: Event, profile: str) -> None:
    app, _device = install(house, profile)
    base = f"events/{house.slug}"

    found = {path: app.rows(f"{base}/{path}", shape) for path, shape in DESK.items()}
    paid = app.rows(
        f"{base}/orders",
        {**ORDER, "payments": [{"state": is_text, "amount": is_money}], "refunds": is_list},
    )

    assert {path for path, rows in found.items() if not rows} == {"discounts"}
    assert all(each["payments"] for each in paid)
    (layout,) = found["ticketlayouts"]
    background = app.get(layout["background"].removeprefix("http://testserver"))
    assert (background.status_code, background["Content-Type"]) == (200, "application/pdf")
    assert b"".join(background.streaming_content).startswith(b"%PDF-")
    date = house.subevents.get()
    assert app.rows(f"{base}/quotas?with_availability=true&subevent={date.pk}", {"id": is_int})


@pytest.mark.parametrize("path", ["pos/cashiers", "events/{event}/invoicesettings"])
def test_what_this_server_does_not_know_is_no_json(house: Event, path: str) -> None:
    app, _device = install(house, "full")

    answer = app.get(f"/organizers/{app.organizer}/{path.format(event=house.slug)}")

    assert answer.status_code == 404
    assert not answer.content.lstrip().startswith(b"{")
