"""The log of all scans of an event, admitted or denied."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from counterfoil.api.checkin.checkinlists import READ
from counterfoil.api.checkin.examples import CHECKIN
from counterfoil.api.framework.fields import Moment
from counterfoil.api.framework.filters import Flag, RowId
from counterfoil.api.framework.views import DetailView, EventView, ListView, event_routes
from counterfoil.checkin import queries
from counterfoil.checkin.models import Checkin


class CheckinSerializer(serializers.ModelSerializer[Checkin]):
    datetime = Moment()
    created = Moment()
    gate = serializers.SerializerMethodField()
    device = serializers.IntegerField(source="device_id", allow_null=True)
    device_id = serializers.IntegerField(source="device.device_id", default=None, allow_null=True)

    class Meta:
        model = Checkin
        fields = (
            "id",
            "successful",
            "error_reason",
            "error_explanation",
            "position",
            "datetime",
            "list",
            "created",
            "auto_checked_in",
            "gate",
            "device",
            "device_id",
            "type",
        )

    @extend_schema_field({"type": ["integer", "null"]})
    def get_gate(self, _checkin: Checkin) -> None:
        return None  # gates are not managed here


class CheckinFilters(django_filters.FilterSet):  # type: ignore[misc]
    list = RowId(field_name="list")
    successful = Flag()
    auto_checked_in = Flag()
    type = django_filters.CharFilter()
    error_reason = django_filters.CharFilter()
    position = RowId(field_name="position")
    created_since = django_filters.IsoDateTimeFilter(field_name="created", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created", lookup_expr="lt")
    datetime_since = django_filters.IsoDateTimeFilter(field_name="datetime", lookup_expr="gte")
    datetime_before = django_filters.IsoDateTimeFilter(field_name="datetime", lookup_expr="lt")


class CheckinView(ListView, DetailView, EventView[Checkin]):
    """All scans, in the order in which they happened."""

    verbose_name = "check-in"
    example = CHECKIN
    serializer_class = CheckinSerializer
    filterset_class = CheckinFilters
    ordering_fields = ("id", "datetime", "created")
    read_permissions = READ

    def get_queryset(self) -> QuerySet[Checkin]:
        return queries.checkins_of(self.event)


routes = event_routes("checkins", CheckinView, name="checkin")
