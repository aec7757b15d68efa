"""How many tickets are out on paper: what is changed now does not change there."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from counterfoil.batches.models import BatchPrint, OfflineSalesBatch
from counterfoil.catalog.models import Event, Item, SubEvent
from counterfoil.jobs.models import Job
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.queries import LayoutChooser


def printed_of_event(event: Event) -> int:
    """Count the tickets of an event's batches that have been printed."""
    return _tickets(_printed(event))


def printed_of_item(item: Item) -> int:
    return _tickets(_printed(item.event).filter(item=item))


def printed_of_date(subevent: SubEvent) -> int:
    return _tickets(_printed(subevent.event).filter(subevent=subevent))


def printed_with(layout: TicketLayout) -> int:
    """Count the printed tickets that would print with this layout now."""
    chooser = LayoutChooser(layout.event)
    own = Q(layout=layout)
    automatic = [
        Q(layout=None, item=item, sales_channel=channel)
        for item, channel in _printed(layout.event)
        .filter(layout=None)
        .order_by()
        .values_list("item", "sales_channel")
        .distinct()
        if chooser.automatic(item=item, channel=channel) == layout
    ]
    for each in automatic:
        own |= each
    return _tickets(_printed(layout.event).filter(own))


def _printed(event: Event) -> QuerySet[OfflineSalesBatch]:
    done = BatchPrint.objects.filter(batch=OuterRef("pk"), request__job__state=Job.State.DONE)
    return OfflineSalesBatch.objects.filter(Exists(done), event=event)


def _tickets(batches: QuerySet[OfflineSalesBatch]) -> int:
    total: int = batches.aggregate(total=Sum("amount", default=0))["total"]
    return total
