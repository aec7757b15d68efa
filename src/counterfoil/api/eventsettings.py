"""The settings of an event."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.base import EventView, WritingViews
from counterfoil.catalog import eventsettings
from counterfoil.catalog.models import Event


class SettingsSerializer(serializers.Serializer[Any]):
    """Any of the settings, by name. What kind of value each takes is the service's to say."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        super().to_internal_value(data)  # refuses what is no object, in the stock words
        return dict(data)

    def to_representation(self, instance: Event) -> dict[str, Any]:
        return eventsettings.settings_of(instance)


class SettingsView(WritingViews, EventView[Event]):
    """How an event sells and prints. Unknown names are ignored."""

    noun = "event setting"
    example = {"timezone": "Europe/Berlin", "locales": ["en", "de"], "name_scheme": "full"}
    request_examples = {"partial_update": {"ticket_download": True}}
    serializer_class = SettingsSerializer
    write_needs = ("event.settings.general:write",)
    log_as = "event"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.event).data)

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            event = eventsettings.change_settings(event=self.event, given=given.validated_data)
            self.record("changed", event)
        return Response(self.get_serializer(event).data)


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/settings/",
        SettingsView.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="event-settings",
    ),
]
