"""Count tickets by validity, place and book, and list what happened to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, QuerySet, Sum
from django.db.models.expressions import Combinable

from counterfoil.accounts.models import Device
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch, Place, Validity
from counterfoil.catalog import money
from counterfoil.catalog.models import Event
from counterfoil.checkin import scanner_news
from counterfoil.checkin.models import BlockedSecret, RevokedSecret
from counterfoil.orders.models import OrderPosition
from counterfoil.stock.models import StockEvent
from counterfoil.stock.planning import name_of


@dataclass(slots=True)
class Tally:
    """How many tickets, and what they cost together."""

    count: int = 0
    value: Decimal = Decimal("0.00")

    def add(self, count: int, value: Decimal) -> None:
        self.count += count
        self.value += value


def _by(names: Sequence[str]) -> dict[str, Tally]:
    return {str(name): Tally() for name in names}


@dataclass(slots=True)
class Sums:
    """Tickets by validity and by place. Each ticket counts once in either."""

    validity: Mapping[str, Tally] = field(default_factory=lambda: _by(list(Validity)))
    place: Mapping[str, Tally] = field(default_factory=lambda: _by(list(Place)))

    def add(self, validity: str, place: str, count: int, value: Decimal) -> None:
        self.validity[validity].add(count, value)
        self.place[place].add(count, value)


@dataclass(slots=True)
class Book(Sums):
    """A book of a batch: its number, and the numbers of its first and last ticket."""

    book: int = 0
    first: int = 0
    last: int = 0


def batch_stock(batch: OfflineSalesBatch) -> Sums:
    """Count the tickets of a batch."""
    return stock_of(batch.tickets.all())


def stock_of(tickets: QuerySet[BatchTicket]) -> Sums:
    """Count tickets of batches."""
    sums = Sums()
    rows = tickets.order_by().values_list("validity", "place")
    for validity, place, count, value in rows.annotate(
        count=Count("pk"), value=Sum("position__price")
    ):
        sums.add(validity, place, count, _money(value))
    return sums


def books_of(batch: OfflineSalesBatch, size: int | None) -> list[Book]:
    """Count the tickets of a batch by book, in one query; none without a size."""
    if not size:
        return []
    books: dict[int, Book] = {}
    rows = (
        batch.tickets.order_by()
        .annotate(book=book_number(size))
        .values_list("book", "validity", "place")
        .annotate(
            first=Min("number"),
            last=Max("number"),
            count=Count("pk"),
            value=Sum("position__price"),
        )
    )
    for number, validity, place, first, last, count, value in rows:
        book = books.setdefault(number, Book(book=number, first=first, last=last))
        book.first, book.last = min(book.first, first), max(book.last, last)
        book.add(validity, place, count, _money(value))
    return [books[number] for number in sorted(books)]


def book_number(size: int) -> Combinable:
    """Return the number of the book of a ticket: an integer division, on either database."""
    return (F("number") - 1) / size + 1


def uninformed_scanners(batch: OfflineSalesBatch) -> list[Device]:
    """Return the scanners that would still admit tickets of a batch while they are offline.

    They have not synchronized since the last of these was made void or inactive.
    """
    mine = {"event": batch.event_id, "position__batch_ticket__batch": batch}
    revoked = RevokedSecret.objects.filter(**mine).aggregate(newest=Max("created"))
    blocked = BlockedSecret.objects.filter(**mine, blocked=True).aggregate(newest=Max("updated"))
    newest = {
        scanner_news.List.REVOKED.value: revoked["newest"],
        scanner_news.List.BLOCKED.value: blocked["newest"],
    }
    return scanner_news.behind(batch.event, newest)


def events_of(event: Event) -> QuerySet[StockEvent]:
    """Return the ledger rows of an event, oldest first."""
    return StockEvent.objects.filter(event=event).order_by("number")


def events_of_ticket(position: OrderPosition) -> list[StockEvent]:
    """Return the ledger rows that name a ticket, oldest first."""
    ticket: BatchTicket | None = getattr(position, "batch_ticket", None)
    if ticket is None:
        name = name_of(position)
        rows = StockEvent.objects.filter(event=position.order.event_id, batch=None)
        named = rows.filter(ranges__contains=name).order_by("number")
        return [row for row in named if name in row.ranges.split(",")]
    rows = StockEvent.objects.filter(batch=ticket.batch_id).order_by("number")
    return [row for row in rows if _holds(row.ranges, ticket.number)]


def _holds(ranges: str, number: int) -> bool:
    for part in ranges.split(","):
        first, _dash, last = part.partition("-")
        if int(first) <= number <= int(last or first):
            return True
    return False


def _money(value: Any) -> Decimal:
    return Decimal(value or 0).quantize(Decimal(1).scaleb(-money.COLUMN_PLACES))
