"""Lists that clients ask for and that have nothing in them here.

Badges, media, discounts, seats, vouchers, waiting lists and invoices are other products; a client
that synchronizes them wants to hear that there are none, not that the path is unknown.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import URLPattern
from rest_framework import serializers

from counterfoil.api.framework.permissions import Needs
from counterfoil.api.framework.views import (
    EventView,
    ListView,
    OrganizerView,
    event_routes,
    organizer_routes,
)
from counterfoil.catalog.models import Event

_ORDERS = ("event.orders:read",)


class NothingSerializer(serializers.Serializer[Event]):
    """A row of a list that never has one."""

    id = serializers.IntegerField()


class _Nothing(ListView):
    serializer_class: ClassVar[Any] = NothingSerializer
    example: ClassVar[Any] = {}

    def get_queryset(self) -> QuerySet[Event]:
        return Event.objects.none()


class EmptyEventView(_Nothing, EventView[Event]):
    """Always empty."""


class EmptyOrganizerView(_Nothing, OrganizerView[Event]):
    """Always empty."""


def _of_event(
    prefix: str, name: str, verbose_name: str, *, permissions: Needs = ()
) -> list[URLPattern]:
    declared = {"verbose_name": verbose_name, "read_permissions": permissions}
    view = type(f"{verbose_name.title().replace(' ', '')}View", (EmptyEventView,), declared)
    return event_routes(prefix, view, name=name)


def _of_organizer(prefix: str, name: str, verbose_name: str) -> list[URLPattern]:
    view = type(
        f"{verbose_name.title().replace(' ', '')}View",
        (EmptyOrganizerView,),
        {"verbose_name": verbose_name},
    )
    return organizer_routes(prefix, view, name=name)


routes = [
    *_of_event("badgelayouts", "badgelayout", "badge layout"),
    *_of_event("badgeitems", "badgeitem", "badge of a product"),
    *_of_event("discounts", "discount", "discount"),
    *_of_event("seats", "seat", "seat"),
    *_of_event("vouchers", "voucher", "voucher", permissions=("event.vouchers:read",)),
    *_of_event("waitinglistentries", "waitinglistentry", "waiting list entry", permissions=_ORDERS),
    *_of_event("invoices", "invoice", "invoice", permissions=_ORDERS),
    *_of_organizer("reusablemedia", "reusablemedium", "reusable medium"),
]
