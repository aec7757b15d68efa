"""Check-in lists, their status, and scans that apps denied offline."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.catalog.sale_fields import VariationReference
from counterfoil.api.checkin.examples import CHECKIN_LIST, LIST_STATUS
from counterfoil.api.checkin.scan_fields import CheckinDateTime
from counterfoil.api.framework.fields import Json, Reference
from counterfoil.api.framework.filters import RowId
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    WritingViews,
    event_routes,
)
from counterfoil.catalog.models import Item, ItemVariation
from counterfoil.checkin import lists, queries, reports
from counterfoil.checkin.entry_counts import inside_of
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.queries import Tally
from counterfoil.checkin.reasons import Reason
from counterfoil.core.language import active_language
from counterfoil.core.translated import Translated, resolve
from counterfoil.orders.models import OrderPosition

#: Any one of these lets an actor see a list, or scan on it.
READ = ("event.orders:read", "event.orders:checkin")
SCAN = ("event.orders:write", "event.orders:checkin")
_COUNTS = {"checkin_count", "position_count"}


class CheckinListSerializer(serializers.ModelSerializer[CheckinList]):
    """A list with its counts, which the view gives as ``tallies`` for many lists at once."""

    limit_products = Reference("items", many=True, required=False)
    subevent = Reference("subevents", required=False, allow_null=True)
    checkin_count = serializers.SerializerMethodField()
    position_count = serializers.SerializerMethodField()
    rules = Json(required=False)
    exit_all_at = CheckinDateTime(required=False, allow_null=True)

    class Meta:
        model = CheckinList
        fields = (
            "id",
            "name",
            "all_products",
            "limit_products",
            "subevent",
            "checkin_count",
            "position_count",
            "include_pending",
            "allow_multiple_entries",
            "allow_entry_after_exit",
            "rules",
            "exit_all_at",
            "addon_match",
            "ignore_in_statistics",
            "consider_tickets_used",
        )

    def get_checkin_count(self, checkin_list: CheckinList) -> int:
        return self._tally(checkin_list).checkins.total()

    def get_position_count(self, checkin_list: CheckinList) -> int:
        return self._tally(checkin_list).positions.total()

    def _tally(self, checkin_list: CheckinList) -> Tally:
        tallies: dict[int, Tally] = self.context.get("tallies", {})
        return (
            tallies.get(checkin_list.pk)
            or queries.tallies(checkin_list.event, [checkin_list])[checkin_list.pk]
        )


class TicketReference(Reference):
    """A ticket of the event, canceled or not."""

    def get_queryset(self) -> QuerySet[Any]:
        return OrderPosition.objects.filter(order__event=self.context["event"])


class FailedCheckinSerializer(serializers.ModelSerializer[Checkin]):
    """A scan that an app denied while it was offline."""

    error_reason = serializers.ChoiceField([reason.value for reason in Reason])
    raw_barcode = serializers.CharField(max_length=4096)
    raw_item = Reference("items", required=False, allow_null=True)
    raw_variation = VariationReference(required=False, allow_null=True)
    raw_subevent = Reference("subevents", required=False, allow_null=True)
    datetime = CheckinDateTime(required=False)
    type = serializers.ChoiceField(Checkin.Type.choices, required=False)
    position = TicketReference(required=False, allow_null=True)

    class Meta:
        model = Checkin
        fields = (
            "error_reason",
            "error_explanation",
            "raw_barcode",
            "raw_item",
            "raw_variation",
            "raw_subevent",
            "raw_source_type",
            "nonce",
            "datetime",
            "type",
            "position",
        )


class VariationCountSerializer(serializers.Serializer[ItemVariation]):
    id = serializers.IntegerField()
    value = serializers.CharField()
    checkin_count = serializers.IntegerField()
    position_count = serializers.IntegerField()


class ItemCountSerializer(serializers.Serializer[Item]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    admission = serializers.BooleanField()
    checkin_count = serializers.IntegerField()
    position_count = serializers.IntegerField()
    variations = VariationCountSerializer(many=True)


class CountedEventSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()


class StatusSerializer(serializers.Serializer[CheckinList]):
    """How full the house is, by product."""

    event = CountedEventSerializer()
    checkin_count = serializers.IntegerField()
    position_count = serializers.IntegerField()
    inside_count = serializers.IntegerField()
    items = ItemCountSerializer(many=True)


class CheckinListFilters(django_filters.FilterSet):  # type: ignore[misc]
    subevent = RowId(field_name="subevent")
    subevent_match = RowId(method="by_match")
    ends_after = django_filters.IsoDateTimeFilter(method="by_end")

    def by_match(self, rows: QuerySet[CheckinList], name: str, value: int) -> QuerySet[CheckinList]:
        return rows.filter(Q(subevent=value) | Q(subevent=None))

    def by_end(self, rows: QuerySet[CheckinList], name: str, value: Any) -> QuerySet[CheckinList]:
        ends = Coalesce(
            "subevent__date_to", "subevent__date_from", "event__date_to", "event__date_from"
        )
        return rows.alias(ends=ends).filter(ends__gte=value)


class CheckinListView(ListView, DetailView, WritingViews, EventView[CheckinList]):
    """Lists on which tickets are checked in."""

    verbose_name = "check-in list"
    example = CHECKIN_LIST
    action_examples = {"counts": LIST_STATUS, "failed_checkins": {}}
    request_examples = {"failed_checkins": {"error_reason": "invalid", "raw_barcode": "z3fsn8jy"}}
    serializer_class = CheckinListSerializer
    filterset_class = CheckinListFilters
    ordering_fields = ("id", "name", "subevent__date_from")
    read_permissions = READ
    write_permissions = ("event.settings.general:write",)
    action_permissions = {"failed_checkins": SCAN}

    def get_queryset(self) -> QuerySet[CheckinList]:
        return queries.lists_of(self.event)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        context = self.get_serializer_context()
        serializer = super().get_serializer(*args, context=context, **kwargs)
        if args and kwargs.get("many") and _COUNTS & serializer.child.fields.keys():
            context["tallies"] = queries.tallies(self.event, args[0])
        return serializer

    def perform_create(self, serializer: Any) -> None:
        self._save(serializer)

    def perform_update(self, serializer: Any) -> None:
        self._save(serializer)

    def perform_destroy(self, instance: CheckinList) -> None:
        lists.delete_list(checkin_list=instance, actor=self.actor)

    def _save(self, serializer: Any) -> None:
        saved = lists.save_list(
            event=self.event,
            checkin_list=serializer.instance,
            fields=serializer.validated_data,
            actor=self.actor,
        )
        serializer.instance = self.get_queryset().get(pk=saved.pk)

    @extend_schema(responses=StatusSerializer, filters=False)
    @action(detail=True, url_path="status", url_name="status")
    def counts(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Tell how many tickets of the list came in and how many are inside."""
        checkin_list = self.get_object()
        return Response(_status(checkin_list, active_language()))

    @extend_schema(
        request=FailedCheckinSerializer, responses={201: OpenApiTypes.OBJECT}, filters=False
    )
    @action(detail=True, methods=["POST"], url_path="failed_checkins", url_name="failed-checkins")
    def failed_checkins(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Report a scan that an app denied while it was offline."""
        checkin_list = self.get_object()
        report = FailedCheckinSerializer(data=request.data, context=self.get_serializer_context())
        report.is_valid(raise_exception=True)
        reports.report_failure(
            checkin_list=checkin_list, fields=report.validated_data, actor=self.actor
        )
        return Response({}, status=status.HTTP_201_CREATED)


def _status(checkin_list: CheckinList, language: str) -> dict[str, Any]:
    tally = queries.tallies(checkin_list.event, [checkin_list])[checkin_list.pk]
    return {
        "event": {"name": resolve(checkin_list.event.name, language)},
        "checkin_count": tally.checkins.total(),
        "position_count": tally.positions.total(),
        "inside_count": inside_of(checkin_list.pk),
        "items": [
            {
                **_counted(item.pk, "name", item.name, language),
                "admission": item.admission,
                **_numbers(tally.of_item(item)),
                "variations": [
                    {
                        **_counted(variation.pk, "value", variation.value, language),
                        **_numbers(tally.of_variation(variation)),
                    }
                    for variation in item.variations.all()
                ],
            }
            for item in queries.products_of(checkin_list)
        ],
    }


def _counted(pk: int, word: str, text: Translated, language: str) -> dict[str, Any]:
    return {"id": pk, word: resolve(text, language)}


def _numbers(counted: tuple[int, int]) -> dict[str, int]:
    positions, checkins = counted
    return {"checkin_count": checkins, "position_count": positions}


routes = event_routes("checkinlists", CheckinListView, name="checkinlist")
