"""Downloads of single tickets and of the tickets of an order: printed once, stored for a day.

Everybody who may read the order gets the same file, whoever requested it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.core import clock
from counterfoil.core.refusals import Forbidden
from counterfoil.jobs.queries import Phase, state_of
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.queries import has_ticket, may_be_downloaded, tickets_of
from counterfoil.printing.services import PrintItem, pin, request_pinned

#: How long a failed print is returned before the next request prints again.
FAILURE_TTL = timedelta(seconds=30)


def ticket_of_position(*, position: OrderPosition, actor: Actor) -> RenderRequest:
    """Return the print of one ticket; request it if there is none.

    Raises:
        Forbidden: the order is not paid, or the position gets no ticket.
    """
    check_handed_out(position)
    return _get_or_request(position.order, f"position:{position.pk}", [position], actor)


def tickets_of_order(*, order: Order, actor: Actor) -> RenderRequest:
    """Return the print of all tickets of an order; request it if there is none.

    Raises:
        Forbidden: the order is not paid, or has no tickets.
    """
    _check_order(order)
    positions = tickets_of(order)
    if not positions:
        raise Forbidden(_("This order has no tickets."))
    return _get_or_request(order, f"order:{order.pk}", positions, actor)


def check_handed_out(position: OrderPosition) -> None:
    """Check that a ticket can be downloaded.

    Raises:
        Forbidden: the order is not paid, or the position gets no ticket.
    """
    _check_order(position.order)
    if not has_ticket(position):
        raise Forbidden(_("This product has no ticket."))


def _check_order(order: Order) -> None:
    if not may_be_downloaded(order):
        raise Forbidden(_("Tickets are available for paid orders only."))


def _get_or_request(
    order: Order, purpose: str, positions: Sequence[OrderPosition], actor: Actor
) -> RenderRequest:
    """Return the newest print of the order's current state; request it if there is none."""
    event, version = order.event, order.last_modified.isoformat()
    stored = _stored(order, purpose, version)
    if stored is not None:
        return stored
    pinned = pin(event=event, parts=[PrintItem(position.pk) for position in positions])
    with transaction.atomic():
        return _stored(order, purpose, version) or request_pinned(
            event=event, actor=actor, pinned=pinned, purpose=purpose, content_version=version
        )


def _stored(order: Order, purpose: str, version: str) -> RenderRequest | None:
    last = (
        RenderRequest.objects.select_related("job", "event")
        .filter(event=order.event, purpose=purpose, content_version=version)
        .order_by("created")
        .last()
    )
    return last if last is not None and _is_current(last) else None


def _is_current(request: RenderRequest) -> bool:
    phase = state_of(request.job).phase
    if phase is Phase.FAILED:
        return clock.now() - request.created < FAILURE_TTL
    return phase in (Phase.UNDER_WAY, Phase.DONE)
