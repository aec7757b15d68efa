"""What people asked for, whatever became of it: the list of an event's batches.

Each batch was asked for, and what was asked for is in the payload of its job. So the requests tell
what there is, what is under way and what came to nothing, in one list.
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
class Wish:
    """One request and what it is about. What has been deleted since is None."""

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


def wishes_of(event: Event) -> QuerySet[BatchRequest]:
    """The requests for batches of an event, the newest first, with when each was ``printed``."""
    printed = BatchPrint.objects.filter(
        batch=OuterRef("batch"), request__job__state=Job.State.DONE
    ).order_by("-request__job__finished")
    return (
        BatchRequest.objects.filter(event=event)
        .select_related("job", "batch")
        .annotate(printed=Subquery(printed.values("request__job__finished")[:1]))
        .order_by("-created", "-pk")
    )


def matching(wishes: QuerySet[BatchRequest], text: str, event: Event) -> QuerySet[BatchRequest]:
    """Those whose comment has this text in it, or that made the order of this code."""
    order = Order.objects.filter(organizer=event.organizer_id, code=text.upper())
    made = BatchTicket.objects.filter(position__order__in=order).values("batch")
    return wishes.filter(Q(job__payload__comment__icontains=text) | Q(batch__in=made))


def in_states(
    wishes: QuerySet[BatchRequest], states: Collection[Job.State]
) -> QuerySet[BatchRequest]:
    return wishes.filter(job__state__in=states)


def for_product_or_date(wishes: QuerySet[BatchRequest], **keys: int) -> QuerySet[BatchRequest]:
    """Those for one product (``item``) or one date (``subevent``)."""
    asked: dict[str, Any] = {f"job__payload__{name}": key for name, key in keys.items()}
    return wishes.filter(**asked)


def with_things(event: Event, requests: Iterable[BatchRequest]) -> list[Wish]:
    """Find what requests are about, in one query a kind of thing."""
    found = list(requests)
    payloads = [request.job.payload for request in found]

    def named(rows: QuerySet[Any], name: str) -> Mapping[int, Any]:
        return rows.in_bulk({payload[name] for payload in payloads if payload[name]})

    things: dict[str, Mapping[int, Model]] = {
        "item": named(event.items.all(), "item"),
        "variation": named(ItemVariation.objects.filter(item__event=event), "variation"),
        "subevent": named(event.subevents.all(), "subevent"),
        "sales_channel": named(event.organizer.sales_channels.all(), "sales_channel"),
        "layout": named(event.ticket_layouts.all(), "layout"),
    }
    return [_wish(request, things) for request in found]


def _wish(request: BatchRequest, things: Mapping[str, Mapping[int, Any]]) -> Wish:
    payload = request.job.payload
    return Wish(request, **{name: rows.get(payload[name]) for name, rows in things.items()})
