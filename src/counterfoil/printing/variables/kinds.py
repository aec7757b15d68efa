"""The kinds of variables: their labels, the columns they read, and how they are evaluated.

There are three kinds of text variables, by how often the value changes. An event variable is
evaluated once per language, a product variable once per product. Only ticket variables cost time
for each ticket: they name the columns they read, so that no others are fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from counterfoil.catalog.models import Event, Item, ItemVariation, SubEvent
from counterfoil.printing.variables.formatter import Formatter

Label = str | Promise

TEXT, IMAGE = "text", "image"


@dataclass(frozen=True, slots=True)
class EventContext:
    """The event and date of a ticket. ``now`` is the time of the print request."""

    event: Event
    subevent: SubEvent | None
    now: datetime

    @property
    def date(self) -> Event | SubEvent:
        return self.subevent or self.event


@dataclass(frozen=True, slots=True)
class Product:
    """The product and variation of a ticket."""

    event: Event
    item: Item
    variation: ItemVariation | None


@dataclass(frozen=True, slots=True)
class RelatedColumn:
    """A pseudo column: rows of another table that belong to a position.

    ``load`` takes the ids of positions and returns a value for those that have any rows.
    """

    name: str
    load: Callable[[Sequence[int]], Mapping[int, Any]]


Column = str | RelatedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable with a ``sample`` value and the ``longest`` plausible value."""

    key: str
    label: Label
    sample: str
    longest: str = ""
    kind: str = TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class EventVariable(Variable):
    evaluate: Callable[[EventContext, Formatter], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductVariable(Variable):
    evaluate: Callable[[Product, Formatter], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketVariable(Variable):
    """``evaluate`` takes the formatter, then the values of ``columns``, in that order.

    If the variable ``inherits`` and the value is empty, it is evaluated for the position that this
    one is an add-on to.
    """

    columns: tuple[Column, ...]
    evaluate: Callable[..., str]
    inherits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureVariable(Variable):
    """A picture. ``find`` takes the values of ``columns`` and returns the name of a stored file."""

    columns: tuple[Column, ...]
    find: Callable[..., str | None]
    kind: str = IMAGE
