"""Finds the ticket that a layout is shown with."""

from __future__ import annotations

from counterfoil.catalog.models import Event
from counterfoil.orders import search
from counterfoil.orders.models import OrderPosition


def find_position(event: Event, wanted: object) -> OrderPosition | None:
    """Find a ticket by what somebody typed or scanned, as ``{"search": text}``.

    It is an order's code, which means its first ticket, a ticket's code such as ``A1B2C-2``, or
    its secret.
    """
    text = wanted.get("search") if isinstance(wanted, dict) else None
    return search.find_ticket(event, text) if isinstance(text, str) else None
