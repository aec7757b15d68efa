"""A day of a scanner app, from its initialization to the numbers in the evening."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from apiclient import Api
from counterfoil.accounts.devices import create_device
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import CheckinList
from counterfoil.checkin.secrets import revoke_secret
from counterfoil.core import clock
from counterfoil.orders.models import Order, OrderPosition
from gate import make_list
from makers import make_event, make_item, make_order

pytestmark = pytest.mark.endurance  # test_scanner_sync.py has the calls of a scanner one by one

ADMITTED, REPEATED, UNKNOWN, VOIDED, OTHER_PRODUCT = 700, 120, 60, 60, 60
QUEUED = 50

#: In the order in which the released apps synchronize.
SYNC_OF_EVENT = [
    *("subevents/", "categories/", "items/", "questions/", "badgelayouts/", "badgeitems/"),
    *("checkinlists/", "revokedsecrets/", "blockedsecrets/", "orders/"),
]


@dataclass
class Venue:
    """What was sold before the doors open."""

    event: Event
    list: CheckinList
    initialization_token: str
    tickets: list[str] = field(default_factory=list)
    queued: list[str] = field(default_factory=list)
    voided: list[str] = field(default_factory=list)
    parking: list[str] = field(default_factory=list)


@pytest.fixture
def venue(db: None) -> Venue:
    event = make_event()
    ticket, parking = make_item(event), make_item(event, admission=False)
    checkin_list = make_list(event, all_products=False, limit_products=[ticket])
    device = create_device(organizer=event.organizer, name="Gate", all_events=True)
    sold = Venue(event, checkin_list, device.initialization_token)
    sold.tickets = sell(event, ticket, ADMITTED)
    sold.queued = sell(event, ticket, QUEUED)
    sold.voided = sell(event, ticket, VOIDED)
    sold.parking = sell(event, parking, OTHER_PRODUCT)
    for position in OrderPosition.objects.filter(secret__in=sold.voided).select_related(
        "order__event__organizer"
    ):
        revoke_secret(position=position, actor=None)
    return sold


def sell(event: Event, item: Any, amount: int) -> list[str]:
    """Sell tickets in orders of ten; return their secrets."""
    orders = [make_order(event, items=[item] * 10) for _ in range(amount // 10)]
    positions = OrderPosition.objects.filter(order__in=orders).order_by("pk")
    return list(positions.values_list("secret", flat=True))


@dataclass
class App:
    """As much of a scanner app as talks to the server."""

    api: Api
    organizer: str
    event: str
    list: int
    generated: dict[str, str] = field(default_factory=dict)

    @classmethod
    def install(cls, token: str) -> App:
        facts = {
            "token": token,
            "hardware_brand": "Acme",
            "hardware_model": "S1",
            "os_name": "Android",
            "os_version": "14",
            "software_brand": "pretixSCAN",
            "software_version": "2.20.0",
        }
        access = Api(None).post("/device/initialize", json=facts).json()
        api = Api(f"Device {access['api_token']}")
        chosen = api.get("/device/eventselection").json()
        return cls(api, access["organizer"], chosen["event"]["slug"], chosen["checkinlist"])

    def synchronize(self) -> dict[str, list[Any]]:
        """Fetch all lists in the app's order; of orders only what was modified since last time."""
        base = f"/organizers/{self.organizer}/"
        found = {"events/": self._all(f"{base}events/")}
        for path in SYNC_OF_EVENT:
            found[path] = self._all(f"{base}events/{self.event}/{path}")
        found["reusablemedia/"] = self._all(f"{base}reusablemedia/")
        assert self.api.get(f"{base}events/{self.event}/settings/").status_code == 200
        return found

    def redeem(self, secret: str, **given: Any) -> str:
        """Scan, and return the reason of the refusal or ``ok``."""
        answer = self.api.post(
            f"/organizers/{self.organizer}/checkinrpc/redeem/?expand=answers.question",
            json={
                "secret": secret,
                "lists": [self.list],
                "source_type": "barcode",
                "force": False,
                "ignore_unpaid": False,
                "type": "entry",
                "canceled_supported": True,
                "questions_supported": True,
                "answers": {},
                **given,
            },
        ).json()
        reason: str = answer.get("reason", answer["status"])
        return reason

    def status(self) -> dict[str, Any]:
        path = f"/organizers/{self.organizer}/events/{self.event}/checkinlists/{self.list}/status/"
        told: dict[str, Any] = self.api.get(path).json()
        return told

    def _all(self, path: str) -> list[Any]:
        since = self.generated.get(path, "")
        url: str | None = f"{path}?modified_since={quote(since)}" if since else path
        rows: list[Any] = []
        first = True
        while url:
            answer = self.api.get(url.removeprefix("http://testserver"))
            assert answer.status_code == 200, (url, answer.content)
            if first and "X-Page-Generated" in answer:
                self.generated[path] = answer["X-Page-Generated"]
            first = False
            rows += answer.json()["results"]
            url = answer.json()["next"]
        return rows


@pytest.mark.endurance
def test_a_day_at_the_gate_adds_up(venue: Venue) -> None:
    app = App.install(venue.initialization_token)
    morning = app.synchronize()
    chance = random.Random(20270612)
    codes = [
        *venue.tickets,
        *chance.sample(venue.tickets, REPEATED),
        *(f"unknown{number}" for number in range(UNKNOWN)),
        *venue.voided,
        *venue.parking,
    ]
    chance.shuffle(codes)

    told = Counter(app.redeem(code, nonce=f"scan-{n}") for n, code in enumerate(codes))

    assert len(codes) == 1000
    assert told == {
        "ok": ADMITTED,
        "already_redeemed": REPEATED,
        "invalid": UNKNOWN,
        "revoked": VOIDED,
        "product": OTHER_PRODUCT,
    }
    status = app.status()
    assert (status["checkin_count"], status["inside_count"]) == (ADMITTED, ADMITTED)
    assert status["position_count"] == ADMITTED + QUEUED + VOIDED

    assert len(morning["orders/"]) == Order.objects.count()
    assert {entry["secret"] for entry in morning["revokedsecrets/"]} == set(venue.voided)
    evening = app.synchronize()
    scanned = {
        position["secret"]
        for order in evening["orders/"]
        for position in order["positions"]
        if position["checkins"]
    }
    assert scanned == set(venue.tickets)
    # What was changed shortly before the morning's look may come again, but not all of it.
    assert ADMITTED // 10 <= len(evening["orders/"]) < Order.objects.count()


def test_scans_from_offline_are_uploaded_late_and_twice(venue: Venue) -> None:
    app = App.install(venue.initialization_token)
    begin = clock.now() - timedelta(days=40)
    queue = [(secret, begin + timedelta(seconds=n)) for n, secret in enumerate(venue.queued)]

    told = [upload(app, secret, when) for _attempt in range(2) for secret, when in queue]

    assert told == ["ok"] * (2 * QUEUED)
    assert app.status()["checkin_count"] == QUEUED
    path = f"/organizers/{app.organizer}/events/{app.event}/checkins/?ordering=datetime"
    assert [datetime.fromisoformat(scan["datetime"]) for scan in app._all(path)] == [
        when for _secret, when in queue
    ]


def upload(app: App, secret: str, when: datetime) -> str:
    """Report an admission that has happened, as apps do when they are online again."""
    return app.redeem(secret, nonce=f"queued-{secret}", datetime=when.isoformat(), force=True)


def test_two_offline_scanners_that_admitted_one_ticket_both_report_it(venue: Venue) -> None:
    app = App.install(venue.initialization_token)
    secret = venue.queued[0]
    when = clock.now() - timedelta(hours=2)

    for minutes, nonce in ((5, "second gate"), (0, "first gate")):
        shift = timedelta(minutes=minutes)
        assert (
            app.redeem(secret, nonce=nonce, datetime=(when + shift).isoformat(), force=True) == "ok"
        )

    assert app.redeem(secret) == "already_redeemed"
    assert app.status()["checkin_count"] == 1


def test_a_refusal_from_offline_is_in_the_log(venue: Venue) -> None:
    app = App.install(venue.initialization_token)
    base = f"/organizers/{app.organizer}/events/{app.event}"
    body = {
        "raw_barcode": venue.parking[0],
        "error_reason": "product",
        "nonce": "n1",
        "datetime": (clock.now() - timedelta(days=1)).isoformat(),
        "type": "entry",
    }

    for _attempt in range(2):
        answer = app.api.post(f"{base}/checkinlists/{app.list}/failed_checkins/", json=body)
        assert answer.status_code == 201

    log = app._all(f"{base}/checkins/?successful=false")
    assert [scan["error_reason"] for scan in log] == ["product"]
