"""Query print requests, and which tickets can be downloaded."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from counterfoil.catalog.eventsettings import setting
from counterfoil.catalog.models import Event
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.printing.models import RenderRequest


def find_request(
    *, event: Event, job_id: UUID, file_id: UUID | None = None
) -> RenderRequest | None:
    """Return the request with this job and file if it belongs to the event, else None."""
    requests = RenderRequest.objects.select_related("job", "event").filter(event=event, pk=job_id)
    if file_id is not None:
        requests = requests.filter(file_id=file_id)
    return requests.first()


def prints_of(event: Event) -> QuerySet[RenderRequest]:
    """Return the print requests of an event, newest first.

    The lists of tickets and layouts are deferred: those of one print can be a megabyte.
    """
    return (
        RenderRequest.objects.filter(event=event)
        .select_related("job")
        .defer("parts", "layouts")
        .order_by("-created", "-pk")
    )


def may_be_downloaded(order: Order) -> bool:
    """Return whether the tickets of an order can be downloaded: it is paid or counts as paid."""
    if order.status == Order.Status.PENDING:
        pending_is_enough = setting(order.event, "ticket_download_pending")
        return not order.require_approval and bool(order.valid_if_pending or pending_is_enough)
    return order.status == Order.Status.PAID


def has_ticket(position: OrderPosition) -> bool:
    """Return whether a position gets a ticket.

    The product decides, or else the settings of the event. By default all positions except add-ons
    get one.
    """
    event = position.order.event
    if position.canceled or (position.addon_to_id and not setting(event, "ticket_download_addons")):
        return False
    if position.item.generate_tickets is not None:
        return position.item.generate_tickets
    return position.item.admission or bool(setting(event, "ticket_download_nonadm"))


def tickets_of(order: Order) -> list[OrderPosition]:
    """Return the positions of an order that get a ticket."""
    positions: QuerySet[OrderPosition] = order.positions.select_related("item", "order__event")
    return [each for each in positions.order_by("positionid", "pk") if has_ticket(each)]
