"""Query the requests for batches of an event, whatever became of them.

One list shows the batches that exist, those that are being created, and those that failed.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import OuterRef, Q, QuerySet, Subquery

from counterfoil.batches.models import BatchPrint, BatchRequest, BatchTicket
from counterfoil.batches.spec import REFERENCES
from counterfoil.catalog.models import Event
from counterfoil.jobs.models import Job
from counterfoil.orders.models import Order


def requests_of(event: Event) -> QuerySet[BatchRequest]:
    """Return the requests of an event, newest first, annotated with the time ``printed``.

    What they refer to is prefetched: a join would hide requests whose product was deleted as soon
    as the list is filtered by a product.
    """
    printed = BatchPrint.objects.filter(
        batch=OuterRef("batch"), request__job__state=Job.State.DONE
    ).order_by("-request__job__finished")
    return (
        BatchRequest.objects.filter(event=event)
        .select_related("job", "batch")
        .defer("table")
        .prefetch_related(*REFERENCES)
        .annotate(printed=Subquery(printed.values("request__job__finished")[:1]))
        .order_by("-created", "-pk")
    )


def search(requests: QuerySet[BatchRequest], text: str, event: Event) -> QuerySet[BatchRequest]:
    """Filter by a part of the comment, or by the exact code of an order in the batch."""
    order = Order.objects.filter(organizer=event.organizer_id, code=text.upper())
    batches = BatchTicket.objects.filter(position__order__in=order).values("batch")
    return requests.filter(Q(comment__icontains=text) | Q(batch__in=batches))


def in_states(
    requests: QuerySet[BatchRequest], states: Collection[Job.State]
) -> QuerySet[BatchRequest]:
    return requests.filter(job__state__in=states)


def for_product_or_date(requests: QuerySet[BatchRequest], **keys: int) -> QuerySet[BatchRequest]:
    """Filter by a product (``item``) or a date (``subevent``)."""
    return requests.filter(**keys)
