"""Clients that ask for what changed since the newest time they were shown miss nothing."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from apiclient import BASE, Api, at
from batches.making import make
from counterfoil.audit import services as audit
from counterfoil.audit.models import LogEntry
from counterfoil.catalog import change_clock, dates
from counterfoil.catalog.models import ChangeClock, Event, ItemCategory
from counterfoil.checkin import reports
from counterfoil.checkin.cancellation import cancel_orders
from counterfoil.checkin.positions import update_position
from counterfoil.checkin.secrets import revoke_secret, set_block
from counterfoil.core import clock
from counterfoil.orders.new_order import NewOrder, NewPosition
from counterfoil.orders.order_details import update_order
from counterfoil.orders.payments import mark_pending
from counterfoil.orders.services import create_order
from counterfoil.sellers import statements
from counterfoil.sellers.consignments import NewLine, save_draft
from counterfoil.sellers.models import Seller
from gate import Gate, make_list
from makers import make_event, make_item, make_subevent, make_team, make_token

pytestmark = pytest.mark.django_db(transaction=True)

#: How long a change that must wait for another is given to overtake it.
A_MOMENT_S = 0.3
PATIENCE_S = 60


@dataclass
class Poller:
    """A client that reads a whole list once, and then what is new since the newest it has seen.

    ``times``: the key of the newest row's time, or None to go by X-Page-Generated.
    """

    api: Api
    path: str
    parameter: str
    key: str
    times: str | None
    cursor: str = ""
    seen: set[Any] = field(default_factory=set)

    def poll(self) -> None:
        query = f"?{self.parameter}={quote(self.cursor)}" if self.cursor else ""
        answer = self.api.get(self.path + query)
        rows = answer.json()["results"]
        self.seen |= {row[self.key] for row in rows}
        if self.times is None:
            self.cursor = answer["X-Page-Generated"]
        elif rows:
            self.cursor = max(row[self.times] for row in rows)


@contextmanager
def paused(change: Callable[[], Any]) -> Iterator[None]:
    """Make a change in another connection, and commit it only at the end of the block."""
    done, go_on = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                change()
                done.set()
                assert go_on.wait(PATIENCE_S)
        finally:
            done.set()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert done.wait(PATIENCE_S)
    try:
        yield
    finally:
        go_on.set()
        thread.join()


@contextmanager
def beside(change: Callable[[], Any]) -> Iterator[None]:
    """Start a change in another connection, and wait a moment: it may get through or have to wait.

    After the block it has got through.
    """

    def run() -> None:
        try:
            change()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(A_MOMENT_S)
    yield
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


@pytest.fixture
def gate() -> Gate:
    event = make_event(has_subevents=False)
    return Gate(event=event, item=make_item(event), list=make_list(event))


def _sell(event: Event, gate: Gate) -> str:
    order = create_order(
        actor=None,
        event=event,
        new=NewOrder(
            positions=(NewPosition(item=gate.item),),
            sales_channel=event.organizer.sales_channels.get(identifier="web"),
        ),
    )
    return order.code


Change = Callable[[], Any]


def _changes(kind: str, gate: Gate) -> tuple[Change, Change]:
    """Return two changes of the kind that a list shows."""
    if kind == "sold":
        return (lambda: _sell(gate.event, gate), lambda: _sell(gate.event, gate))
    if kind in ("consigned", "settled"):
        return _changes_of_sellers(kind, gate)
    first, second = gate.ticket(), gate.ticket()
    if kind == "revoked":
        return (
            lambda: revoke_secret(position=first, actor=None).secret,
            lambda: revoke_secret(position=second, actor=None).secret,
        )
    if kind == "blocked":
        return (
            lambda: set_block(position=first, name="admin", blocked=True, actor=None),
            lambda: set_block(position=second, name="admin", blocked=True, actor=None),
        )
    if kind == "canceled":
        return (
            lambda: cancel_orders(event=gate.event, orders=[first.order_id]),
            lambda: cancel_orders(event=gate.event, orders=[second.order_id]),
        )
    if kind == "paid":
        return (
            lambda: mark_pending(actor=None, order=first.order),
            lambda: mark_pending(actor=None, order=second.order),
        )
    if kind == "changed":
        return (
            lambda: update_order(actor=None, order=first.order, fields={"comment": "x"}),
            lambda: update_position(actor=None, position=second, fields={"company": "x"}),
        )
    if kind == "scanned":
        return (lambda: gate.scan(first), lambda: gate.scan(second))
    if kind == "refused":
        return (lambda: gate.scan("unknown"), lambda: gate.scan("unheard of"))
    fields = {"source": "x", "datetime": first.order.datetime}
    return (
        lambda: reports.report_print(position=first, fields=fields, actor=None),
        lambda: reports.report_print(position=second, fields=fields, actor=None),
    )


def _changes_of_sellers(kind: str, gate: Gate) -> tuple[Change, Change]:
    event, batch = gate.event, make(gate.item, 1)
    seller = Seller.objects.create(organizer=event.organizer, name="Ada")
    if kind == "settled":
        settle = partial(statements.draft, event=event, seller=seller, basis="declared")
        return settle, settle
    lines = [NewLine(batch=batch, way="tickets", text="1")]
    fields = {"kind": "out", "seller": seller}
    consign = partial(save_draft, draft=None, event=event, fields=fields, lines=lines)
    return consign, consign


def _poll_while_one_is_paused(poller: Poller, first: Change, second: Change) -> None:
    """Poll after the second change has had its chance to overtake the first, and at the end."""
    with contextlib.ExitStack() as until_second_is_committed, paused(first):
        until_second_is_committed.enter_context(beside(second))
        poller.poll()
    poller.poll()


LISTS = {
    "revokedsecrets/": ("created_since", "secret", "created"),
    "blockedsecrets/": ("updated_since", "secret", "updated"),
    "checkins/": ("created_since", "id", "created"),
    "orders/": ("modified_since", "code", None),
    "orders/?ordering=-last_modified": ("modified_since", "code", "last_modified"),
    "orders/?ordering=datetime": ("created_since", "code", "datetime"),
    "consignments/": ("created_since", "id", "created"),
    "sellerstatements/": ("created_since", "id", "created"),
}


def _poller(gate: Gate, path: str) -> Poller:
    api = Api(make_token(make_team(gate.event.organizer))[1])
    parameter, key, newest = LISTS[path]
    return Poller(api, at(gate.event, path.partition("?")[0]), parameter, key, newest)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("revokedsecrets/", "revoked"),
        ("revokedsecrets/", "canceled"),
        ("blockedsecrets/", "blocked"),
        ("checkins/", "scanned"),
        ("checkins/", "refused"),
        ("orders/", "scanned"),
        ("orders/", "revoked"),
        ("orders/", "printed"),
        ("orders/", "changed"),
        ("orders/", "canceled"),
        ("orders/", "paid"),
        ("orders/", "sold"),
        ("orders/?ordering=-last_modified", "blocked"),
        ("orders/?ordering=datetime", "sold"),
        ("consignments/", "consigned"),
        ("sellerstatements/", "settled"),
    ],
)
def test_a_change_that_is_committed_after_a_later_one_is_not_missed(
    gate: Gate, path: str, kind: str
) -> None:
    poller = _poller(gate, path)
    first, second = _changes(kind, gate)
    poller.poll()
    poller.seen.clear()

    _poll_while_one_is_paused(poller, first, second)

    assert len(poller.seen) == 2


def test_an_organizers_list_misses_nothing_of_any_event(gate: Gate) -> None:
    """Each event has its own clock, so a change in one may be committed after one in another."""
    other = make_event(gate.event.organizer)
    elsewhere = Gate(event=other, item=make_item(other), list=make_list(other))
    api = Api(make_token(make_team(gate.event.organizer))[1])
    poller = Poller(
        api, f"{BASE}/organizers/{other.organizer.slug}/orders/", "modified_since", "code", None
    )
    first, second = gate.ticket(), elsewhere.ticket()
    for ticket in (gate.ticket(), elsewhere.ticket()):
        set_block(position=ticket, name="admin", blocked=True, actor=None)
    poller.poll()
    poller.seen.clear()

    _poll_while_one_is_paused(
        poller,
        lambda: set_block(position=first, name="admin", blocked=True, actor=None),
        lambda: set_block(position=second, name="admin", blocked=True, actor=None),
    )

    assert poller.seen >= {first.order.code, second.order.code}


def test_an_organizers_list_shows_nothing_twice_though_an_event_never_changed(gate: Gate) -> None:
    make_event(gate.event.organizer)
    ChangeClock.objects.exclude(event=gate.event).delete()
    api = Api(make_token(make_team(gate.event.organizer))[1])
    path = f"{BASE}/organizers/{gate.event.organizer.slug}/orders/"
    poller = Poller(api, path, "modified_since", "code", None)
    gate.scan(gate.ticket())
    poller.poll()
    assert len(poller.seen) == 1
    poller.seen.clear()

    poller.poll()

    assert poller.seen == set()
    assert poller.cursor > "2000"


def _log_poller(event: Event) -> Poller:
    api = Api(make_token(make_team(event.organizer))[1])
    path = f"{BASE}/organizers/{event.organizer.slug}/auditlog/"
    return Poller(api, path, "since", "id", "datetime")


def test_the_log_misses_nothing_that_is_committed_late(gate: Gate) -> None:
    """Entries are written in the middle of a transaction, and by events that do not wait."""
    other = make_event(gate.event.organizer)
    poller = _log_poller(gate.event)
    shown = record_category(other)
    poller.poll()

    _poll_while_one_is_paused(
        poller, lambda: record_category(gate.event), lambda: record_category(other)
    )

    assert len(poller.seen - {shown.pk}) == 2


def test_the_log_misses_nothing_after_the_clock_was_set_back(gate: Gate) -> None:
    poller = _log_poller(gate.event)
    entry = record_category(gate.event)
    LogEntry.objects.filter(pk=entry.pk).update(datetime=clock.now() + timedelta(hours=1))
    poller.poll()

    later = record_category(gate.event)
    poller.poll()

    assert later.pk in poller.seen


def test_a_conditional_list_is_not_up_to_date_while_a_change_is_committed_late(gate: Gate) -> None:
    api = Api(make_token(make_team(gate.event.organizer))[1])
    path = at(gate.event, "categories/")
    record_category(gate.event)
    with contextlib.ExitStack() as stack, paused(lambda: add_category(gate.event, "first")):
        stack.enter_context(beside(lambda: add_category(gate.event, "second")))
        shown = api.get(path)
    again = api.get(path, headers={"If-Modified-Since": shown["Last-Modified"]})

    assert again.status_code == 200
    assert again.json()["count"] == 2


def record_category(event: Event) -> LogEntry:
    with transaction.atomic():
        return audit.record(actor=None, action="counterfoil.category.added", obj=event, event=event)


def add_category(event: Event, name: str) -> None:
    with transaction.atomic():
        ItemCategory.objects.create(event=event, name={"en": name})
        record_category(event)


def test_dates_of_a_series_are_not_missed() -> None:
    event = make_event(has_subevents=True)
    first, second = make_subevent(event), make_subevent(event)
    poller = Poller(
        Api(make_token(make_team(event.organizer))[1]),
        at(event, "subevents/"), "modified_since", "id", "last_modified",
    )  # fmt: skip
    poller.poll()
    poller.seen.clear()

    _poll_while_one_is_paused(
        poller,
        lambda: dates.change_subevent(subevent=first, fields={"active": False}),
        lambda: dates.change_subevent(subevent=second, fields={"active": False}),
    )

    assert poller.seen == {first.pk, second.pk}


def test_what_was_seen_is_not_sent_again(gate: Gate) -> None:
    poller = _poller(gate, "orders/")
    gate.scan(gate.ticket())
    poller.poll()
    poller.seen.clear()

    poller.poll()

    assert poller.seen == set()


def test_secrets_come_newest_first(gate: Gate) -> None:
    tickets = [gate.ticket() for _ in range(3)]
    for ticket in tickets:
        revoke_secret(position=ticket, actor=None)
        set_block(position=ticket, name="admin", blocked=True, actor=None)
    set_block(position=tickets[0], name="admin", blocked=False, actor=None)
    api = Api(make_token(make_team(gate.event.organizer))[1])

    def secrets(path: str) -> list[str]:
        rows = api.get(at(gate.event, path)).json()["results"]
        return [row["secret"] for row in rows]

    first, second, third = (ticket.secret for ticket in tickets)
    assert secrets("revokedsecrets/") == [third, second, first]
    assert secrets("revokedsecrets/?ordering=created") == [first, second, third]
    assert secrets("blockedsecrets/") == [first, third, second]
    assert secrets("blockedsecrets/?ordering=updated") == [second, third, first]


def test_a_clock_that_is_set_back_makes_no_earlier_times(gate: Gate) -> None:
    ahead = clock.now() + timedelta(hours=1)
    ChangeClock.objects.update_or_create(event=gate.event, defaults={"latest": ahead})

    with transaction.atomic():
        times = [change_clock.stamp(gate.event.pk) for _ in range(3)]

    assert ahead < times[0] < times[1] < times[2]


def test_a_time_is_stamped_in_a_transaction_only(gate: Gate) -> None:
    with pytest.raises(TransactionManagementError):
        change_clock.stamp(gate.event.pk)
