"""Ranges of a batch's tickets as people write them: ``401-450,512`` or ``A00401-A00450``."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from counterfoil.batches.models import BatchTicket, OfflineSalesBatch
from counterfoil.core.ranges import PLAIN_PART, merge_ranges, parse_ranges, ranges_of
from counterfoil.core.refusals import Invalid
from counterfoil.orders.serials import format_serials, parse_serials


def parse_tickets(batch: OfflineSalesBatch, text: str, *, field: str) -> list[range]:
    """Parse numbers in the batch, or serials of its tickets, into ranges of numbers in the batch.

    Plain digits are numbers in the batch; see ``parse_serial_tickets`` for series without a prefix.

    Raises:
        Invalid: nothing is given, a part cannot be read, runs backwards, is none of this batch's
            tickets or occurs twice.
    """
    parts = text.split(",")
    plain = [part for part in parts if PLAIN_PART.fullmatch(part) or not part.strip()]
    serials = [part for part in parts if part not in plain]
    ranges = parse_ranges(",".join(plain), highest=batch.amount, field=field) if plain else []
    if serials:
        ranges += parse_serial_tickets(batch, ",".join(serials), field=field)
    return merge_ranges(ranges, field=field)


def parse_serial_tickets(batch: OfflineSalesBatch, text: str, *, field: str) -> list[range]:
    """Parse serials of the batch's tickets into ranges of numbers in the batch.

    Raises:
        Invalid: as ``parse_tickets`` does.
    """
    numbers: list[int] = []
    for series, serials in parse_serials(batch.event.organizer, text, field=field):
        tickets = batch.tickets.filter(
            position__number_series=series,
            position__serial_number__range=(serials.start, serials[-1]),
        )
        matched = list(tickets.values_list("number", flat=True))
        if len(matched) != len(serials):
            message = _("Not all of %(serials)s are tickets of this batch.")
            raise Invalid({field: [message % {"serials": format_serials([(series, serials)])}]})
        numbers += matched
    return ranges_of(numbers)


def in_ranges(ranges: Iterable[range]) -> Q:
    """Return the condition of tickets with these numbers in their batch."""
    condition = Q(pk__in=BatchTicket.objects.none())
    for part in ranges:
        condition |= Q(number__range=(part.start, part[-1]))
    return condition
