"""Filters of lists of tickets at the gate, whose rows know when they were ``last_checked_in``."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from counterfoil.api.filters import Flag, Numbers, Words
from counterfoil.api.positionfields import named_like
from counterfoil.orders.models import OrderPosition

Positions = QuerySet[OrderPosition]


def found_by(text: str) -> Q:
    """Find tickets by what a guest says or shows: a name, a mail address, an order, a code."""
    return (
        named_like(text)
        | Q(secret__istartswith=text)
        | Q(pseudonymization_id__istartswith=text)
        | Q(order__code__istartswith=text)
        | Q(order__email__icontains=text)
        | Q(attendee_email__icontains=text)
        | Q(company__icontains=text)
    )


class ScanPositionFilters(django_filters.FilterSet):  # type: ignore[misc]
    search = django_filters.CharFilter(method="by_words")
    order = django_filters.CharFilter(field_name="order__code")
    order__status = django_filters.CharFilter(field_name="order__status")
    order__status__in = Words(field_name="order__status", lookup_expr="in")
    item = django_filters.NumberFilter(field_name="item")
    item__in = Numbers(field_name="item", lookup_expr="in")
    variation = django_filters.NumberFilter(field_name="variation")
    variation__in = Numbers(field_name="variation", lookup_expr="in")
    subevent = django_filters.NumberFilter(field_name="subevent")
    subevent__in = Numbers(field_name="subevent", lookup_expr="in")
    addon_to = django_filters.NumberFilter(field_name="addon_to")
    addon_to__in = Numbers(field_name="addon_to", lookup_expr="in")
    secret = django_filters.CharFilter(field_name="secret")
    pseudonymization_id = django_filters.CharFilter(field_name="pseudonymization_id")
    attendee_name = django_filters.CharFilter(method="by_name")
    has_checkin = Flag(method="by_checkin")

    def by_words(self, rows: Positions, name: str, value: str) -> Positions:
        return rows.filter(found_by(value))

    def by_name(self, rows: Positions, name: str, value: str) -> Positions:
        return rows.filter(named_like(value))

    def by_checkin(self, rows: Positions, name: str, value: bool) -> Positions:
        return rows.filter(Q(("last_checked_in__isnull", not value)))
