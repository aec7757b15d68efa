"""Events: the list of those that the credentials reach, and one of them."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Any

import django_filters
from django.core.validators import RegexValidator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.accounts.teams import show_to_maker
from counterfoil.api.catalog.best_availability import (
    WITH_AVAILABILITY,
    BestAvailability,
    ListsAvailability,
)
from counterfoil.api.catalog.channel_fields import ChannelLimits
from counterfoil.api.catalog.examples import EVENT
from counterfoil.api.framework.fields import Moment, TranslatedText
from counterfoil.api.framework.filters import Channel, Flag
from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.permissions import Needs
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    OrganizerView,
    WritingViews,
    request_data,
)
from counterfoil.audit import services as audit
from counterfoil.catalog import cloning, queries, services
from counterfoil.catalog.models import SLUG, Event, SalesChannel
from counterfoil.core import clock
from counterfoil.orders.best_availability import best_of_events

_FIELDS = (
    "name",
    "slug",
    "live",
    "testmode",
    "currency",
    "date_from",
    "date_to",
    "date_admission",
    "is_public",
    "presale_start",
    "presale_end",
    "location",
    "geo_lat",
    "geo_lon",
    "has_subevents",
    "meta_data",
    "seating_plan",
    "plugins",
    "seat_category_mapping",
    "timezone",
    "item_meta_properties",
)
_LAST_FIELDS = (
    "all_sales_channels",
    "limit_sales_channels",
    "best_availability_state",
    "public_url",
    "sales_channels",
)


class EventSerializer(ChannelLimits, BestAvailability, serializers.ModelSerializer[Event]):
    """An event in a list, and the answer to making one: without ``valid_keys``."""

    name = TranslatedText()
    slug = serializers.CharField(max_length=50, validators=[SLUG])
    currency = serializers.CharField(
        required=False, validators=[RegexValidator(r"^[A-Z]{3}\Z", _("This is not a currency."))]
    )
    date_from = Moment()
    date_to = Moment(required=False, allow_null=True)
    date_admission = Moment(required=False, allow_null=True)
    presale_start = Moment(required=False, allow_null=True)
    presale_end = Moment(required=False, allow_null=True)
    location = TranslatedText(required=False, allow_null=True, allow_blank=True)
    geo_lat = serializers.FloatField(required=False, allow_null=True, min_value=-90, max_value=90)
    geo_lon = serializers.FloatField(required=False, allow_null=True, min_value=-180, max_value=180)
    meta_data = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    seating_plan = serializers.SerializerMethodField()
    plugins = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=200
    )
    seat_category_mapping = serializers.SerializerMethodField()
    timezone = serializers.CharField(required=False, max_length=100)
    item_meta_properties = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False
    )
    public_url = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields: tuple[str, ...] = (*_FIELDS, *_LAST_FIELDS)

    def to_representation(self, instance: Event) -> Any:
        with timezone.override(self._time_zone(instance)):
            return super().to_representation(instance)

    def _time_zone(self, event: Event) -> tzinfo:
        """pretix writes times of one event in its zone, and of all that apps choose from in UTC."""
        return UTC if "best_availability" in self.context else event.tz

    @extend_schema_field({"type": ["integer", "null"]})
    def get_seating_plan(self, event: Event) -> None:
        return None

    @extend_schema_field({"type": "object"})
    def get_seat_category_mapping(self, event: Event) -> dict[str, Any]:
        return {}

    def get_public_url(self, event: Event) -> str:
        slug = self.context["view"].organizer.slug
        return absolute(self.context["request"], f"/{slug}/{event.slug}/")

    def create(self, validated_data: Any) -> Event:
        return services.create_event(
            organizer=validated_data.pop("organizer"), fields=validated_data
        )

    def update(self, instance: Event, validated_data: Any) -> Event:
        return services.change_event(event=instance, fields=validated_data)


class EventDetailSerializer(EventSerializer):
    valid_keys = serializers.SerializerMethodField()

    class Meta(EventSerializer.Meta):
        fields = (*_FIELDS, "valid_keys", *_LAST_FIELDS)

    @extend_schema_field({"type": "object"})
    def get_valid_keys(self, event: Event) -> dict[str, list[str]]:
        return {"pretix_sig1": []}


class EventFilters(django_filters.FilterSet):  # type: ignore[misc]
    live = Flag()
    testmode = Flag()
    is_public = Flag()
    has_subevents = Flag()
    is_past = Flag(method="by_past")
    is_future = Flag(method="by_future")
    ends_after = django_filters.IsoDateTimeFilter(method="by_end")
    date_from_after = django_filters.IsoDateTimeFilter(field_name="date_from", lookup_expr="gte")
    date_from_before = django_filters.IsoDateTimeFilter(field_name="date_from", lookup_expr="lte")
    date_to_after = django_filters.IsoDateTimeFilter(field_name="date_to", lookup_expr="gte")
    date_to_before = django_filters.IsoDateTimeFilter(field_name="date_to", lookup_expr="lte")
    search = django_filters.CharFilter(method="by_words")
    sales_channel = Channel(method="by_channel")

    def by_past(self, events: QuerySet[Event], name: str, value: bool) -> QuerySet[Event]:
        over = queries.event_ended_before(clock.now())
        return events.filter(over if value else ~over)

    def by_future(self, events: QuerySet[Event], name: str, value: bool) -> QuerySet[Event]:
        coming = Q(date_from__gt=clock.now()) | Q(has_subevents=True)
        return events.filter(coming if value else ~coming)

    def by_end(self, events: QuerySet[Event], name: str, value: Any) -> QuerySet[Event]:
        return events.exclude(queries.event_ended_before(value))

    def by_words(self, events: QuerySet[Event], name: str, value: str) -> QuerySet[Event]:
        return events.filter(queries.containing(value, "name", "slug", "location"))

    def by_channel(
        self, events: QuerySet[Event], name: str, value: SalesChannel
    ) -> QuerySet[Event]:
        return events.filter(pk__in=queries.sold_through(value).values("pk"))


@extend_schema_view(list=extend_schema(parameters=[WITH_AVAILABILITY]))
class EventListView(ListsAvailability, ListView, WritingViews, OrganizerView[Event]):
    """The events that the credentials reach."""

    verbose_name = "event"
    example = EVENT
    serializer_class = EventSerializer
    filterset_class = EventFilters
    ordering_fields = ("date_from", "slug")
    write_permissions = ("organizer.events:create",)
    log_as = "event"
    best_availability = best_of_events

    def get_queryset(self) -> QuerySet[Event]:
        events = self.actor.events(self.organizer)
        return events.prefetch_related("limit_sales_channels").order_by("slug")

    def scope(self) -> dict[str, Any]:
        return {"organizer": self.organizer}

    @transaction.atomic
    def perform_create(self, serializer: serializers.BaseSerializer[Event]) -> None:
        super().perform_create(serializer)
        if serializer.instance is not None:
            show_to_maker(actor=self.actor, event=serializer.instance)


class EventDetailView(DetailView, WritingViews, EventView[Event]):
    """One event."""

    verbose_name = "event"
    example = {**EVENT, "valid_keys": {"pretix_sig1": []}}
    serializer_class = EventDetailSerializer
    write_permissions = ("event.settings.general:write",)
    log_as = "event"

    def get_object(self) -> Event:
        return self.event

    def remove(self, instance: Event) -> None:
        services.delete_event(event=instance)


class EventCloneSerializer(EventDetailSerializer):
    """What the new event has of its own; times in the answer are UTC, as pretix gives them."""

    def _time_zone(self, event: Event) -> tzinfo:
        return UTC

    def create(self, validated_data: Any) -> Event:
        return cloning.clone_event(source=validated_data.pop("source"), fields=validated_data)


class EventCloneView(EventView[Event]):
    """Makes an event with the settings, products, layouts and check-in lists of this one.

    What is not sent of its name, short form and dates is not copied.
    """

    verbose_name = "event like this one"
    example = {**EVENT, "valid_keys": {"pretix_sig1": []}}
    serializer_class = EventCloneSerializer
    write_permissions = ("organizer.events:create",)

    def has_permission(self, permissions: Needs) -> bool:
        """Making events is a right in the organizer."""
        return OrganizerView.has_permission(self, permissions)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            clone = serializer.save(source=self.event)
            show_to_maker(actor=self.actor, event=clone)
            audit.record(
                actor=self.actor,
                action="counterfoil.event.added",
                obj=clone,
                organizer=self.organizer,
                data={**request_data(request), "cloned_from": self.event.slug},
            )
        return Response(serializer.data, status=status.HTTP_201_CREATED)


routes = [
    path(
        "organizers/<str:organizer>/events/",
        EventListView.as_view({"get": "list", "post": "create"}),
        name="event-list",
    ),
    path(
        "organizers/<str:organizer>/events/<str:event>/",
        EventDetailView.as_view(
            {
                "get": "retrieve",
                "put": "update",
                "patch": "partial_update",
                "delete": "destroy",
            }
        ),
        name="event-detail",
    ),
    path(
        "organizers/<str:organizer>/events/<str:event>/clone/",
        EventCloneView.as_view({"post": "create"}),
        name="event-clone",
    ),
]
