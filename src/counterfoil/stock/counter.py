"""The box office: sell the next tickets from stock, take that back, and count one's own shift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.batches.models import OfflineSalesBatch, Place, Validity
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.core.ranges import parse_ranges, ranges_of
from counterfoil.core.refusals import Conflict
from counterfoil.stock.execution import Outcome
from counterfoil.stock.models import StockEvent
from counterfoil.stock.moves import Action
from counterfoil.stock.selection import Selection, selections_of
from counterfoil.stock.services import Options, act

#: What marks the actions of the counter in the ledger.
REASON = "counter"


@dataclass(frozen=True, slots=True)
class Shift:
    """What somebody sold today at the counter, less what they took back, and the newest rows."""

    count: int
    value: Decimal
    rows: list[StockEvent]


def next_numbers(batch: OfflineSalesBatch, amount: int) -> list[int]:
    """Return the numbers of the next tickets in stock, by number; perhaps fewer."""
    rows = batch.tickets.filter(place=Place.STOCK).exclude(validity=Validity.VOID)
    return list(rows.order_by("number").values_list("number", flat=True)[:amount])


def sell_next(
    *, actor: Actor, batch: OfflineSalesBatch, amount: int, first: int | None = None
) -> Outcome:
    """Sell the next tickets from stock.

    ``first`` is the number that the seller was shown: if it is no longer the next, nothing is
    sold, so that a form that is sent twice sells once.

    Raises:
        Conflict: the next ticket is another one, or fewer are in stock.
        ActionRefused: somebody else was faster.
    """
    numbers = next_numbers(batch, amount)
    if len(numbers) < amount:
        words = _("Only %(left)d tickets of this batch are in stock.")
        raise Conflict(words % {"left": len(numbers)})
    if first is not None and numbers[0] != first:
        raise Conflict(_("The next ticket has changed. Check it and try again."))
    selection = Selection.of_batch(batch, ranges_of(numbers))
    return act(
        actor=actor,
        event=batch.event,
        action=Action.SOLD,
        selections=[selection],
        options=Options(reason=REASON),
    )


def take_back(*, actor: Actor, event: Event, number: int) -> Outcome:
    """Take back a sale of one's own at the counter, by its number in the ledger.

    Raises:
        Conflict: it is no sale of theirs.
        ActionRefused: a ticket of it is no longer sold.
    """
    mine = StockEvent.objects.filter(event=event, actor=actor.key, reason=REASON)
    row = mine.filter(number=number, action=Action.SOLD.value).select_related("batch").first()
    if row is None:
        raise Conflict(_("This is no sale of yours."))
    if row.batch is not None:
        row.batch.event = event
        numbers = parse_ranges(row.ranges, highest=row.batch.amount, field="ranges")
        selections = [Selection.of_batch(row.batch, numbers)]
    else:
        selections = _singles(event, row.ranges)
    return act(
        actor=actor,
        event=event,
        action=Action.UNSOLD,
        selections=selections,
        options=Options(reason=REASON, note=str(number)),
    )


def _singles(event: Event, names: str) -> list[Selection]:
    rows = []
    for name in names.split(","):
        code, _dash, position = name.rpartition("-")
        order = event.orders.get(code=code)
        rows.append((order.positions.get(positionid=position).pk, order.testmode, None, None))
    return selections_of(event, rows)


def shift_of(actor: Actor, event: Event) -> Shift:
    """Return what somebody sold at the counter since midnight, by the event's calendar."""
    today = clock.now().astimezone(event.tz).date()
    since = datetime.combine(today, time(), event.tz)
    mine = StockEvent.objects.filter(event=event, actor=actor.key, reason=REASON, at__gte=since)
    rows = list(mine.select_related("batch").order_by("-number"))
    signs = [(row, 1 if row.action == Action.SOLD else -1) for row in rows]
    return Shift(
        count=sum(sign * row.count for row, sign in signs),
        value=sum((sign * row.value for row, sign in signs), Decimal(0)),
        rows=rows,
    )
