"""Which tickets an action is about: ranges of a batch, books, or secrets as they are scanned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from counterfoil.batches.books import parse_books
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch
from counterfoil.batches.ticket_ranges import parse_serial_tickets, parse_tickets
from counterfoil.catalog.models import Event
from counterfoil.core.ranges import format_ranges, numbers_in, ranges_of
from counterfoil.core.refusals import Invalid
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.stock.models import SingleTicket

#: So many ranges are compared one by one; of more, all numbers are listed.
_FEW = 30
_NAMED_IN_ERRORS = 10


@dataclass(frozen=True, slots=True)
class Selection:
    """Tickets of one batch, by number; without a batch single tickets, by the id of the position.

    All are test tickets, or none is.
    """

    event: Event
    batch: OfflineSalesBatch | None
    numbers: tuple[range, ...]
    testmode: bool

    @classmethod
    def of_batch(cls, batch: OfflineSalesBatch, numbers: Iterable[range]) -> Selection:
        return cls(batch.event, batch, tuple(numbers), batch.testmode)

    @property
    def count(self) -> int:
        return sum(map(len, self.numbers))

    def states(self, numbers: Sequence[range]) -> QuerySet[Any]:
        """Return the rows that hold the state of some of these tickets."""
        if self.batch is None:
            return SingleTicket.objects.filter(_within("position_id", numbers))
        return BatchTicket.objects.filter(_within("number", numbers), batch=self.batch)

    def positions(self, numbers: Sequence[range]) -> QuerySet[OrderPosition]:
        if self.batch is None:
            return OrderPosition.objects.filter(_within("pk", numbers))
        return OrderPosition.objects.filter(pk__in=self.states(numbers).values("position_id"))

    def orders(self, numbers: Sequence[range]) -> QuerySet[Order]:
        return Order.objects.filter(pk__in=self.positions(numbers).values("order_id"))

    def as_payload(self) -> dict[str, Any]:
        """Return it as a job keeps it."""
        batch = self.batch.pk if self.batch else None
        numbers = format_ranges(self.numbers)
        return {"batch": batch, "numbers": numbers, "testmode": self.testmode}


def from_payload(event: Event, payload: dict[str, Any]) -> Selection:
    """Return the selection that a job keeps."""
    numbers = numbers_in(payload["numbers"])
    if payload["batch"] is None:
        return Selection(event, None, numbers, payload["testmode"])
    batch = event.offline_sales_batches.get(pk=payload["batch"])
    batch.event = event
    return Selection(event, batch, numbers, payload["testmode"])


def _within(name: str, numbers: Sequence[range]) -> Q:
    if len(numbers) > _FEW:
        return Q(**{f"{name}__in": [number for part in numbers for number in part]})
    condition = Q()
    for part in numbers:
        condition |= Q(**{f"{name}__gte": part.start, f"{name}__lte": part[-1]})
    return condition or Q(pk__in=[])


def select(
    *,
    event: Event,
    batch: OfflineSalesBatch | None = None,
    tickets: str | None = None,
    serials: str | None = None,
    books: str | None = None,
    secrets: Sequence[str] | None = None,
) -> list[Selection]:
    """Read which tickets somebody means, by exactly one of the four ways to say it.

    Raises:
        Invalid: names the field, and what of it cannot be read or does not exist.
    """
    ways = {"tickets": tickets, "serials": serials, "books": books, "secrets": secrets}
    chosen = [name for name, value in ways.items() if value is not None]
    if len(chosen) != 1:
        raise Invalid(_("Give one of these: tickets, serials, books or secrets."))
    if secrets is not None:
        return _by_secrets(event, batch, secrets)
    if batch is None:
        raise Invalid({"batch": [_("This field is required.")]})
    batch.event = event
    if books is not None:
        numbers = parse_books(batch, books, field="books")
    elif serials is not None:
        numbers = parse_serial_tickets(batch, serials, field="serials")
    else:
        numbers = parse_tickets(batch, tickets or "", field="tickets")
    return [Selection.of_batch(batch, numbers)]


def _by_secrets(
    event: Event, batch: OfflineSalesBatch | None, secrets: Sequence[str]
) -> list[Selection]:
    if not secrets:
        raise Invalid({"secrets": [_("This list may not be empty.")]})
    doubles = [secret for secret, count in Counter(secrets).items() if count > 1]
    _refuse(doubles, _("“%(secret)s” is given twice."))
    rows = OrderPosition.objects.filter(order__event=event, secret__in=secrets)
    columns = (
        *("secret", "pk", "order__testmode"),
        *("batch_ticket__batch", "batch_ticket__number"),
    )
    by_secret = {row[0]: row for row in rows.values_list(*columns)}
    unknown = [secret for secret in secrets if secret not in by_secret]
    _refuse(unknown, _("There is no ticket with the code “%(secret)s”."))
    if batch is not None:
        elsewhere = [secret for secret, row in by_secret.items() if row[3] != batch.pk]
        _refuse(
            elsewhere, _("The ticket with the code “%(secret)s” does not belong to this batch.")
        )
    return selections_of(event, (row[1:] for row in by_secret.values()))


def selections_of(
    event: Event, rows: Iterable[tuple[int, bool, int | None, int | None]]
) -> list[Selection]:
    """Sort tickets into selections: position, whether it is a test, batch and number of each."""
    numbers: dict[tuple[int | None, bool], list[int]] = {}
    for position, testmode, batch_id, number in rows:
        key = position if number is None else number
        numbers.setdefault((batch_id, testmode), []).append(key)
    batches = {
        batch.pk: batch
        for batch in event.offline_sales_batches.filter(pk__in=[key for key, _test in numbers])
    }
    for batch in batches.values():
        batch.event = event
    return [
        Selection(
            event,
            None if batch_id is None else batches[batch_id],
            tuple(ranges_of(numbers[batch_id, testmode])),
            testmode,
        )
        for batch_id, testmode in sorted(numbers, key=lambda key: (key[0] is None, key))
    ]


def _refuse(secrets: Collection[str], words: str) -> None:
    if secrets:
        named = list(secrets)[:_NAMED_IN_ERRORS]
        raise Invalid({"secrets": [words % {"secret": secret} for secret in named]})
