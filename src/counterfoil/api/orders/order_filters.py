"""Filters of the lists of orders and order positions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from rest_framework.request import Request

from counterfoil.api.framework.filters import Channel, Flag, RowId, RowIds, Words
from counterfoil.api.framework.search import OrganizersOwn, OrganizersOwnWords, scope_of
from counterfoil.checkin.models import Checkin
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.orders.search import matches_name, positions_like, search_orders


class OrderFilters(django_filters.FilterSet):  # type: ignore[misc]
    code = OrganizersOwn()
    status = django_filters.CharFilter()
    status__in = Words(field_name="status", lookup_expr="in")
    email = django_filters.CharFilter()
    testmode = Flag()
    require_approval = Flag()
    valid_if_pending = Flag()
    locale = django_filters.CharFilter()
    sales_channel = Channel()
    payment_provider = django_filters.CharFilter(method="paid_by")
    item = RowId(method="with_position")
    variation = RowId(method="with_position")
    subevent = RowId(method="with_position")
    modified_since = django_filters.IsoDateTimeFilter("last_modified", "gte")
    created_since = django_filters.IsoDateTimeFilter("datetime", "gte")
    created_before = django_filters.IsoDateTimeFilter("datetime", "lt")
    search = django_filters.CharFilter(method="matching")

    class Meta:
        model = Order
        fields: tuple[str, ...] = ()

    def paid_by(self, orders: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        payments = OrderPayment.objects.filter(order=OuterRef("pk"), provider=value)
        return orders.filter(Exists(payments))

    def with_position(self, orders: QuerySet[Order], name: str, value: Any) -> QuerySet[Order]:
        return orders.filter(Exists(_live_positions().filter(**{name: value})))

    def matching(self, orders: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        """Filter by code, e-mail address, or a match of a position."""
        return search_orders(orders, value, scope_of(self.request))


class OrderPositionFilters(django_filters.FilterSet):  # type: ignore[misc]
    order = OrganizersOwn(field_name="order__code")
    order__in = OrganizersOwnWords(field_name="order__code", lookup_expr="in")
    order__status = django_filters.CharFilter()
    order__status__in = Words(field_name="order__status", lookup_expr="in")
    item = RowId()
    item__in = RowIds(field_name="item", lookup_expr="in")
    variation = RowId()
    variation__in = RowIds(field_name="variation", lookup_expr="in")
    subevent = RowId()
    subevent__in = RowIds(field_name="subevent", lookup_expr="in")
    addon_to = RowId()
    secret = OrganizersOwn()
    pseudonymization_id = OrganizersOwn()
    positionid = RowId()
    attendee_name = django_filters.CharFilter(method="named")
    has_checkin = Flag(method="scanned")
    search = django_filters.CharFilter(method="matching")

    class Meta:
        model = OrderPosition
        fields: tuple[str, ...] = ()

    def named(
        self, positions: QuerySet[OrderPosition], _name: str, value: str
    ) -> QuerySet[OrderPosition]:
        return matches_name(positions, value, scope_of(self.request))

    def scanned(
        self, positions: QuerySet[OrderPosition], _name: str, value: bool | None
    ) -> QuerySet[OrderPosition]:
        if value is None:
            return positions
        scans = Exists(Checkin.objects.filter(position=OuterRef("pk"), successful=True))
        return positions.filter(scans if value else ~scans)

    def matching(
        self, positions: QuerySet[OrderPosition], _name: str, value: str
    ) -> QuerySet[OrderPosition]:
        return positions_like(positions, value, scope_of(self.request))


def includes_canceled_positions(request: Request) -> bool:
    return request.query_params.get("include_canceled_positions", "").lower() in ("true", "1")


def _live_positions() -> QuerySet[OrderPosition]:
    return OrderPosition.objects.filter(order=OuterRef("pk"), canceled=False)
