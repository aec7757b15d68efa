"""Rebuild the states of tickets from the ledger alone, to compare them with what the rows say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from counterfoil.batches.models import OfflineSalesBatch, Validity
from counterfoil.catalog.models import Event
from counterfoil.core.ranges import parse_ranges
from counterfoil.stock.models import SingleTicket, StockEvent
from counterfoil.stock.moves import Action, State, after
from counterfoil.stock.planning import name_of, state_in

K = TypeVar("K")


def replay_batch(batch: OfflineSalesBatch) -> dict[int, State]:
    """Return the state of each ticket of a real batch, by number, from the ledger."""
    first = State(Validity.INACTIVE if batch.starts_inactive else Validity.ACTIVE)
    states = dict.fromkeys(range(1, batch.amount + 1), first)
    for row in StockEvent.objects.filter(batch=batch).order_by("number"):
        for part in parse_ranges(row.ranges, highest=batch.amount, field="ranges"):
            _apply(row, states, part)
    return states


def replay_singles(event: Event) -> dict[str, State]:
    """Return the state of each single ticket that the ledger names, by its name."""
    states: dict[str, State] = {}
    for row in StockEvent.objects.filter(event=event, batch=None).order_by("number"):
        names = row.ranges.split(",")
        for name in names:
            states.setdefault(name, State())
        _apply(row, states, names)
    return states


def _apply(row: StockEvent, states: dict[K, State], keys: Iterable[K]) -> None:
    action = Action(row.action)
    for key in keys:
        # A return in the ledger is an action, or a consignment: then a seller had the ticket.
        is_back = action is Action.RETURN and row.seller is not None
        states[key] = after(
            Action.BACK if is_back else action,
            states[key],
            activation=row.activation,
            seller=row.seller,
        )


def differences(event: Event) -> list[str]:
    """Return which rows of an event's tickets do not say what the ledger says."""
    found: list[str] = []
    for batch in event.offline_sales_batches.filter(testmode=False):
        states = replay_batch(batch)
        found += [
            f"batch {batch.pk}, ticket {row.number}: {state_in(row)}"
            for row in batch.tickets.order_by("number")
            if state_in(row) != states[row.number]
        ]
    singles = replay_singles(event)
    rows = SingleTicket.objects.filter(
        position__order__event=event, position__order__testmode=False
    )
    for row in rows.select_related("position__order"):
        name = name_of(row.position)
        found += [f"{name}: {state_in(row)}"] * (state_in(row) != singles.get(name, State()))
    return found
