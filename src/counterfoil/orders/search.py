"""Search orders and tickets by a typed or scanned text.

Exact matches come first: a secret, a serial, a code, ``CODE-1``, ``EVENT-CODE-1``. Each is one
index lookup within the organizer. Partial matches follow, among the orders and tickets with names;
tickets of batches have none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from counterfoil.catalog.models import Event
from counterfoil.catalog.numbers import parse_serial_query
from counterfoil.core.ids import row_id
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.orders.search_text import beginning, holding

#: A search finds so many orders or tickets at most; it is meant to lead to one.
MOST = 5_000

#: Below, so many secrets begin alike that they would hide whoever has such a name.
_SHORTEST_SECRET = 4
_SHORTEST_CODE = 2

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where to look: in these events, all of one organizer."""

    organizer: int
    events: Collection[int]

    @classmethod
    def of(cls, event: Event) -> Scope:
        return cls(organizer=event.organizer_id, events=[event.pk])

    @property
    def orders(self) -> QuerySet[Order]:
        return Order.objects.filter(organizer=self.organizer, event__in=self.events)

    @property
    def orders_by_date(self) -> QuerySet[Order]:
        """The same, to be read by an index of the organizer: by date, or by words.

        The sum keeps both databases from the indexes of the event: they would walk all of its
        orders, and not the few that come first or name somebody.
        """
        rows = Order.objects.filter(organizer=self.organizer).alias(of_event=F("event") + 0)
        return rows.filter(of_event__in=self.events)

    @property
    def positions(self) -> QuerySet[OrderPosition]:
        rows = OrderPosition.objects.filter(organizer=self.organizer)
        return rows.filter(order__event__in=self.events)

    @property
    def positions_by_code(self) -> QuerySet[OrderPosition]:
        """The same for a search by words: the event is looked up of what matches, row by row."""
        event = Order.objects.filter(pk=OuterRef("order")).values("event")[:1]
        rows = OrderPosition.objects.filter(organizer=self.organizer)
        return rows.alias(of_event=Subquery(event)).filter(of_event__in=self.events)


@dataclass(frozen=True, slots=True)
class _Exact:
    """Whole orders, and single tickets with their orders."""

    orders: list[int]
    tickets: dict[int, int]

    def __bool__(self) -> bool:
        return bool(self.orders or self.tickets)


def search_orders(orders: QuerySet[Order], text: str, scope: Scope) -> QuerySet[Order]:
    """Filter orders by code, by buyer, or by a match of one of their tickets."""
    exact = _exact(scope, text)
    keys = {*exact.orders, *exact.tickets.values()}
    if not exact or _may_be_a_name(text):
        for rows in _similar_positions(scope, text):
            _add(keys, rows.values_list("order", flat=True))
        for orders_alike in _similar_orders(scope, text):
            _add(keys, orders_alike.values_list("pk", flat=True))
    return orders.filter(pk__in=keys)


def positions_like(
    positions: QuerySet[OrderPosition], text: str, scope: Scope
) -> QuerySet[OrderPosition]:
    """Filter tickets by a name, an e-mail address, an order or a code."""
    exact = _exact(scope, text)
    keys, of_orders = set(exact.tickets), set(exact.orders)
    if not exact or _may_be_a_name(text):
        for rows in _similar_positions(scope, text):
            _add(keys, rows.values_list("pk", flat=True))
        for orders_alike in _similar_orders(scope, text):
            _add(of_orders, orders_alike.values_list("pk", flat=True))
    return positions.filter(pk__in=keys | _tickets_of(of_orders))


def matches_name(
    positions: QuerySet[OrderPosition], text: str, scope: Scope
) -> QuerySet[OrderPosition]:
    """Filter tickets by the name of the attendee only."""
    words = holding(text, names_only=True)
    if words is None:
        return positions.none()
    keys = scope.positions_by_code.filter(words).values_list("pk", flat=True)
    return positions.filter(pk__in=set(keys[:MOST]))


def scanned(event: Event, text: str) -> OrderPosition | None:
    """Return the ticket with exactly this secret or serial, as a barcode reader types it."""
    rows = OrderPosition.objects.filter(organizer=event.organizer_id, order__event=event)
    rows = rows.filter(Q(secret=text) | Q(serial=text)).select_related("order")
    return next(iter(sorted(rows, key=lambda row: row.secret != text)), None)


def find_ticket(event: Event, text: str) -> OrderPosition | None:
    """Return the ticket that matches a text exactly, or the first ticket of a matching order."""
    exact = _exact(Scope.of(event), text)
    tickets = set(exact.tickets) | _tickets_of(set(exact.orders))
    rows = OrderPosition.objects.filter(pk__in=tickets)
    return rows.select_related("order__event__organizer").order_by("canceled", "positionid").first()


def _exact(scope: Scope, text: str) -> _Exact:
    text = text.strip()
    forms = {text, text.lower(), text.upper()}
    keys = scope.positions.values_list("pk", "order")
    tickets = dict(keys.filter(secret__in=forms)) | dict(keys.filter(pseudonymization_id__in=forms))
    if serials := parse_serial_query(scope.organizer, text):
        tickets |= dict(keys.filter(serial__in=serials))
    orders: list[int] = []
    codes = list(_codes_in(text))
    rows = scope.orders.filter(code__in={code for code, _number, _slug in codes})
    for pk, code, slug in rows.values_list("pk", "code", "event__slug"):
        for searched_code, number, searched_slug in codes:
            if code != searched_code or searched_slug not in (None, slug.upper()):
                continue
            if number is None:
                orders.append(pk)
            else:
                ticket = OrderPosition.objects.filter(order=pk, positionid=number)
                tickets |= dict(ticket.values_list("pk", "order"))
    return _Exact(orders, tickets)


def _codes_in(text: str) -> Iterator[tuple[str, int | None, str | None]]:
    """Yield how a text can be read as a code, perhaps with a ticket's number and an event."""
    *before, last = text.translate(_DASHES).upper().lstrip("#").split("-")
    yield last, None, "-".join(before) or None
    number = row_id(last)
    if before and number is not None and len(last) < 6:
        *slug, code = before
        yield code, number, "-".join(slug) or None


def _may_be_a_name(text: str) -> bool:
    """Some names are codes, too: who looks for Mayer must not find the order MAYER alone."""
    return text.strip().isalpha()


def _similar_positions(scope: Scope, text: str) -> Iterator[QuerySet[OrderPosition]]:
    if (words := holding(text)) is not None:
        yield scope.positions_by_code.filter(words)
    key = text.strip()
    if len(key) >= _SHORTEST_SECRET and " " not in key:
        for form in {key, key.lower(), key.upper()}:
            yield scope.positions.filter(beginning("secret", form))
        yield scope.positions.filter(beginning("pseudonymization_id", key.upper()))
        for form in {key, key.upper()}:
            yield scope.positions.filter(beginning("serial", form))


def _similar_orders(scope: Scope, text: str) -> Iterator[QuerySet[Order]]:
    if (words := holding(text)) is not None:
        yield scope.orders_by_date.filter(words)
    key = text.strip()
    if len(key) >= _SHORTEST_CODE and " " not in key:
        yield scope.orders.filter(beginning("code", key.upper()))


def _add(keys: set[int], more: QuerySet[Any, int]) -> None:
    if len(keys) < MOST:
        keys.update(more[: MOST - len(keys)])


def _tickets_of(orders: set[int]) -> set[int]:
    if not orders:
        return set()
    rows = OrderPosition.objects.filter(order__in=orders)
    return set(rows.values_list("pk", flat=True)[:MOST])
