"""Finds orders and tickets by what somebody types, or holds before a reader."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from counterfoil.catalog.models import Event
from counterfoil.orders.models import Order, OrderPosition

#: The parts that names of attendees are written in, whatever the event's scheme.
_NAME_PARTS = ("full_name", "given_name", "middle_name", "family_name", "_legacy")


def named_like(text: str) -> Q:
    """Find attendees by a part of their name, in any letter case."""
    found = Q()
    for key in _NAME_PARTS:
        found |= Q(**{f"attendee_name_parts__{key}__icontains": text})
    return found


def position_like(text: str) -> Q:
    """Find positions by the attendee, the company, or the beginning of the secret."""
    return (
        named_like(text)
        | Q(attendee_email__icontains=text)
        | Q(company__icontains=text)
        | Q(secret__istartswith=text)
        | Q(pseudonymization_id=text)
    )


def guest_like(text: str) -> Q:
    """Find positions by what a guest says or shows: a name, a mail address, an order, a code."""
    return (
        named_like(text)
        | Q(secret__istartswith=text)
        | Q(pseudonymization_id__istartswith=text)
        | Q(order__code__istartswith=text)
        | Q(order__email__icontains=text)
        | Q(attendee_email__icontains=text)
        | Q(company__icontains=text)
    )


def orders_like(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Find orders by code, e-mail address, or what is found of a position."""
    positions = OrderPosition.objects.filter(position_like(text), order=OuterRef("pk"))
    of_order = Q(code__icontains=text) | Q(email__icontains=text)
    return orders.filter(of_order | Q(Exists(positions)))


def scanned(event: Event, text: str) -> OrderPosition | None:
    """Return the ticket whose whole secret this is, as a reader types it."""
    found = OrderPosition.objects.filter(order__event=event, secret=text)
    return found.select_related("order").first()
