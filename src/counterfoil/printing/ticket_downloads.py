"""Tickets that are downloaded one by one, or an order's together: printed once, kept for a day.

Whoever may read the order gets them, so a file is found by what it shows and not by who asked.
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
from counterfoil.printing.services import Part, pin, request_pinned

#: How long a failure is told before it is tried again: its cause may have been put right.
FAILURE_STANDS = timedelta(seconds=30)


def ticket_of_position(*, position: OrderPosition, actor: Actor) -> RenderRequest:
    """Return the print of one ticket, asked for now if there is none.

    Raises:
        Forbidden: the order is not paid, or the position gets no ticket.
    """
    check_handed_out(position)
    return _kept(position.order, f"position:{position.pk}", [position], actor)


def tickets_of_order(*, order: Order, actor: Actor) -> RenderRequest:
    """Return the print of all tickets of an order, asked for now if there is none.

    Raises:
        Forbidden: the order is not paid, or has no tickets.
    """
    _check_order(order)
    positions = tickets_of(order)
    if not positions:
        raise Forbidden(_("This order has no tickets."))
    return _kept(order, f"order:{order.pk}", positions, actor)


def check_handed_out(position: OrderPosition) -> None:
    """Refuse where a ticket is not handed out.

    Raises:
        Forbidden: the order is not paid, or the position gets no ticket.
    """
    _check_order(position.order)
    if not has_ticket(position):
        raise Forbidden(_("This product has no ticket."))


def _check_order(order: Order) -> None:
    if not may_be_downloaded(order):
        raise Forbidden(_("Tickets are handed out for paid orders only."))


def _kept(
    order: Order, purpose: str, positions: Sequence[OrderPosition], actor: Actor
) -> RenderRequest:
    """Return the newest print of these tickets, if it is of the order as it is now."""
    event, about = order.event, order.last_modified.isoformat()
    stored = _stored(order, purpose, about)
    if stored is not None:
        return stored
    pinned = pin(event=event, parts=[Part(position.pk) for position in positions])
    with transaction.atomic():
        return _stored(order, purpose, about) or request_pinned(
            event=event, actor=actor, pinned=pinned, purpose=purpose, about=about
        )


def _stored(order: Order, purpose: str, about: str) -> RenderRequest | None:
    last = (
        RenderRequest.objects.select_related("job", "event")
        .filter(event=order.event, purpose=purpose, job__payload__about=about)
        .order_by("created")
        .last()
    )
    return last if last is not None and _stands(last) else None


def _stands(request: RenderRequest) -> bool:
    phase = state_of(request.job).phase
    if phase is Phase.FAILED:
        return clock.now() - request.created < FAILURE_STANDS
    return phase in (Phase.UNDER_WAY, Phase.DONE)
