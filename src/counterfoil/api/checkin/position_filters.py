"""Filters of lists of tickets at the gate, whose rows know when they were ``last_checked_in``."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from counterfoil.api.framework.filters import Flag, RowId, RowIds, Words
from counterfoil.api.framework.search import OrganizersOwn, scope_of
from counterfoil.orders.models import OrderPosition
from counterfoil.orders.search import matches_name, positions_like

Positions = QuerySet[OrderPosition]


class ScanPositionFilters(django_filters.FilterSet):  # type: ignore[misc]
    search = django_filters.CharFilter(method="by_words")
    order = OrganizersOwn(field_name="order__code")
    order__status = django_filters.CharFilter(field_name="order__status")
    order__status__in = Words(field_name="order__status", lookup_expr="in")
    item = RowId(field_name="item")
    item__in = RowIds(field_name="item", lookup_expr="in")
    variation = RowId(field_name="variation")
    variation__in = RowIds(field_name="variation", lookup_expr="in")
    subevent = RowId(field_name="subevent")
    subevent__in = RowIds(field_name="subevent", lookup_expr="in")
    addon_to = RowId(field_name="addon_to")
    addon_to__in = RowIds(field_name="addon_to", lookup_expr="in")
    secret = OrganizersOwn(field_name="secret")
    pseudonymization_id = OrganizersOwn(field_name="pseudonymization_id")
    attendee_name = django_filters.CharFilter(method="by_name")
    has_checkin = Flag(method="by_checkin")

    def by_words(self, rows: Positions, name: str, value: str) -> Positions:
        return positions_like(rows, value, scope_of(self.request))

    def by_name(self, rows: Positions, name: str, value: str) -> Positions:
        return matches_name(rows, value, scope_of(self.request))

    def by_checkin(self, rows: Positions, name: str, value: bool) -> Positions:
        return rows.filter(Q(("last_checked_in__isnull", not value)))
