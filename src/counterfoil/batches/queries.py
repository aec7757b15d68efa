"""Finds batches and what is in them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from counterfoil.batches.models import BatchRequest, BatchTicket, OfflineSalesBatch
from counterfoil.catalog.models import Event


def batches_of(event: Event) -> QuerySet[OfflineSalesBatch]:
    """Batches of an event, the oldest first, with what a list shows."""
    return event.offline_sales_batches.select_related("sales_channel").order_by("pk")


def request_of(event: Event, job_id: UUID) -> BatchRequest | None:
    """Return the wish for a batch whose job this is, if it is a wish of this event."""
    requests = BatchRequest.objects.select_related("job", "batch__sales_channel")
    return requests.filter(event=event, pk=job_id).first()


def order_codes(batch: OfflineSalesBatch) -> list[str]:
    """Return the codes of a batch's orders, in the order of creation."""
    return list(batch.tickets.order_by("number").values_list("position__order__code", flat=True))


def tickets_of(batch: OfflineSalesBatch) -> QuerySet[BatchTicket]:
    """Tickets of a batch in its order, with the position and order of each."""
    return batch.tickets.select_related("position__order").order_by("number")
