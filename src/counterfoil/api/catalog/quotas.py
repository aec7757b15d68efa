"""Quotas, and how much of them is left."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.catalog.sale_fields import VariationReference
from counterfoil.api.framework.fields import Reference, Whole
from counterfoil.api.framework.filters import RowId, RowIds
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    WritingViews,
    event_routes,
)
from counterfoil.catalog import queries
from counterfoil.catalog.models import Item, Quota, SubEvent
from counterfoil.catalog.quotas import delete_quota, save_quota
from counterfoil.orders.queries import Availability, availability


class VisibleReference(Reference):
    """The id of a row of any event that the actor may see: the rules refuse those of others."""

    def get_queryset(self) -> QuerySet[Any]:
        view: QuotaView = self.context["view"]
        return super().get_queryset().filter(event__in=view.actor.events(view.organizer))


class QuotaSerializer(serializers.ModelSerializer[Quota]):
    size = Whole(required=False, allow_null=True, min_value=0)
    items = VisibleReference(many=True, required=False, queryset=Item.objects.all())
    variations = VariationReference(many=True, required=False)
    subevent = VisibleReference(required=False, allow_null=True, queryset=SubEvent.objects.all())
    available = serializers.SerializerMethodField()
    available_number = serializers.SerializerMethodField()

    only_on_request = frozenset({"available", "available_number"})

    class Meta:
        model = Quota
        fields = (
            "id",
            "name",
            "size",
            "items",
            "variations",
            "subevent",
            "closed",
            "close_when_sold_out",
            "release_after_exit",
            "available",
            "available_number",
            "ignore_for_event_availability",
        )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        if "availability" not in self.context:
            del fields["available"], fields["available_number"]
        return fields

    def get_available(self, quota: Quota) -> bool:
        return self._of(quota).available

    def get_available_number(self, quota: Quota) -> int | None:
        return self._of(quota).left

    def _of(self, quota: Quota) -> Availability:
        availabilities: dict[int, Availability] = self.context["availability"]
        return availabilities[quota.pk]

    def create(self, validated_data: Any) -> Quota:
        quota = save_quota(quota=Quota(event=validated_data.pop("event")), fields=validated_data)
        return queries.quotas_of(quota.event).get(pk=quota.pk)

    def update(self, instance: Quota, validated_data: Any) -> Quota:
        changed = save_quota(quota=instance, fields=validated_data)
        return queries.quotas_of(changed.event).get(pk=changed.pk)


class AvailabilitySerializer(serializers.Serializer[Availability]):
    paid_orders = serializers.IntegerField(source="paid")
    pending_orders = serializers.IntegerField(source="pending")
    exited_orders = serializers.IntegerField(default=0)
    blocking_vouchers = serializers.IntegerField(default=0)
    cart_positions = serializers.IntegerField(default=0)
    waiting_list = serializers.IntegerField(default=0)
    available_number = serializers.IntegerField(source="left", allow_null=True)
    available = serializers.BooleanField()
    total_size = serializers.IntegerField(source="size", allow_null=True)


class QuotaFilters(django_filters.FilterSet):  # type: ignore[misc]
    subevent = RowId(field_name="subevent")
    subevent__in = RowIds(field_name="subevent", lookup_expr="in")


_WITH_AVAILABILITY = OpenApiParameter(
    "with_availability", bool, description="Add ``available`` and ``available_number``."
)


@extend_schema_view(
    list=extend_schema(parameters=[_WITH_AVAILABILITY]),
    retrieve=extend_schema(parameters=[_WITH_AVAILABILITY]),
)
class QuotaView(ListView, DetailView, WritingViews, EventView[Quota]):
    """How many tickets of some items and variations there may be."""

    verbose_name = "quota"
    example = {
        "id": 1,
        "name": "Workshop",
        "size": 120,
        "items": [4],
        "variations": [],
        "subevent": None,
        "closed": False,
        "close_when_sold_out": False,
        "release_after_exit": False,
        "ignore_for_event_availability": False,
    }
    action_examples = {
        "availability": {
            "paid_orders": 80,
            "pending_orders": 4,
            "exited_orders": 0,
            "blocking_vouchers": 0,
            "cart_positions": 0,
            "waiting_list": 0,
            "available_number": 36,
            "available": True,
            "total_size": 120,
        }
    }
    serializer_class = QuotaSerializer
    filterset_class = QuotaFilters
    ordering_fields = ("id", "size")
    write_permissions = ("event.items:write",)
    log_as = log_kind = "quota"

    def get_queryset(self) -> QuerySet[Quota]:
        return queries.quotas_of(self.event)

    def remove(self, instance: Quota) -> None:
        delete_quota(quota=instance)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        context = self.get_serializer_context()
        requested = self.request.query_params.get("with_availability") == "true"
        if requested and args and self.action in {"list", "retrieve"}:
            quotas = args[0] if kwargs.get("many") else [args[0]]
            context["availability"] = availability(quotas)
        return super().get_serializer(*args, context=context, **kwargs)

    @extend_schema(responses=AvailabilitySerializer)
    @action(detail=True)
    def availability(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Tell how much of one quota is used and left."""
        quota = self.get_object()
        return Response(AvailabilitySerializer(availability([quota])[quota.pk]).data)


routes = event_routes("quotas", QuotaView, name="quota")
