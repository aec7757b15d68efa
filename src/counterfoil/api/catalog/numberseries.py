"""Number series of an organizer, and which products of an event they number; both are ours."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from counterfoil.api.catalog.sale_fields import VariationReference
from counterfoil.api.framework.fields import Reference, Text, Whole
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    OrganizerView,
    WritingViews,
    event_routes,
    organizer_routes,
)
from counterfoil.catalog import numbers
from counterfoil.catalog.models import (
    MAX_NUMBER,
    MAX_WIDTH,
    SERIES_PREFIX,
    NumberAssignment,
    NumberSeries,
)


class NumberSeriesSerializer(serializers.ModelSerializer[NumberSeries]):
    name = Text(max_length=200)
    prefix = Text(
        max_length=20,
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        validators=[SERIES_PREFIX],
    )
    width = Whole(min_value=1, max_value=MAX_WIDTH, required=False)
    next = Whole(min_value=1, max_value=MAX_NUMBER, required=False)

    class Meta:
        model = NumberSeries
        fields = ("id", "name", "prefix", "width", "next")

    def create(self, validated_data: Any) -> NumberSeries:
        organizer = validated_data.pop("organizer")
        return numbers.save_series(series=None, organizer=organizer, fields=validated_data)

    def update(self, instance: NumberSeries, validated_data: Any) -> NumberSeries:
        return numbers.save_series(
            series=instance, organizer=instance.organizer, fields=validated_data
        )


class NumberSeriesView(ListView, DetailView, WritingViews, OrganizerView[NumberSeries]):
    """Running numbers of tickets, without gaps: a prefix and a number of at least ``width`` digits.

    ``next`` is the next number. Once one was taken, only the name can be changed.
    """

    verbose_name = "number series"
    example = {"id": 1, "name": "Admission 2027", "prefix": "A", "width": 5, "next": 401}
    serializer_class = NumberSeriesSerializer
    write_permissions = ("organizer.settings.general:write",)
    log_as = "numberseries"

    def get_queryset(self) -> QuerySet[NumberSeries]:
        return self.organizer.number_series.filter(is_test=False).order_by("pk")

    def scope(self) -> dict[str, Any]:
        return {"organizer": self.organizer}

    def remove(self, instance: NumberSeries) -> None:
        numbers.delete_series(series=instance)


class SeriesReference(Reference):
    """A number series of the organizer."""

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.context["view"].organizer.number_series.filter(is_test=False)
        return rows


class NumberAssignmentSerializer(serializers.ModelSerializer[NumberAssignment]):
    item = Reference("items")
    variation = VariationReference(required=False, allow_null=True)
    series = SeriesReference()

    class Meta:
        model = NumberAssignment
        fields = ("id", "item", "variation", "series")
        validators: tuple[Any, ...] = ()  # the service names the field

    def create(self, validated_data: Any) -> NumberAssignment:
        event = validated_data.pop("event")
        return numbers.save_assignment(
            assignment=NumberAssignment(), event=event, fields=validated_data
        )

    def update(self, instance: NumberAssignment, validated_data: Any) -> NumberAssignment:
        return numbers.save_assignment(
            assignment=instance, event=self.context["event"], fields=validated_data
        )


class NumberAssignmentView(ListView, DetailView, WritingViews, EventView[NumberAssignment]):
    """Which series numbers the tickets of a product; a variation's own goes before its product's.

    It counts for tickets that are created from now on.
    """

    verbose_name = "assignment of a number series"
    example = {"id": 1, "item": 23, "variation": None, "series": 1}
    serializer_class = NumberAssignmentSerializer
    write_permissions = ("event.items:write",)
    log_as = "numberassignment"

    def get_queryset(self) -> QuerySet[NumberAssignment]:
        rows = NumberAssignment.objects.filter(item__event=self.event)
        return rows.select_related("item", "variation").order_by("pk")


routes = [
    *organizer_routes("numberseries", NumberSeriesView, name="numberseries"),
    *event_routes("numberassignments", NumberAssignmentView, name="numberassignment"),
]
