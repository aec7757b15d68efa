"""Numbers without gaps: whatever races, is refused, or is killed before its commit."""

from __future__ import annotations

import importlib
import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from batches.making import ask
from batches.test_races import at_once
from counterfoil.catalog.models import NumberSeries
from counterfoil.core import failpoints
from counterfoil.jobs import runner
from counterfoil.orders.models import OrderPosition
from counterfoil.orders.new_order import NewOrder, NewPosition
from counterfoil.orders.services import create_order
from makers import make_event, make_item, make_number_series, make_quota

pytestmark = pytest.mark.django_db(transaction=True)


_POINTS = ("batches.quota_taken", "batches.half_inserted", "batches.copying")


def race(monkeypatch: pytest.MonkeyPatch, *, calls: int, seed: int) -> list[int]:
    """Run batches and single orders of one series at once, some killed; return its numbers."""
    chance = random.Random(seed)
    event = make_event()
    items = [make_item(event, quota=False) for _ in range(2)]
    make_quota(event, size=calls * 4, items=items)
    series = make_number_series(event.organizer, *items, prefix="A")
    web = event.organizer.sales_channels.get(identifier="web")

    def order(amount: int, fails: bool) -> Callable[[], Any]:
        positions = [NewPosition(item=chance.choice(items)) for _ in range(amount)]
        if fails:
            positions.append(NewPosition(item=items[0], secret="the same"))
        new = NewOrder(positions=tuple(positions), sales_channel=web)
        return lambda: create_order(actor=None, event=event, new=new)

    def batch(amount: int) -> Callable[[], Any]:
        job = ask(chance.choice(items), amount)
        return lambda: runner.run(job.pk)

    # The transaction of a job that fails here ends as that of a process which dies does.
    armed = (f"{name}=raise@{chance.randint(1, 3)}" for name in _POINTS)
    monkeypatch.setenv("COUNTERFOIL_FAILPOINTS", ",".join(armed))
    importlib.reload(failpoints)
    plan = [
        batch(chance.randint(1, 9))
        if chance.random() < 0.5
        else order(chance.randint(1, 4), chance.random() < 0.3)
        for _ in range(calls)
    ]
    try:
        at_once(plan)
    finally:
        monkeypatch.undo()
        importlib.reload(failpoints)
    series.refresh_from_db()
    rows = OrderPosition.objects.filter(number_series=series).order_by("serial_number")
    numbers = list(rows.values_list("serial_number", flat=True))
    assert len(set(rows.values_list("serial", flat=True))) == len(numbers)
    assert numbers == list(range(1, series.next))
    assert not OrderPosition.objects.filter(serial=None).exists()
    return numbers


def test_parallel_batches_and_orders_leave_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    assert race(monkeypatch, calls=12, seed=1)


@pytest.mark.endurance
def test_fifty_processes_of_which_many_are_killed_leave_no_gap() -> None:
    chance = random.Random(50)
    event = make_event()
    item = make_item(event)
    series = make_number_series(event.organizer, item, prefix="A")
    web = event.organizer.sales_channels.get(identifier="web")
    jobs = [ask(item, chance.randint(1, 40)).pk for _ in range(100)]

    def work(number: int) -> None:
        for job in jobs[number::50]:
            runner.run(job)
            positions = tuple(NewPosition(item=item) for _ in range(1 + number % 3))
            new = NewOrder(positions=positions, sales_channel=web)
            create_order(actor=None, event=event, new=new)

    connections.close_all()  # processes must not share one
    children = [_born(work, number) for number in range(50)]
    for child in chance.sample(children, 25):
        time.sleep(chance.random() / 4)
        os.kill(child, signal.SIGKILL)
    for child in children:
        os.waitpid(child, 0)

    series.refresh_from_db()
    rows = OrderPosition.objects.filter(number_series=series).order_by("serial_number")
    numbers = list(rows.values_list("serial_number", flat=True))
    assert len(numbers) > 100
    assert numbers == list(range(1, series.next))


def _born(work: Callable[[int], None], number: int) -> int:
    child = os.fork()
    if not child:
        try:
            work(number)
        finally:
            os._exit(0)
    return child


def test_deleted_and_cancelled_tickets_keep_their_numbers() -> None:
    event = make_event()
    item = make_item(event)
    series = make_number_series(event.organizer, item, prefix="A")
    web = event.organizer.sales_channels.get(identifier="web")
    new = NewOrder(positions=(NewPosition(item=item),), sales_channel=web)

    first = create_order(actor=None, event=event, new=new)
    first.positions.all().delete()
    second = create_order(actor=None, event=event, new=new)

    assert second.positions.get().serial == "A00002"
    assert NumberSeries.objects.get(pk=series.pk).next == 3
