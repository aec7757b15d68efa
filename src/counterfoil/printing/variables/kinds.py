"""What a variable is: its names for people, what it reads, and how it is told.

There are three kinds, by how often a value changes. One of the event or its date is told once a
language, one of the product once a product, and only those of the ticket itself cost something
for each ticket: these name the columns they read, so that no others are fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from counterfoil.catalog.models import Event, Item, ItemVariation, SubEvent
from counterfoil.printing.variables.formatter import Language

Words = str | Promise

TEXT, IMAGE = "text", "image"


@dataclass(frozen=True, slots=True)
class EventContext:
    """What tickets of one date have in common. ``now`` is when the print was asked for."""

    event: Event
    subevent: SubEvent | None
    now: datetime

    @property
    def date(self) -> Event | SubEvent:
        return self.subevent or self.event


@dataclass(frozen=True, slots=True)
class Product:
    """What tickets of one product have in common."""

    event: Event
    item: Item
    variation: ItemVariation | None


@dataclass(frozen=True, slots=True)
class RelatedColumn:
    """A column that is no column: rows of another table that belong to a position.

    ``load`` takes the ids of some positions and answers for those that have any.
    """

    name: str
    load: Callable[[Sequence[int]], Mapping[int, Any]]


Column = str | RelatedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """``sample`` shows what a value looks like, ``longest`` the worst that a layout must hold."""

    key: str
    label: Words
    sample: str
    longest: str = ""
    kind: str = TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class EventVariable(Variable):
    tell: Callable[[EventContext, Language], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductVariable(Variable):
    tell: Callable[[Product, Language], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketVariable(Variable):
    """``tell`` takes the language, then the values of ``columns``, in that order.

    One that ``inherits`` is told of the position that this one is an add-on to, if it has no
    value of its own.
    """

    columns: tuple[Column, ...]
    tell: Callable[..., str]
    inherits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureVariable(Variable):
    """A picture. ``find`` takes the values of ``columns`` and gives a stored file's name."""

    columns: tuple[Column, ...]
    find: Callable[..., str | None]
    kind: str = IMAGE
