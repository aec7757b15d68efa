"""Stream positions as the tickets that the engine prints.

Event variables are evaluated once per date and language, product variables once per product, and
ticket variables for every ticket. Memory holds a few hundred of 10,000 tickets at a time.
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
from counterfoil.printing.variables.formatter import Formatter
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
from counterfoil.render import ImageError, Overprint, Ticket
from counterfoil.render.images import Image, read_image
from counterfoil.render.messages import Message
from counterfoil.render.values import Key

_ALWAYS = (
    *("order__code", "positionid", "order__testmode"),
    *("order__locale", "item_id", "variation_id", "subevent_id"),
)
#: The same in every language, as the word on test prints everywhere.
TEST = Overprint("TEST")

#: Raised by variables when the stored data is invalid.
_EVALUATION_ERRORS = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError)

#: Tickets whose products and dates are fetched together.
_CHUNK = 500

M = TypeVar("M", bound=Model)
Evaluator = Callable[[Row], str]
Group = tuple[str, int, int | None, int | None]


@dataclass(frozen=True, slots=True)
class _Group:
    """The values that tickets of the same language, product and date share."""

    locale: str
    values: dict[Key, str | None] = field(default_factory=dict)
    broken: dict[str, Message] = field(default_factory=dict)
    evaluators: list[tuple[Key, Evaluator]] = field(default_factory=list)


class _RelatedCache:
    """Caches products and dates, which are fetched together for many tickets."""

    def __init__(self) -> None:
        self.items: dict[int | None, Item] = {}
        self.variations: dict[int | None, ItemVariation] = {}
        self.dates: dict[int | None, SubEvent] = {}

    def prefetch(self, rows: Sequence[Row]) -> None:
        _fetch(self.items, Item.objects.select_related("category"), rows, "item_id")
        _fetch(self.variations, ItemVariation.objects.all(), rows, "variation_id")
        _fetch(self.dates, SubEvent.objects.all(), rows, "subevent_id")


def _fetch(cache: dict[int | None, M], result: QuerySet[M], rows: Sequence[Row], of: str) -> None:
    column = _ALWAYS.index(of)
    missing = {row[column] for row in rows} - cache.keys() - {None}
    if missing:
        cache.update(result.in_bulk(missing))


class TicketSource:
    """Creates the tickets of one event's positions, with the values and pictures of the plans.

    ``now`` is the time of the ``now_…`` variables, so that printing again prints the same.
    ``locale`` replaces the language of the orders. ``pictures`` names the stored file of each
    picture that was read, by its hash.
    """

    def __init__(
        self,
        event: Event,
        *,
        needs: Iterable[Key],
        images: Iterable[str],
        now: datetime,
        locale: str = "",
    ) -> None:
        table = VariableTable(event)
        self._event = event
        self._now = now
        self._locale = locale
        self.pictures: dict[bytes, str] = {}
        self._variables = [(key, table.find(_name(key))) for key in sorted(needs, key=str)]
        self._pictures = [
            (name, result)
            for name in sorted(images)
            if isinstance(result := table.find(name), PictureVariable)
        ]
        self._reader = RowReader(_ALWAYS, self._columns())
        self._common: dict[Group, _Group] = {}
        self._cache = _RelatedCache()

    def tickets(self, positions: Sequence[int]) -> Iterator[Ticket]:
        """Yield a ticket for each position, in this order.

        Raises:
            Gone: one of the positions was deleted.
        """
        rows = zip(positions, self._reader.rows(positions), strict=True)
        while chunk := [_existing(*pair) for pair in islice(rows, _CHUNK)]:
            self._cache.prefetch(chunk)
            yield from map(self._ticket, chunk)

    def _ticket(self, row: Row) -> Ticket:
        code, number, is_test, *group = row[: len(_ALWAYS)]
        group[0] = self._locale or group[0]
        common = self._common.get(tuple(group)) or self._prepare(*group)
        values, broken = common.values.copy(), common.broken
        try:
            for key, evaluate in common.evaluators:
                values[key] = evaluate(row)
        except _EVALUATION_ERRORS:
            broken = self._find_broken(common, row, values)
        images: dict[str, Image | None] = {}
        if self._pictures:
            images, broken = self._picture(row, broken)
        overprint = TEST if is_test else None
        return Ticket(f"{code}-{number}", values, images, broken, common.locale, overprint)

    def _find_broken(
        self, common: _Group, row: Row, values: dict[Key, str | None]
    ) -> dict[str, Message]:
        """Evaluate each variable on its own; return those that fail with the reason."""
        broken = dict(common.broken)
        for key, evaluate in common.evaluators:
            try:
                values[key] = evaluate(row)
            except _EVALUATION_ERRORS as problem:
                broken[_name(key)] = Message("ticket.value", reason=str(problem))
        return broken

    def _picture(
        self, row: Row, broken: dict[str, Message]
    ) -> tuple[dict[str, Image | None], dict[str, Message]]:
        images: dict[str, Image | None] = {}
        for name, variable in self._pictures:
            try:
                stored = self._stored_file(variable, row)
                images[name] = image = read_picture(stored) if stored else None
                if image is not None and stored:
                    self.pictures[image.sha256] = stored
            except ImageError as problem:
                broken = {**broken, name: problem.message}
            except FileNotFoundError:
                broken = {**broken, name: Message("image.gone")}
        return images, broken

    def _stored_file(self, variable: PictureVariable, row: Row) -> str | None:
        own = self._reader.getter(variable.columns)
        parents = self._reader.getter(variable.columns, of_parent=True)
        return variable.find(*own(row)) or variable.find(*parents(row))

    def _columns(self) -> Iterator[Column]:
        """Yield the columns to fetch; those of the parent position have its prefix."""
        for _key, picture in self._pictures:
            yield from picture.columns
        for _spoken, variable in self._variables:
            if isinstance(variable, TicketVariable):
                yield from variable.columns
                if variable.inherits:
                    yield from (PARENT + each for each in variable.columns if isinstance(each, str))

    def _prepare(self, locale: str, item: int, variation: int | None, date: int | None) -> _Group:
        code = with_region(locale, self._event.region)
        common = _Group(code)
        event_context = EventContext(self._event, self._cache.dates.get(date), self._now)
        product = Product(
            self._event, self._cache.items[item], self._cache.variations.get(variation)
        )
        for key, variable in self._variables:
            formatter = Formatter(key[1] if isinstance(key, tuple) else code, self._event.tz)
            if isinstance(variable, TicketVariable):
                common.evaluators.append((key, self._evaluator(variable, formatter)))
            elif variable is not None:
                _evaluate_common(key, variable, (event_context, product), formatter, common)
        self._common[locale, item, variation, date] = common
        return common

    def _evaluator(self, variable: TicketVariable, formatter: Formatter) -> Evaluator:
        evaluate = partial(variable.evaluate, formatter)
        own = self._reader.getter(variable.columns)
        if not variable.inherits:
            return lambda row: evaluate(*own(row))
        parents = self._reader.getter(variable.columns, of_parent=True)
        return lambda row: evaluate(*own(row)) or evaluate(*parents(row))


def with_region(locale: str, region: str) -> str:
    """Return a locale with the region of the event, unless it has a region."""
    return f"{locale}-{region.lower()}" if region and "-" not in locale else locale


def _evaluate_common(
    key: Key,
    variable: Variable,
    contexts: tuple[EventContext, Product],
    formatter: Formatter,
    common: _Group,
) -> None:
    event_context, product = contexts
    try:
        if isinstance(variable, EventVariable):
            common.values[key] = variable.evaluate(event_context, formatter)
        elif isinstance(variable, ProductVariable):
            common.values[key] = variable.evaluate(product, formatter)
        else:
            common.values[key] = ""  # an image variable in a text element
    except _EVALUATION_ERRORS as problem:
        common.broken[_name(key)] = Message("ticket.value", reason=str(problem))


def _name(key: Key) -> str:
    return key[0] if isinstance(key, tuple) else key


def _existing(position: int, row: Row | None) -> Row:
    if row is None:
        raise Gone(
            _("Order position %(id)d was deleted before it could be printed.") % {"id": position}
        )
    return row


@lru_cache(32)
def read_picture(stored: str) -> Image:
    """Read a stored picture, cached.

    Raises:
        FileNotFoundError: there is no such file.
        ImageError: it cannot be read.
    """
    with open_stored(stored) as source:
        return read_image(source.read())
