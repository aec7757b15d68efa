"""Actions at once, on either database: each ticket ends in one state, and the chain is one."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from batches.making import make, somebody
from batches.test_races import at_once
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.prints import request_print
from counterfoil.checkin.models import BlockedSecret
from counterfoil.checkin.queries import entries
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.services import redeem
from counterfoil.core import failpoints
from counterfoil.orders.services import delete_order
from counterfoil.printing.models import Print
from counterfoil.printing.prints import PrintSpec
from counterfoil.stock import ledger, services
from counterfoil.stock.execution import ActionRefused, Outcome
from counterfoil.stock.models import StockEvent
from counterfoil.stock.moves import Action
from counterfoil.stock.replay import differences
from counterfoil.stock.selection import select
from counterfoil.stock.services import Options
from gate import make_list
from makers import make_event, make_item

pytestmark = pytest.mark.django_db(transaction=True)


def _act(batch: OfflineSalesBatch, action: str, tickets: str, **options: Any) -> Outcome:
    chosen = select(event=batch.event, batch=batch, tickets=tickets)
    return services.act(
        actor=None,
        event=batch.event,
        action=Action(action),
        selections=chosen,
        options=Options(**options),
    )


def _whole(batch: OfflineSalesBatch) -> bool:
    return differences(batch.event) == [] and ledger.flaw_in(batch.event.organizer) is None


def test_overlapping_ranges_are_each_done_once_and_the_refused_are_named() -> None:
    batch = make(make_item(make_event()), 40)
    ranges = ["1-20", "11-30", "21-40", "5,15,25,35"]

    done = at_once([lambda each=each: _act(batch, "void", each, skip=True) for each in ranges])

    assert sum(each.count for each in done) == 40
    refused = sum(len(each.refused) for each in done)
    assert refused == sum((20, 20, 20, 4)) - 40
    assert batch.tickets.filter(validity="void").count() == 40
    assert _whole(batch)


def test_a_void_beside_a_scan_has_one_winner() -> None:
    batch = make(make_item(make_event()), 6)
    gate = make_list(batch.event)
    secrets = list(batch.tickets.order_by("number").values_list("position__secret", flat=True))

    def scan(secret: str) -> bool:
        return redeem(scan=Scan(lists=[gate], secret=secret), actor=None).admitted

    calls: list[Callable[[], Any]] = []
    for number, secret in enumerate(secrets, start=1):
        calls += [
            lambda secret=secret: scan(secret),
            lambda number=number: _act(batch, "void", str(number)),
        ]
    results = at_once(calls)

    for number in range(6):
        admitted, voided = results[2 * number], results[2 * number + 1]
        assert admitted == isinstance(voided, ActionRefused), results
    void = batch.tickets.filter(validity="void")
    assert not entries().filter(position__batch_ticket__in=void).exists()
    assert _whole(batch)


def test_a_void_beside_a_print_leaves_each_ticket_void_and_prints_it_or_leaves_it_out() -> None:
    batch = make(make_item(make_event()), 8)

    def ask() -> Print:
        return request_print(actor=somebody(batch.item), batch=batch, spec=PrintSpec())

    printed, done = at_once([ask, lambda: _act(batch, "void", "3-6")])

    assert done.count == 4
    assert (printed.tickets, printed.void) in {("1-8", ""), ("1-2,7-8", "3-6")}
    assert batch.tickets.filter(validity="void").count() == 4
    assert _whole(batch)


def test_test_tickets_that_are_deleted_meanwhile_are_refused_by_name() -> None:
    batch = make(make_item(make_event()), 4, testmode=True)
    order = batch.tickets.get(number=2).position.order

    results = at_once(
        [lambda: delete_order(actor=None, order=order), lambda: _act(batch, "void", "1-4")]
    )

    refused = results[1]
    if isinstance(refused, ActionRefused):
        assert [each.number for each in refused.refused] == [2]
        _act(batch, "void", "1,3-4")
    assert set(batch.tickets.values_list("validity", flat=True)) == {"void"}


def test_a_paused_transaction_cannot_fork_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = make(make_item(make_event()), 4)
    paused, may_go_on = threading.Event(), threading.Event()

    class Pause:
        visits = 0

        def visit(self) -> None:
            Pause.visits += 1
            if Pause.visits == 1:
                paused.set()
                may_go_on.wait(60)

    monkeypatch.setitem(failpoints._points, "stock.before_commit", Pause())  # type: ignore[arg-type]

    def second() -> Outcome:
        paused.wait(60)
        timer = threading.Timer(0.5, may_go_on.set)  # by then it waits for the head
        timer.start()
        return _act(batch, "lost", "3-4")

    first, other = at_once([lambda: _act(batch, "void", "1-2"), second])

    assert (first.events[0].number, other.events[0].number) == (1, 2)
    assert other.events[0].previous_hash == first.events[0].hash
    assert _whole(batch)


def test_two_events_of_an_organizer_share_a_ledger_without_waiting_in_a_ring() -> None:
    first = make(make_item(make_event()), 3)
    other = make(make_item(make_event(first.event.organizer)), 3)

    def act(batch: OfflineSalesBatch) -> None:
        for action in ("deactivate", "activate", "lost", "void"):
            _act(batch, action, "1-3")

    problems = [each for each in at_once([lambda: act(first), lambda: act(other)]) if each]

    assert problems == []
    assert StockEvent.objects.count() == 8
    assert _whole(first)
    assert _whole(other)


def test_wherever_it_fails_nothing_is_half_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that fails ends as that of a process which dies does."""
    batch = make(make_item(make_event()), 5, activation="on_sale")
    before = list(batch.tickets.values_list("number", "validity", "position__blocked"))

    for point in ("stock.half_done", "stock.before_commit"):
        monkeypatch.setenv("COUNTERFOIL_FAILPOINTS", f"{point}=raise@1")
        importlib.reload(failpoints)
        try:
            with pytest.raises(OSError, match="failpoint"):
                _act(batch, "sold", "1-5")
        finally:
            monkeypatch.undo()
            importlib.reload(failpoints)
        assert list(batch.tickets.values_list("number", "validity", "position__blocked")) == before
        assert not StockEvent.objects.exists()
        assert BlockedSecret.objects.filter(blocked=True).count() == 5
    _act(batch, "sold", "1-5")
    assert _whole(batch)
