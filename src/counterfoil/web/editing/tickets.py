"""Finds the ticket that a layout is shown with."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from counterfoil.catalog.models import Event
from counterfoil.orders.models import OrderPosition


def find_position(event: Event, wanted: object) -> OrderPosition | None:
    """Find a ticket by what somebody typed or scanned, as ``{"search": text}``.

    It is an order's code, which means its first ticket, a ticket's code such as ``A1B2C-2``, or
    its secret.
    """
    positions = OrderPosition.objects.filter(order__event=event).select_related(
        "order__event__organizer"
    )
    search = wanted.get("search") if isinstance(wanted, dict) else None
    return _search(positions, search.strip()) if isinstance(search, str) else None


def _search(positions: QuerySet[OrderPosition], text: str) -> OrderPosition | None:
    code, _, number = text.rpartition("-")
    meant = Q(secret=text) | Q(order__code=text.upper())
    if code and number.isascii() and number.isdecimal() and len(number) < 6:
        meant |= Q(order__code=code.upper(), positionid=int(number))
    return positions.filter(meant).order_by("canceled", "positionid").first()
