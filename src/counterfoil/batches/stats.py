"""What became of an event's tickets, in three numbers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Sum

from counterfoil.batches.models import BatchPrint
from counterfoil.catalog.models import Event
from counterfoil.checkin.queries import entries
from counterfoil.jobs.models import Job


@dataclass(frozen=True, slots=True)
class EventStats:
    """Tickets made in batches, those of them in a PDF that was made, and tickets checked in."""

    made: int
    printed: int
    checked_in: int


def event_stats(event: Event) -> EventStats:
    """Count an event's tickets."""
    printed = Exists(
        BatchPrint.objects.filter(batch=OuterRef("pk"), request__job__state=Job.State.DONE)
    )
    amounts = event.offline_sales_batches.aggregate(
        made=Sum("amount", default=0), printed=Sum("amount", default=0, filter=Q(printed))
    )
    entered = entries().filter(list__event=event, position__canceled=False)
    return EventStats(**amounts, checked_in=entered.values("position").distinct().count())
