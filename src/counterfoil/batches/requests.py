"""Query the requests for batches of an event, whatever became of them.

The payload of a request's job says what was requested. So one list shows the batches that exist,
those that are being created, and those that failed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from counterfoil.batches.models import BatchPrint, BatchRequest, BatchTicket
from counterfoil.catalog.models import Event, Item, ItemVariation, SalesChannel, SubEvent
from counterfoil.jobs.models import Job
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders.models import Order


@dataclass(frozen=True, slots=True)
class RequestDetails:
    """A request and the objects that its payload names. A deleted object is None."""

    request: BatchRequest
    item: Item | None
    variation: ItemVariation | None
    subevent: SubEvent | None
    sales_channel: SalesChannel | None
    layout: TicketLayout | None

    @property
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = self.request.job.payload
        return payload


def requests_of(event: Event) -> QuerySet[BatchRequest]:
    """Return the requests of an event, newest first, annotated with the time ``printed``."""
    printed = BatchPrint.objects.filter(
        batch=OuterRef("batch"), request__job__state=Job.State.DONE
    ).order_by("-request__job__finished")
    return (
        BatchRequest.objects.filter(event=event)
        .select_related("job", "batch")
        .annotate(printed=Subquery(printed.values("request__job__finished")[:1]))
        .order_by("-created", "-pk")
    )


def search(requests: QuerySet[BatchRequest], text: str, event: Event) -> QuerySet[BatchRequest]:
    """Filter by a part of the comment, or by the exact code of an order in the batch."""
    order = Order.objects.filter(organizer=event.organizer_id, code=text.upper())
    batches = BatchTicket.objects.filter(position__order__in=order).values("batch")
    return requests.filter(Q(job__payload__comment__icontains=text) | Q(batch__in=batches))


def in_states(
    requests: QuerySet[BatchRequest], states: Collection[Job.State]
) -> QuerySet[BatchRequest]:
    return requests.filter(job__state__in=states)


def for_product_or_date(requests: QuerySet[BatchRequest], **keys: int) -> QuerySet[BatchRequest]:
    """Filter by a product (``item``) or a date (``subevent``)."""
    lookups: dict[str, Any] = {f"job__payload__{name}": key for name, key in keys.items()}
    return requests.filter(**lookups)


def prefetch_related_objects(
    event: Event, requests: Iterable[BatchRequest]
) -> list[RequestDetails]:
    """Fetch the objects that the payloads name, with one query per model."""
    requests = list(requests)
    payloads = [request.job.payload for request in requests]

    def in_bulk(rows: QuerySet[Any], name: str) -> Mapping[int, Any]:
        return rows.in_bulk({payload[name] for payload in payloads if payload[name]})

    objects: dict[str, Mapping[int, Model]] = {
        "item": in_bulk(event.items.all(), "item"),
        "variation": in_bulk(ItemVariation.objects.filter(item__event=event), "variation"),
        "subevent": in_bulk(event.subevents.all(), "subevent"),
        "sales_channel": in_bulk(event.organizer.sales_channels.all(), "sales_channel"),
        "layout": in_bulk(event.ticket_layouts.all(), "layout"),
    }
    return [
        RequestDetails(
            request,
            **{name: rows.get(request.job.payload[name]) for name, rows in objects.items()},  # type: ignore[arg-type]
        )
        for request in requests
    ]
