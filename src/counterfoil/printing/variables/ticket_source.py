"""Tells the values of tickets: streams positions as what the engine prints.

Values of the event are told once a date and language, those of the product once a product, and
only those of the ticket for every ticket. Of 10,000 tickets a few hundred are held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event, Item, ItemVariation, SubEvent
from counterfoil.core.refusals import Gone
from counterfoil.files.services import open_stored
from counterfoil.printing.variables.formatter import Language
from counterfoil.printing.variables.kinds import (
    Column,
    EventContext,
    EventVariable,
    PictureVariable,
    Product,
    ProductVariable,
    TicketVariable,
    Variable,
)
from counterfoil.printing.variables.registry import VariableTable
from counterfoil.printing.variables.rows import PARENT, Row, RowReader
from counterfoil.render import ImageError, Ticket
from counterfoil.render.images import Image, read_image
from counterfoil.render.values import Key

_ALWAYS = ("order__code", "positionid", "order__locale", "item_id", "variation_id", "subevent_id")

#: What telling a value raises when the stored data is not what it should be.
_UNTELLABLE = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError)

#: Tickets whose products and dates are fetched together.
_CHUNK = 500

M = TypeVar("M", bound=Model)
Teller = Callable[[Row], str]
Group = tuple[str, int, int | None, int | None]


@dataclass(frozen=True, slots=True)
class _Common:
    """What the tickets of one language, product and date have in common."""

    locale: str
    values: dict[Key, str | None] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    tellers: list[tuple[Key, Teller]] = field(default_factory=list)


class _Known:
    """The products and dates met so far. They are fetched together for many tickets."""

    def __init__(self) -> None:
        self.items: dict[int | None, Item] = {}
        self.variations: dict[int | None, ItemVariation] = {}
        self.dates: dict[int | None, SubEvent] = {}

    def meet(self, rows: Sequence[Row]) -> None:
        _fetch(self.items, Item.objects.select_related("category"), rows, "item_id")
        _fetch(self.variations, ItemVariation.objects.all(), rows, "variation_id")
        _fetch(self.dates, SubEvent.objects.all(), rows, "subevent_id")


def _fetch(known: dict[int | None, M], found: QuerySet[M], rows: Sequence[Row], of: str) -> None:
    column = _ALWAYS.index(of)
    missing = {row[column] for row in rows} - known.keys() - {None}
    if missing:
        known.update(found.in_bulk(missing))


class TicketSource:
    """Makes tickets of one event's positions, with the values and pictures that plans need.

    ``now`` is the moment that the ``now_…`` variables tell: printing again prints the same.
    """

    def __init__(
        self, event: Event, *, needs: Iterable[Key], images: Iterable[str], now: datetime
    ) -> None:
        table = VariableTable(event)
        self._event = event
        self._now = now
        self._wanted = [(key, table.find(_name(key))) for key in sorted(needs, key=str)]
        self._pictures = [
            (name, found)
            for name in sorted(images)
            if isinstance(found := table.find(name), PictureVariable)
        ]
        self._reader = RowReader(_ALWAYS, self._columns())
        self._common: dict[Group, _Common] = {}
        self._known = _Known()

    def tickets(self, positions: Sequence[int]) -> Iterator[Ticket]:
        """Yield a ticket for each position, in this order.

        Raises:
            Gone: one of them was deleted meanwhile.
        """
        rows = zip(positions, self._reader.rows(positions), strict=True)
        while chunk := [_existing(*pair) for pair in islice(rows, _CHUNK)]:
            self._known.meet(chunk)
            yield from map(self._ticket, chunk)

    def _ticket(self, row: Row) -> Ticket:
        code, number, *group = row[: len(_ALWAYS)]
        common = self._common.get(tuple(group)) or self._prepare(*group)
        values, broken = common.values.copy(), common.broken
        try:
            for key, tell in common.tellers:
                values[key] = tell(row)
        except _UNTELLABLE:
            broken = self._find_broken(common, row, values)
        images: dict[str, Image | None] = {}
        if self._pictures:
            images, broken = self._picture(row, broken)
        return Ticket(f"{code}-{number}", values, images, broken, common.locale)

    def _find_broken(
        self, common: _Common, row: Row, values: dict[Key, str | None]
    ) -> dict[str, str]:
        """Tell what can be told, and name what cannot."""
        broken = dict(common.broken)
        for key, tell in common.tellers:
            try:
                values[key] = tell(row)
            except _UNTELLABLE as problem:
                broken[_name(key)] = f"its value cannot be told: {problem}"
        return broken

    def _picture(
        self, row: Row, broken: dict[str, str]
    ) -> tuple[dict[str, Image | None], dict[str, str]]:
        images: dict[str, Image | None] = {}
        for name, variable in self._pictures:
            try:
                stored = self._stored_file(variable, row)
                images[name] = _read_picture(stored) if stored else None
            except ImageError as problem:
                broken = {**broken, name: str(problem)}
            except FileNotFoundError:
                broken = {**broken, name: "The picture is gone."}
        return images, broken

    def _stored_file(self, variable: PictureVariable, row: Row) -> str | None:
        own = self._reader.getter(variable.columns)
        parents = self._reader.getter(variable.columns, of_parent=True)
        return variable.find(*own(row)) or variable.find(*parents(row))

    def _columns(self) -> Iterator[Column]:
        """Name the columns to fetch, those of the parent with its prefix."""
        for _key, picture in self._pictures:
            yield from picture.columns
        for _spoken, variable in self._wanted:
            if isinstance(variable, TicketVariable):
                yield from variable.columns
                if variable.inherits:
                    yield from (PARENT + each for each in variable.columns if isinstance(each, str))

    def _prepare(self, locale: str, item: int, variation: int | None, date: int | None) -> _Common:
        code = with_region(locale, self._event.region)
        common = _Common(code)
        occasion = EventContext(self._event, self._known.dates.get(date), self._now)
        product = Product(
            self._event, self._known.items[item], self._known.variations.get(variation)
        )
        for key, variable in self._wanted:
            language = Language(key[1] if isinstance(key, tuple) else code, self._event.tz)
            if isinstance(variable, TicketVariable):
                common.tellers.append((key, self._teller(variable, language)))
            elif variable is not None:
                _tell_common(key, variable, (occasion, product), language, common)
        self._common[locale, item, variation, date] = common
        return common

    def _teller(self, variable: TicketVariable, language: Language) -> Teller:
        tell = partial(variable.tell, language)
        own = self._reader.getter(variable.columns)
        if not variable.inherits:
            return lambda row: tell(*own(row))
        parents = self._reader.getter(variable.columns, of_parent=True)
        return lambda row: tell(*own(row)) or tell(*parents(row))


def with_region(locale: str, region: str) -> str:
    """Return a ticket's language: its order's, as it is spoken where the event is."""
    return f"{locale}-{region.lower()}" if region and "-" not in locale else locale


def _tell_common(
    key: Key,
    variable: Variable,
    told_of: tuple[EventContext, Product],
    language: Language,
    common: _Common,
) -> None:
    occasion, product = told_of
    try:
        if isinstance(variable, EventVariable):
            common.values[key] = variable.tell(occasion, language)
        elif isinstance(variable, ProductVariable):
            common.values[key] = variable.tell(product, language)
        else:
            common.values[key] = ""  # a picture where a text is wanted
    except _UNTELLABLE as problem:
        common.broken[_name(key)] = f"its value cannot be told: {problem}"


def _name(key: Key) -> str:
    return key[0] if isinstance(key, tuple) else key


def _existing(position: int, row: Row | None) -> Row:
    if row is None:
        raise Gone(
            _("Order position %(id)d was deleted before it could be printed.") % {"id": position}
        )
    return row


@lru_cache(32)
def _read_picture(stored: str) -> Image:
    with open_stored(stored) as source:
        return read_image(source.read())
