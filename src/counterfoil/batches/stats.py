"""Ticket statistics of an event."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Sum

from counterfoil.batches.models import BatchPrint
from counterfoil.catalog.models import Event
from counterfoil.checkin.entry_counts import entered_event
from counterfoil.jobs.models import Job


@dataclass(frozen=True, slots=True)
class EventStats:
    """Numbers of tickets: created in batches, printed of those, and checked in."""

    made: int
    printed: int
    checked_in: int


def event_stats(event: Event) -> EventStats:
    """Count the created, printed and checked-in tickets of an event."""
    printed = Exists(
        BatchPrint.objects.filter(batch=OuterRef("pk"), request__job__state=Job.State.DONE)
    )
    amounts = event.offline_sales_batches.aggregate(
        made=Sum("amount", default=0), printed=Sum("amount", default=0, filter=Q(printed))
    )
    return EventStats(**amounts, checked_in=entered_event(event.pk))
