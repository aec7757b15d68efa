"""The dates of an event series, or of all series of an organizer."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from counterfoil.api.catalog.best_availability import (
    WITH_AVAILABILITY,
    BestAvailability,
    ListsAvailability,
)
from counterfoil.api.catalog.examples import SUBEVENT
from counterfoil.api.catalog.sale_fields import VariationReference
from counterfoil.api.catalog.variations import availability_mode
from counterfoil.api.framework.fields import (
    Moment,
    Money,
    PositionalList,
    Reference,
    TranslatedText,
)
from counterfoil.api.framework.filters import Channel, Flag
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    OrganizerView,
    WritingViews,
    event_routes,
    organizer_routes,
)
from counterfoil.catalog import dates, queries
from counterfoil.catalog.models import (
    Event,
    SalesChannel,
    SubEvent,
    SubEventItem,
    SubEventItemVariation,
)
from counterfoil.core import clock
from counterfoil.orders.best_availability import best_of_subevents

_OVERRIDE = (
    "price",
    "disabled",
    "available_from",
    "available_from_mode",
    "available_until",
    "available_until_mode",
)


class _Override(serializers.Serializer[Any]):
    """What a date may have of its own."""

    price = Money(required=False, allow_null=True, min_value=0)
    available_from = Moment(required=False, allow_null=True)
    available_from_mode = availability_mode()
    available_until = Moment(required=False, allow_null=True)
    available_until_mode = availability_mode()


class ItemOverrideSerializer(_Override, serializers.ModelSerializer[SubEventItem]):
    """A product's own price, or absence, on the date."""

    item = Reference("items")

    class Meta:
        list_serializer_class = PositionalList
        model = SubEventItem
        fields = ("item", *_OVERRIDE)


class VariationOverrideSerializer(_Override, serializers.ModelSerializer[SubEventItemVariation]):
    """A variation's own price, or absence, on the date."""

    variation = VariationReference()

    class Meta:
        list_serializer_class = PositionalList
        model = SubEventItemVariation
        fields = ("variation", *_OVERRIDE)


class SubEventSerializer(BestAvailability, serializers.ModelSerializer[SubEvent]):
    name = TranslatedText()
    date_from = Moment()
    date_to = Moment(required=False, allow_null=True)
    date_admission = Moment(required=False, allow_null=True)
    presale_start = Moment(required=False, allow_null=True)
    presale_end = Moment(required=False, allow_null=True)
    location = TranslatedText(required=False, allow_null=True, allow_blank=True)
    geo_lat = serializers.FloatField(required=False, allow_null=True, min_value=-90, max_value=90)
    geo_lon = serializers.FloatField(required=False, allow_null=True, min_value=-180, max_value=180)
    event = serializers.SerializerMethodField()
    frontpage_text = TranslatedText(required=False, allow_null=True, allow_blank=True)
    seating_plan = serializers.SerializerMethodField()
    item_price_overrides = ItemOverrideSerializer(
        many=True, required=False, source="item_overrides"
    )
    variation_price_overrides = VariationOverrideSerializer(
        many=True, required=False, source="variation_overrides"
    )
    meta_data = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    seat_category_mapping = serializers.SerializerMethodField()
    last_modified = Moment(read_only=True)
    comment = serializers.CharField(required=False, allow_null=True, allow_blank=True)

    class Meta:
        model = SubEvent
        fields = (
            "id",
            "name",
            "date_from",
            "date_to",
            "active",
            "date_admission",
            "presale_start",
            "presale_end",
            "location",
            "geo_lat",
            "geo_lon",
            "event",
            "is_public",
            "frontpage_text",
            "seating_plan",
            "item_price_overrides",
            "variation_price_overrides",
            "meta_data",
            "seat_category_mapping",
            "last_modified",
            "best_availability_state",
            "comment",
        )

    def get_event(self, subevent: SubEvent) -> str:
        event: Event | None = self.context.get("event")
        return (event or subevent.event).slug

    @extend_schema_field({"type": ["integer", "null"]})
    def get_seating_plan(self, subevent: SubEvent) -> None:
        return None

    @extend_schema_field({"type": "object"})
    def get_seat_category_mapping(self, subevent: SubEvent) -> dict[str, Any]:
        return {}

    def _time_zone(self) -> tzinfo:
        """pretix writes times of one event in its zone, and of all events' dates in UTC."""
        event: Event | None = self.context.get("event")
        return event.tz if event is not None else UTC

    def to_representation(self, instance: SubEvent) -> Any:
        with timezone.override(self._time_zone()):
            data = super().to_representation(instance)
        for name in {"frontpage_text", "comment"} & data.keys():  # empty is null to clients
            data[name] = data[name] or None
        return data

    def create(self, validated_data: Any) -> SubEvent:
        items, variations = self._overrides(validated_data)
        return dates.create_subevent(
            event=validated_data.pop("event"),
            fields=validated_data,
            items=items,
            variations=variations,
        )

    def update(self, instance: SubEvent, validated_data: Any) -> SubEvent:
        items, variations = self._overrides(validated_data)
        changed = dates.change_subevent(
            subevent=instance, fields=validated_data, items=items, variations=variations
        )
        return queries.subevents_of(changed.event).get(pk=changed.pk)

    def _overrides(self, values: dict[str, Any]) -> tuple[Any, Any]:
        for name, empty in (("frontpage_text", {}), ("comment", "")):
            if name in values and values[name] is None:
                values[name] = empty
        return values.pop("item_overrides", None), values.pop("variation_overrides", None)


class SubEventFilters(django_filters.FilterSet):  # type: ignore[misc]
    active = Flag()
    is_public = Flag()
    is_past = Flag(method="by_past")
    is_future = Flag(method="by_future")
    ends_after = django_filters.IsoDateTimeFilter(method="by_end")
    date_from_after = django_filters.IsoDateTimeFilter(field_name="date_from", lookup_expr="gte")
    date_from_before = django_filters.IsoDateTimeFilter(field_name="date_from", lookup_expr="lte")
    date_to_after = django_filters.IsoDateTimeFilter(field_name="date_to", lookup_expr="gte")
    date_to_before = django_filters.IsoDateTimeFilter(field_name="date_to", lookup_expr="lte")
    modified_since = django_filters.IsoDateTimeFilter(field_name="last_modified", lookup_expr="gte")
    search = django_filters.CharFilter(method="by_words")

    def by_past(self, rows: QuerySet[SubEvent], name: str, value: bool) -> QuerySet[SubEvent]:
        over = queries.ended_before(clock.now())
        return rows.filter(over if value else ~over)

    def by_future(self, rows: QuerySet[SubEvent], name: str, value: bool) -> QuerySet[SubEvent]:
        coming = Q(date_from__gt=clock.now())
        return rows.filter(coming if value else ~coming)

    def by_end(self, rows: QuerySet[SubEvent], name: str, value: Any) -> QuerySet[SubEvent]:
        return rows.exclude(queries.ended_before(value))

    def by_words(self, rows: QuerySet[SubEvent], name: str, value: str) -> QuerySet[SubEvent]:
        return rows.filter(queries.containing(value, "name", "location"))


class OrganizerSubEventFilters(SubEventFilters):
    event = django_filters.CharFilter(field_name="event__slug")
    event__live = Flag()
    sales_channel = Channel(method="by_channel")

    def by_channel(
        self, rows: QuerySet[SubEvent], name: str, value: SalesChannel
    ) -> QuerySet[SubEvent]:
        return rows.filter(event__in=queries.sold_through(value).values("pk"))


@extend_schema_view(list=extend_schema(parameters=[WITH_AVAILABILITY]))
class SubEventView(ListsAvailability, ListView, DetailView, WritingViews, EventView[SubEvent]):
    """The dates of a series. A plain event has none."""

    verbose_name = "date of a series"
    example = SUBEVENT
    serializer_class = SubEventSerializer
    filterset_class = SubEventFilters
    ordering_fields = ("id", "date_from", "last_modified")
    write_permissions = ("event.subevents:write",)
    log_as = log_kind = "subevent"
    best_availability = best_of_subevents

    def get_queryset(self) -> QuerySet[SubEvent]:
        return queries.subevents_of(self.event)

    def remove(self, instance: SubEvent) -> None:
        dates.delete_subevent(subevent=instance)


@extend_schema_view(list=extend_schema(parameters=[WITH_AVAILABILITY]))
class OrganizerSubEventView(ListsAvailability, ListView, OrganizerView[SubEvent]):
    """The dates of all series that the credentials reach: what scanner apps choose from."""

    verbose_name = "date of any series"
    example = SUBEVENT
    serializer_class = SubEventSerializer
    filterset_class = OrganizerSubEventFilters
    ordering_fields = ("id", "date_from", "last_modified")
    page_generated = True
    best_availability = best_of_subevents

    def get_queryset(self) -> QuerySet[SubEvent]:
        return queries.subevents_in(self.actor.events(self.organizer))


routes = [
    *event_routes("subevents", SubEventView, name="subevent"),
    *organizer_routes("subevents", OrganizerSubEventView, name="organizer-subevent"),
]
