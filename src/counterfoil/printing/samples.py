"""What a ticket of nobody says: the event's own products, dates and prices, as they will print.

A sample is about a ``Subject``: a product on a date. What only a sale brings, such as names and
codes, is made up; tickets of a batch have no names, so theirs are empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from counterfoil.catalog.models import Event, Item, ItemVariation, SubEvent
from counterfoil.core import clock
from counterfoil.orders.prices import list_price, taxed
from counterfoil.printing.variables.batch import BATCH_KEYS, TABLE_COLUMN
from counterfoil.printing.variables.formatter import Formatter
from counterfoil.printing.variables.kinds import (
    Column,
    EventContext,
    EventVariable,
    Product,
    ProductVariable,
    TicketVariable,
    Variable,
)
from counterfoil.printing.variables.registry import VariableTable
from counterfoil.printing.variables.related import ADDONS
from counterfoil.printing.variables.ticket_source import with_region

#: What tickets of a batch have, though nobody bought them by name.
_OF_EVERY_TICKET = frozenset(
    ("secret", "order", "positionid", "order_positionid", "pseudonymization_id")
)
_HOME = "DE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a sample is a ticket for.

    One ``of_batch`` belongs to nobody; one in ``testmode`` says so, as such tickets do on paper.
    ``locale`` is the language of the ticket, empty for that of the event.
    """

    item: Item | None = None
    variation: ItemVariation | None = None
    subevent: SubEvent | None = None
    of_batch: bool = False
    testmode: bool = False
    locale: str = ""


def usual_subject(event: Event) -> Subject:
    """Return the first product on sale with its first variation, on the next date."""
    item = event.items.order_by("-active", "position", "pk").first()
    variation = item and item.variations.order_by("-active", "position", "pk").first()
    subevent = _next_date(event) if event.has_subevents else None
    return Subject(item=item, variation=variation or None, subevent=subevent)


class SampleValues:
    """Evaluates variables for a ticket of nobody, in a language."""

    def __init__(self, event: Event, subject: Subject) -> None:
        self._event, self._subject = event, subject
        self._context = EventContext(event, subject.subevent, clock.now())
        self._columns: dict[Column, Any] | None = None

    def of(self, variable: Variable, formatter: Formatter) -> str:
        """Return what the variable prints; of what only a sale brings, a sample."""
        subject = self._subject
        if isinstance(variable, EventVariable):
            return variable.evaluate(self._context, formatter)
        if isinstance(variable, ProductVariable) and subject.item is not None:
            product = Product(self._event, subject.item, subject.variation)
            return variable.evaluate(product, formatter)
        if isinstance(variable, TicketVariable):
            return self._of_ticket(variable, formatter)
        return variable.sample

    def _of_ticket(self, variable: TicketVariable, formatter: Formatter) -> str:
        columns = self._known_columns()
        # A list of add-ons is shown with some; a price with none.
        if variable.columns != (ADDONS,) and all(each in columns for each in variable.columns):
            return variable.evaluate(formatter, *(columns[each] for each in variable.columns))
        is_of_batch = variable.key in BATCH_KEYS or variable.key.startswith(TABLE_COLUMN)
        if self._subject.of_batch and not (is_of_batch or variable.key in _OF_EVERY_TICKET):
            return ""
        return variable.sample

    def _known_columns(self) -> dict[Column, Any]:
        if self._columns is None:
            self._columns = dict(self._read_columns())
        return self._columns

    def _read_columns(self) -> Iterator[tuple[Column, Any]]:
        subject, now = self._subject, self._context.now
        yield "order__datetime", now
        if not subject.of_batch:
            yield "valid_from", self._context.date.date_from
            yield "valid_until", self._context.date.date_to or self._context.date.date_from
            yield "country", self._event.region or _HOME
        if subject.item is not None:
            price = list_price(
                item=subject.item, variation=subject.variation, subevent=subject.subevent
            )
            rule, currency = subject.item.tax_rule, self._event.currency
            yield "price", taxed(price, rule=rule, currency=currency).gross
            yield ADDONS, ()


def samples(event: Event) -> Iterator[tuple[Variable, str]]:
    """Yield the variables of an event, each with what it prints on a usual ticket."""
    formatter = Formatter(with_region(event.locale, event.region), event.tz)
    values = SampleValues(event, usual_subject(event))
    for variable in VariableTable(event):
        yield variable, values.of(variable, formatter)


def _next_date(event: Event) -> SubEvent | None:
    dates = event.subevents.order_by("-active", "date_from", "pk")
    return dates.filter(active=True, date_from__gte=clock.now()).first() or dates.first()
