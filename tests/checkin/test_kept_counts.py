"""The counts that are kept say what a full count says, whatever is done in whatever order."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from batches.making import make
from counterfoil.checkin import auto_checkout, entry_counts, services
from counterfoil.checkin.cancellation import cancel_orders
from counterfoil.checkin.models import Checkin, CheckinList, EntryCount, TicketPresence
from counterfoil.checkin.positions import update_position
from counterfoil.checkin.queries import entries, inside, positions_on, tallies
from counterfoil.core import clock, summaries
from counterfoil.orders import tasks
from counterfoil.orders.models import Order, OrderPosition, TicketCount
from counterfoil.orders.payments import mark_paid, mark_pending
from counterfoil.orders.services import delete_order
from gate import Gate, make_list
from makers import make_event, make_item, make_order

pytestmark = pytest.mark.django_db

STEPS = 120


class Venue:
    """An event with two products and two lists, on which things happen at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        event = make_event()
        self.items = [make_item(event, quota=None), make_item(event, quota=None)]
        self.gate = Gate(event=event, item=self.items[0], list=make_list(event))
        self.lists = [
            self.gate.list,
            make_list(event, name="Back", include_pending=True, allow_multiple_entries=True,
                      all_products=False, limit_products=[self.items[1]]),
        ]  # fmt: skip

    @property
    def tickets(self) -> list[OrderPosition]:
        rows = OrderPosition.objects.select_related("order__event__organizer", "item")
        return list(rows.filter(order__event=self.gate.event).order_by("pk"))

    def step(self) -> str:
        acts: list[Callable[[], Any]] = [
            self.sell, self.scan, self.scan, self.scan, self.leave, self.late_scan, self.cancel,
            self.pay, self.change, self.annul, self.delete, self.batch, self.check_out,
            self.delete_list,
        ]  # fmt: skip
        act = self.random.choice(acts)
        act()
        return act.__name__

    def sell(self) -> None:
        items = self.random.choices(self.items, k=self.random.randint(1, 3))
        status = self.random.choice("npec")
        testmode = self.random.random() < 0.3
        make_order(self.gate.event, items=items, status=status, testmode=testmode)

    def scan(self, **given: Any) -> None:
        if tickets := self.tickets:
            where = self.random.choice(self.lists)
            self.gate.scan(self.random.choice(tickets), lists=[where], **given)

    def leave(self) -> None:
        self.scan(type="exit")

    def late_scan(self) -> None:
        self.scan(datetime=clock.now() - timedelta(hours=1), force=True, nonce=str(clock.now()))

    def cancel(self) -> None:
        if tickets := self.tickets:
            cancel_orders(event=self.gate.event, orders=[self.random.choice(tickets).order_id])

    def pay(self) -> None:
        for ticket in self.random.sample(self.tickets, min(2, len(self.tickets))):
            if ticket.order.status == Order.Status.PENDING:
                mark_paid(actor=None, order=ticket.order)
            elif ticket.order.status == Order.Status.PAID:
                mark_pending(actor=None, order=ticket.order)

    def change(self) -> None:
        if tickets := [each for each in self.tickets if not each.canceled]:
            ticket = self.random.choice(tickets)
            update_position(
                actor=None, position=ticket, fields={"item": self.random.choice(self.items)},
                check_quotas=False,
            )  # fmt: skip

    def annul(self) -> None:
        scan = Checkin.objects.filter(nonce__isnull=False, successful=True).first()
        if scan is not None and scan.nonce:
            services.annul(lists=self.lists, nonce=scan.nonce, explanation=None, actor=None)

    def delete(self) -> None:
        order = Order.objects.filter(testmode=True, event=self.gate.event).first()
        if order is not None:
            delete_order(actor=None, order=order)

    def batch(self) -> None:
        make(self.random.choice(self.items), 4)

    def check_out(self) -> None:
        where = self.random.choice(self.lists)
        where.exit_all_at = clock.now()
        where.save()
        auto_checkout.auto_checkout(where, clock.now())

    def delete_list(self) -> None:
        if self.random.random() < 0.2:
            self.lists[1].delete()
            self.lists[1] = make_list(self.gate.event, name="Another")


@pytest.mark.parametrize("seed", [1, 2])
def test_kept_counts_are_those_of_a_full_count(seed: int) -> None:
    venue = Venue(seed)

    for _ in range(STEPS):
        act = venue.step()
        assert summaries.wrong_counts() == {}, act

    event = venue.gate.event
    seen = {(row.list_id, row.position_id): row.inside for row in TicketPresence.objects.all()}
    for checkin_list in venue.lists:
        came = set(entries().filter(list=checkin_list).values_list("position", flat=True))
        assert {pk for where, pk in seen if where == checkin_list.pk} == came
        live = inside(checkin_list).count()
        assert entry_counts.inside_of(checkin_list.pk) == live
        tally = tallies(event, [checkin_list])[checkin_list.pk]
        on_list = positions_on(checkin_list)
        assert tally.positions.total() == on_list.count()
        assert tally.checkins.total() == on_list.filter(pk__in=came).count()
    came = entries().filter(list__event=event, position__canceled=False)
    assert entry_counts.entered_event(event.pk) == came.values("position").distinct().count()
    assert len(seen) > 10


def test_compacting_changes_no_sum(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "_FEW", 2)
    tickets = [gate.ticket() for _ in range(4)]
    for ticket in tickets[:3]:
        gate.scan(ticket)
    gate.scan(tickets[0], type="exit")

    tasks.compact_counts()

    assert TicketCount.objects.count() == 2  # of tickets, and of orders
    assert EntryCount.objects.count() == 2  # of the list, and of the event
    assert summaries.wrong_counts() == {}
    assert entry_counts.inside_of(gate.list.pk) == 2


def test_wrong_counts_are_reported_and_repaired(gate: Gate) -> None:
    gate.scan(gate.ticket())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_ticketcount SET tickets = tickets + 1")
        cursor.execute("DELETE FROM checkin_entrycount")
    assert set(summaries.wrong_counts()) == {"orders_ticketcount", "checkin_entrycount"}

    tasks.repair_counts()

    assert summaries.wrong_counts() == {}
    assert entry_counts.inside_of(gate.list.pk) == 1


def test_presences_are_rebuilt_from_scans(gate: Gate) -> None:
    gate.scan(gate.ticket())
    left = gate.ticket()
    gate.scan(left)
    gate.scan(left, type="exit")
    before = sorted(TicketPresence.objects.values_list("list_id", "position_id", "inside"))
    TicketPresence.objects.all().delete()
    TicketPresence.objects.create(list_id=gate.list.pk, position_id=0, inside=True)

    entry_counts.rebuild()

    after = sorted(TicketPresence.objects.values_list("list_id", "position_id", "inside"))
    assert after == before
    assert summaries.wrong_counts() == {}
    assert CheckinList.objects.count() == 1
