"""What a device asks for itself: access, its own data, what to scan for now.

These paths have no slash at the end. A team's token is no device: here it counts as none.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.accounts import devices
from counterfoil.accounts.actors import DeviceActor
from counterfoil.accounts.models import Device
from counterfoil.api.checkin.examples import (
    DEVICE_ACCESS,
    DEVICE_FACTS,
    DEVICE_INFO,
    DEVICE_SELECTION,
)
from counterfoil.api.framework.auth import DeviceAuthentication
from counterfoil.api.framework.fields import Json
from counterfoil.api.framework.views import ApiView
from counterfoil.audit import services as audit
from counterfoil.checkin.event_selection import EventContext, running_event, select_event
from counterfoil.checkin.models import CheckinList
from counterfoil.core import clock
from counterfoil.core.ids import row_id
from counterfoil.core.language import active_language
from counterfoil.core.translated import resolve


class FactsSerializer(serializers.ModelSerializer[Device]):
    """What an app says about what it runs on."""

    hardware_brand = serializers.CharField(max_length=190)
    hardware_model = serializers.CharField(max_length=190)
    os_name = serializers.CharField(max_length=190, required=False, allow_null=True)
    os_version = serializers.CharField(max_length=190, required=False, allow_null=True)
    software_brand = serializers.CharField(max_length=190)
    software_version = serializers.CharField(max_length=190)
    info = Json(required=False, allow_null=True)
    rsa_pubkey = serializers.CharField(
        max_length=10_000, required=False, allow_null=True, allow_blank=True
    )

    class Meta:
        model = Device
        fields: tuple[str, ...] = (
            "hardware_brand",
            "hardware_model",
            "os_name",
            "os_version",
            "software_brand",
            "software_version",
            "info",
            "rsa_pubkey",
        )


class InitializeSerializer(FactsSerializer):
    token = serializers.CharField(max_length=190)

    class Meta(FactsSerializer.Meta):
        fields = ("token", *FactsSerializer.Meta.fields)


class DeviceAccessSerializer(serializers.Serializer[Device]):
    """A device with its token, which is the one it calls with."""

    organizer = serializers.CharField(source="organizer.slug")
    device_id = serializers.IntegerField()
    unique_serial = serializers.CharField()
    api_token = serializers.SerializerMethodField()
    name = serializers.CharField()
    security_profile = serializers.CharField()
    gate = serializers.SerializerMethodField()

    def get_api_token(self, _device: Device) -> str:
        token: str = self.context["token"]
        return token

    @extend_schema_field({"type": ["integer", "null"]})
    def get_gate(self, _device: Device) -> None:
        return None  # gates are not managed here


class InitializeView(ApiView[Device]):
    """Gives access to who shows an initialization token."""

    verbose_name = "device"
    example = DEVICE_ACCESS
    request_examples = {"initialize": {"token": "kqf8yj5zw2s", **DEVICE_FACTS}}
    authentication_classes = ()
    permission_classes = (AllowAny,)
    secret_actions = frozenset({"initialize"})

    @extend_schema(request=InitializeSerializer, responses=DeviceAccessSerializer)
    def initialize(self, request: Request) -> Response:
        """Initialize a device."""
        serializer = InitializeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        facts = dict(serializer.validated_data)
        with transaction.atomic():
            device, raw = devices.initialize_device(token=facts.pop("token"), facts=facts)
            _record(device, "initialized")
        return _with_token(device, raw)


class DeviceSelfView(ApiView[Device]):
    """A device's own data and access."""

    verbose_name = "device"
    example = DEVICE_ACCESS
    action_examples = {"info": DEVICE_INFO, "select": DEVICE_SELECTION}
    request_examples = {"update": DEVICE_FACTS}
    authentication_classes = (DeviceAuthentication,)
    secret_actions = frozenset({"roll", "update", "revoke"})

    @property
    def device(self) -> Device:
        actor = self.actor
        assert isinstance(actor, DeviceActor)  # noqa: S101 — no other credentials are read here
        return actor.device

    @extend_schema(responses={200: dict})
    def info(self, request: Request) -> Response:
        """Tell a device about itself and this server."""
        return Response(
            {
                "device": _credentials(self.device, _raw_token(request)),
                "server": {"version": DEVICE_INFO["server"]["version"]},
                "medium_key_sets": [],
            }
        )

    @extend_schema(request=FactsSerializer, responses=DeviceAccessSerializer)
    def update(self, request: Request) -> Response:
        """Keep what the app says about its hardware and software now."""
        serializer = FactsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            device = devices.update_device(device=self.device, facts=serializer.validated_data)
            _record(device, "changed")
        return _with_token(device, _raw_token(request))

    @extend_schema(request=None, responses=DeviceAccessSerializer)
    def roll(self, request: Request) -> Response:
        """Exchange the token; the old one is dead at once."""
        with transaction.atomic():
            raw = devices.roll_device(device=self.device)
            _record(self.device, "token_rolled")
        return _with_token(self.device, raw)

    @extend_schema(request=None, responses=DeviceAccessSerializer)
    def revoke(self, request: Request) -> Response:
        """Give up the device's access for good."""
        with transaction.atomic():
            devices.revoke_device(device=self.device)
            _record(self.device, "revoked")
        return _with_token(self.device, _raw_token(request))


class EventSelectionView(DeviceSelfView):
    """What a device should scan for now."""

    @extend_schema(
        parameters=[
            OpenApiParameter("current_event", str),
            OpenApiParameter("current_subevent", int),
            OpenApiParameter("current_checkinlist", int),
        ],
        responses={200: dict, 304: None},
    )
    def select(self, request: Request) -> Response:
        """Choose an event, a date and a check-in list."""
        events = self.actor.events(self.device.organizer)
        now = clock.now()
        current = _Current(request)
        running = running_event(events, now, event=current.event, subevent=current.subevent)
        chosen = running or select_event(events, now)
        if chosen is None:
            raise NotFound(_("There is no event that this device could scan for."))
        lists = chosen.lists()
        checkin_list = lists.filter(pk=current.checkinlist or 0).first() or lists.first()
        if current.is_good(chosen, checkin_list):
            return Response(status=status.HTTP_304_NOT_MODIFIED)
        return Response(_selection(chosen, checkin_list))


class _Current:
    """What the device is set to, as its query says; what cannot be read is nothing."""

    def __init__(self, request: Request) -> None:
        self.event = request.query_params.get("current_event", "")
        self.subevent = row_id(request.query_params.get("current_subevent"))
        self.checkinlist = row_id(request.query_params.get("current_checkinlist"))

    def is_good(self, chosen: EventContext, checkin_list: CheckinList | None) -> bool:
        list_id = checkin_list.pk if checkin_list else None
        return chosen.is_of(self.event, self.subevent) and self.checkinlist == list_id


def _selection(chosen: EventContext, checkin_list: CheckinList | None) -> dict[str, Any]:
    return {
        "event": {
            "slug": chosen.event.slug,
            "name": resolve(chosen.event.name, active_language()),
        },
        "subevent": chosen.subevent.pk if chosen.subevent else None,
        "checkinlist": checkin_list.pk if checkin_list else None,
    }


def _raw_token(request: Request) -> str:
    """Return the token of the request; the database stores only its hash."""
    return get_authorization_header(request).split()[1].decode()


def _with_token(device: Device, raw: str) -> Response:
    return Response(_credentials(device, raw))


def _credentials(device: Device, raw: str) -> dict[str, Any]:
    return dict(DeviceAccessSerializer(device, context={"token": raw}).data)


def _record(device: Device, verb: str) -> None:
    audit.record(
        actor=DeviceActor(device),
        action=f"counterfoil.device.{verb}",
        obj=device,
        organizer=device.organizer,
    )


def _self(name: str, method: str, action: str) -> Any:
    view = DeviceSelfView.as_view({method: action})
    return path(f"device/{name}", view, name=f"device-{name}")


routes = [
    path(
        "device/initialize",
        InitializeView.as_view({"post": "initialize"}),
        name="device-initialize",
    ),
    _self("info", "get", "info"),
    _self("update", "post", "update"),
    _self("roll", "post", "roll"),
    _self("revoke", "post", "revoke"),
    path(
        "device/eventselection",
        EventSelectionView.as_view({"get": "select"}),
        name="device-eventselection",
    ),
]
