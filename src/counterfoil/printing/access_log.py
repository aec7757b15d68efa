"""Write down who got to see tickets that can be printed: no ticket leaves silently."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.audit.models import LogEntry
from counterfoil.core import clock
from counterfoil.layouts.queries import Choice
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.models import RenderRequest

#: Looking at the same ticket again within this time is one look: pages and editors draw often.
_ONE_LOOK = timedelta(minutes=10)


def record_preview(*, actor: Actor, position: OrderPosition, layout: str) -> None:
    """Write down that somebody looks at a ticket as it would be printed, with which layout."""
    event = position.order.event
    action = "counterfoil.orderposition.previewed"
    since = clock.now() - _ONE_LOOK
    is_noted = LogEntry.objects.filter(
        event=event,
        kind="orderposition",
        object_id=str(position.pk),
        action=action,
        actor=actor.key,
        datetime__gte=since,
        data__layout=layout,
    ).exists()
    if not is_noted:
        _record(actor, position, "previewed", layout)


def record_download(*, actor: Actor, position: OrderPosition, layout: str) -> None:
    """Write down that somebody got the PDF of one ticket, made on the spot."""
    _record(actor, position, "downloaded", layout)


def record_print_download(*, actor: Actor, request: RenderRequest) -> None:
    """Write down that somebody got the file of a print: of what, and with which layouts."""
    audit.record(
        actor=actor,
        action="counterfoil.renderjob.downloaded",
        obj=request,
        event=request.event,
        data=described(request.purpose, request.parts, request.layouts),
    )


#: Tickets of a print that the log names one by one.
_NAMED = 100


def described(
    purpose: str, parts: list[list[int]], layouts: list[dict[str, Any]]
) -> dict[str, Any]:
    """Say what a print is of, for the log: its tickets, and each layout with its version."""
    choices = (Choice(**each) for each in layouts)
    told: dict[str, Any] = {
        "purpose": purpose,
        "tickets": len(parts),
        "layouts": [{"name": each.name, "version": each.version} for each in choices],
    }
    if len(parts) <= _NAMED:
        told["orderpositions"] = [position for position, _layout in parts]
    return told


def _record(actor: Actor, position: OrderPosition, verb: str, layout: str) -> None:
    audit.record(
        actor=actor,
        action=f"counterfoil.orderposition.{verb}",
        obj=position,
        event=position.order.event,
        data={"layout": layout, "order": position.order.code},
    )
