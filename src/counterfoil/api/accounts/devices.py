"""Devices of an organizer: announced here, so that an app can initialize itself."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from counterfoil.accounts import devices
from counterfoil.accounts.actors import Actor, Reach
from counterfoil.accounts.models import Device
from counterfoil.api.checkin.examples import DEVICE
from counterfoil.api.framework.device_profiles import PROFILES
from counterfoil.api.framework.fields import Moment
from counterfoil.api.framework.filters import Flag
from counterfoil.api.framework.views import (
    DetailView,
    ListView,
    OrganizerView,
    WritingViews,
    organizer_routes,
)
from counterfoil.catalog.models import Event


class EventReference(serializers.SlugRelatedField[Event]):
    """An event of the organizer that the actor may see, by its slug."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="slug", queryset=Event.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[Event]:
        view: DeviceView = self.context["view"]
        return view.actor.events(view.organizer)

    def to_internal_value(self, data: Any) -> Event:
        if not isinstance(data, str):
            self.fail("invalid")
        event: Event = super().to_internal_value(data)
        return event


class DeviceSerializer(serializers.ModelSerializer[Device]):
    limit_events = EventReference(many=True, required=False)
    security_profile = serializers.ChoiceField(["full", *PROFILES], required=False)
    initialization_token = serializers.SerializerMethodField()
    created = Moment(read_only=True)
    initialized = Moment(read_only=True, allow_null=True)

    class Meta:
        model = Device
        fields = (
            "device_id",
            "unique_serial",
            "initialization_token",
            "all_events",
            "limit_events",
            "revoked",
            "name",
            "created",
            "initialized",
            "hardware_brand",
            "hardware_model",
            "os_name",
            "os_version",
            "software_brand",
            "software_version",
            "security_profile",
        )
        read_only_fields = (
            "device_id",
            "unique_serial",
            "hardware_brand",
            "hardware_model",
            "os_name",
            "os_version",
            "software_brand",
            "software_version",
        )

    def get_initialization_token(self, device: Device) -> str | None:
        """It gives access to whoever knows it: only for those who could give the same access."""
        view: DeviceView = self.context["view"]
        return device.initialization_token if view.may_set_up(device) else None

    def create(self, validated_data: Any) -> Device:
        validated_data.pop("revoked", None)  # nobody announces a device that may not come
        return devices.create_device(**validated_data, by=self._actor)

    def update(self, instance: Device, validated_data: Any) -> Device:
        return devices.change_device(device=instance, fields=validated_data, by=self._actor)

    @property
    def _actor(self) -> Actor:
        view: DeviceView = self.context["view"]
        return view.actor


class DeviceFilters(django_filters.FilterSet):  # type: ignore[misc]
    revoked = Flag()
    security_profile = django_filters.CharFilter()


class DeviceView(ListView, DetailView, WritingViews, OrganizerView[Device]):
    """Scanners and other devices with access to events of the organizer."""

    verbose_name = "device"
    example = DEVICE
    serializer_class = DeviceSerializer
    filterset_class = DeviceFilters
    ordering_fields = ("device_id", "name", "created", "initialized")
    lookup_field = "device_id"
    http_method_names = ["get", "post", "put", "patch", "head", "options"]
    read_permissions = ("organizer.devices:read",)
    write_permissions = ("organizer.devices:write",)
    log_as = "device"

    def get_queryset(self) -> QuerySet[Device]:
        visible = devices.visible_devices(self.actor, self.organizer).select_related("organizer")
        return visible.prefetch_related("limit_events").order_by("device_id")

    def may_set_up(self, device: Device) -> bool:
        """Tell whether the actor may let this device in."""
        reaches: dict[str, Reach] = self.__dict__.setdefault("_reaches", {})
        profile = device.security_profile
        if profile not in reaches:
            reaches[profile] = devices.reach_for(self.actor, self.organizer, profile)
        events = [event.pk for event in device.limit_events.all()]
        return self.has_permission(self.write_permissions) and reaches[profile].covers(
            all_events=device.all_events, events=events
        )

    def scope(self) -> dict[str, Any]:
        return {"organizer": self.organizer}


routes = organizer_routes("devices", DeviceView, name="device")
