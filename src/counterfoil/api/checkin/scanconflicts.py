"""``scanconflicts``, an addition to the pretix API: admissions that today would be refused."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from counterfoil.api.framework.fields import Moment
from counterfoil.api.framework.filters import RowId
from counterfoil.api.framework.views import DetailView, EventView, ListView, event_routes
from counterfoil.checkin.models import ScanConflict


class ScanConflictSerializer(serializers.ModelSerializer[ScanConflict]):
    """``number`` is the ticket's number in its batch; null outside of batches."""

    at = Moment(source="checkin.datetime")
    uploaded = Moment(source="checkin.created")
    list = serializers.IntegerField(source="checkin.list_id")
    position = serializers.IntegerField(source="checkin.position_id")
    order = serializers.CharField(source="checkin.position.order.code")
    device = serializers.IntegerField(
        source="checkin.device.device_id", allow_null=True, default=None
    )
    voided = Moment(source="checkin.position.order.cancellation_date", allow_null=True)
    batch = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField()

    class Meta:
        model = ScanConflict
        fields = (
            *("id", "kind", "at", "uploaded", "voided", "list", "device"),
            *("order", "position", "batch", "number"),
        )

    def get_batch(self, conflict: ScanConflict) -> int | None:
        ticket = getattr(conflict.checkin.position, "batch_ticket", None)
        return ticket.batch_id if ticket else None

    def get_number(self, conflict: ScanConflict) -> int | None:
        ticket = getattr(conflict.checkin.position, "batch_ticket", None)
        return ticket.number if ticket else None


class ScanConflictFilters(django_filters.FilterSet):  # type: ignore[misc]
    kind = django_filters.CharFilter()
    list = RowId(field_name="checkin__list")
    order = django_filters.CharFilter(field_name="checkin__position__order__code")
    batch = RowId(field_name="checkin__position__batch_ticket__batch")


class ScanConflictView(ListView, DetailView, EventView[ScanConflict]):
    verbose_name = "scan in conflict with what happened since"
    example: ClassVar[Any] = {
        "id": 1,
        "kind": "entered_before_void",
        "at": "2027-06-12T19:58:00+02:00",
        "uploaded": "2027-06-12T20:30:00+02:00",
        "voided": "2027-06-12T20:05:00+02:00",
        "list": 1,
        "device": 2,
        "order": "TSRNN",
        "position": 23442,
        "batch": 1,
        "number": 401,
    }
    serializer_class = ScanConflictSerializer
    filterset_class = ScanConflictFilters
    read_permissions = ("event.orders:read", "event.orders:checkin")

    def get_queryset(self) -> QuerySet[ScanConflict]:
        return (
            ScanConflict.objects.filter(checkin__list__event=self.event)
            .select_related("checkin__device", "checkin__position__order")
            .select_related("checkin__position__batch_ticket")
            .order_by("pk")
        )


routes = event_routes("scanconflicts", ScanConflictView, name="scanconflict")
