"""Real threads with connections of their own, on whichever database the tests run."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connections

from batches.making import ask, somebody, work
from counterfoil.batches.models import BatchRequest, BatchTicket, OfflineSalesBatch
from counterfoil.batches.services import request_batch
from counterfoil.batches.spec import BatchSpec
from counterfoil.core.refusals import Invalid
from counterfoil.jobs import runner
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.orders.new_order import NewOrder, NewPosition
from counterfoil.orders.queries import availability
from counterfoil.orders.services import create_order
from makers import make_event, make_item, make_quota

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all calls in the same instant; return what each gave, or raised."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[place] = call()
        except Exception as problem:  # noqa: BLE001 - what it raised is the result
            results[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_batches_that_want_the_last_tickets_one_is_made() -> None:
    item = make_item(make_event(), quota=100)
    asked = [ask(item, 100), ask(item, 100)]

    at_once([lambda each=each: runner.run(each.pk) for each in asked])

    done = [work(each) for each in asked]
    assert sorted(each.job.state for each in done) == ["done", "failed"]
    assert next(each for each in done if each.batch is None).job.message.count("0 left") == 1
    assert Order.objects.count() == OrderPosition.objects.count() == 100
    assert (OfflineSalesBatch.objects.count(), BatchTicket.objects.count()) == (1, 100)


def test_the_same_sheet_handed_in_many_times_at_once_asks_once() -> None:
    item = make_item(make_event())
    web = item.event.organizer.sales_channels.get(identifier="web")
    actor, new = somebody(item), BatchSpec(item=item, amount=3, sales_channel=web)

    def hand_in() -> BatchRequest:
        return request_batch(actor=actor, event=item.event, new=new, form_id="sheet")

    asked = at_once([hand_in] * 6)

    assert asked == [BatchRequest.objects.get()] * 6


def test_many_batches_sell_exactly_what_there_is() -> None:
    item = make_item(make_event(), quota=250)
    asked = [ask(item, 50) for _ in range(8)]

    at_once([lambda each=each: runner.run(each.pk) for each in asked])

    states = [work(each).job.state for each in asked]
    assert (states.count("done"), states.count("failed")) == (5, 3)
    quota = item.event.quotas.get()
    assert availability([quota])[quota.pk].used == 250


def test_overlapping_quotas_are_neither_oversold_nor_a_deadlock() -> None:
    event = make_event()
    one, two = make_item(event, quota=False), make_item(event, quota=False)
    # Each product is in its own quota and in the one they share, made in opposite orders.
    make_quota(event, size=200, items=[one])
    make_quota(event, size=120, items=[two, one])
    make_quota(event, size=200, items=[two])
    asked = [ask(item, 40) for item in (one, two, one, two, one, two)]

    at_once([lambda each=each: runner.run(each.pk) for each in asked])

    states = [work(each).job.state for each in asked]
    assert (states.count("done"), states.count("failed")) == (3, 3)
    assert OrderPosition.objects.count() == 120


def test_orders_that_draw_the_same_code_all_get_one_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = make_event()
    item = make_item(event)
    web = event.organizer.sales_channels.get(identifier="web")
    new = NewOrder(positions=(NewPosition(item=item),), sales_channel=web)
    monkeypatch.setattr("os.urandom", _alike_at_first())

    made = at_once([lambda: create_order(actor=None, event=event, new=new)] * 4)

    assert len({order.code for order in made}) == 4
    assert OrderPosition.objects.values("secret").distinct().count() == 4


def _alike_at_first() -> Callable[[int], bytes]:
    """A source of randomness that tells every thread the same four things at first."""
    told = threading.local()
    really = os.urandom

    def urandom(length: int) -> bytes:
        told.times = getattr(told, "times", 0) + 1
        return bytes(length) if told.times <= 4 else really(length)

    return urandom


def test_a_batch_and_single_orders_compete_for_the_last_tickets() -> None:
    event = make_event()
    item = make_item(event, quota=10)
    batch = ask(item, 8)
    web = event.organizer.sales_channels.get(identifier="web")
    new = NewOrder(positions=(NewPosition(item=item),), sales_channel=web)

    def order() -> Order:
        return create_order(actor=None, event=event, new=new)

    results = at_once([lambda: runner.run(batch.pk), *[order] * 6])

    refused = [result for result in results if isinstance(result, Invalid)]
    made = [result for result in results if isinstance(result, Order)]
    sold = OrderPosition.objects.count()
    assert len(refused) + len(made) == 6
    assert sold == len(made) + (8 if work(batch).batch else 0)
    assert sold <= 10
    assert not refused or sold >= 8 or len(made) > 2
