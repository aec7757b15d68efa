"""The settings of an event."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.views import EventView, WritingViews
from counterfoil.catalog import eventsettings
from counterfoil.catalog.models import Event
from counterfoil.core.ids import row_id

_FLAGS = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}


class SettingsSerializer(serializers.Serializer[Any]):
    """Any of the settings, by name. The service checks their values."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        super().to_internal_value(data)  # refuses what is no object, in the stock words
        return _in_form(data) if isinstance(data, QueryDict) else dict(data)

    def to_representation(self, instance: Event) -> dict[str, Any]:
        return eventsettings.settings_of(instance)


def _in_form(form: QueryDict) -> dict[str, Any]:
    values: dict[str, Any] = {name: _parse_value(name, text) for name, text in form.dict().items()}
    return {**values, "locales": form.getlist("locales")} if "locales" in form else values


def _parse_value(name: str, text: Any) -> Any:
    """Read a text as what the setting holds; what is none of it is the service's to refuse."""
    default = eventsettings.DEFAULTS.get(name)
    if isinstance(default, bool):
        return _FLAGS.get(str(text).lower(), text)
    if isinstance(default, int):
        number = row_id(text)
        return text if number is None else number
    return text


class SettingsView(WritingViews, EventView[Event]):
    """How an event sells and prints. Unknown names are ignored."""

    verbose_name = "event setting"
    example = {"timezone": "Europe/Berlin", "locales": ["en", "de"], "name_scheme": "full"}
    request_examples = {"partial_update": {"ticket_download": True}}
    serializer_class = SettingsSerializer
    write_permissions = ("event.settings.general:write",)
    log_as = "event"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.event).data)

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            event = eventsettings.change_settings(
                event=self.event, changes=serializer.validated_data
            )
            self.record("changed", event)
        return Response(self.get_serializer(event).data)


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/settings/",
        SettingsView.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="event-settings",
    ),
]
