"""Scanners of an organizer: announced here, set up by showing them a code, revoked."""

from __future__ import annotations

import json
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts import devices
from counterfoil.accounts.models import Device
from counterfoil.accounts.permissions import DEVICE_PROFILES
from counterfoil.web.accounts.forms.devices import DeviceForm
from counterfoil.web.framework.addresses import site_address
from counterfoil.web.framework.qrcode import drawn
from counterfoil.web.framework.views import ConfirmPage, FormPage, OrganizerPage, organizer_routes

#: The form of the code that pretix's apps read when they are set up.
_HANDSHAKE = 1


#: What the list can be sorted by.
_SORTED = {"number": "device_id", "name": "name"}


class DevicesPage(OrganizerPage):
    read_permissions = ("organizer.devices:read",)
    write_permissions = ("organizer.devices:write",)


class WritingPage(DevicesPage):
    """A page that is of no use to whoever may only look."""

    read_permissions = DevicesPage.write_permissions


class DevicePage(DevicesPage):
    """A page about one device."""

    device: Device

    def find_scope(self) -> None:
        super().find_scope()
        visible = devices.visible_devices(self.actor, self.organizer)
        self.device = get_object_or_404(visible, device_id=self.kwargs["device"])
        self.device.organizer = self.organizer

    def device_link(self) -> str:
        return self.link("device", self.device.device_id)


class Devices(DevicesPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        visible = devices.visible_devices(self.actor, self.organizer)
        found = visible.order_by("revoked", "-device_id")
        if self.asked("sort"):
            found = self.in_order(visible, _SORTED, "-number")
        words = self.asked("q")
        if words:
            found = found.filter(name__icontains=words)
        found = found.annotate(event_count=Count("limit_events"))
        return self.render(
            "web/accounts/devices/list.html", {"rows": self.rows(found), "words": words}
        )


class DeviceDetail(DevicePage):
    history = ("device", "device")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        device = self.device
        if self.is_partial:  # asked again and again until it has signed in
            is_ready = device.initialized is not None or device.revoked
            return HttpResponse(headers={"HX-Refresh": "true"} if is_ready else {})
        known = {
            "device": device,
            "unreachable": _is_local(site_address(request)),
            "limit_events": device.limit_events.order_by("-date_from", "pk"),
            "profile": dict(DEVICE_PROFILES).get(device.security_profile, device.security_profile),
            "address": site_address(request),
        }
        if self._is_waiting():
            known["qr"] = drawn(self._handshake(), _("QR code for setting up the device"))
        return self.render("web/accounts/devices/detail.html", known)

    def _is_waiting(self) -> bool:
        """Whether the reader may set it up now. The code lets in whoever sees it."""
        device = self.device
        is_new = device.initialized is None and not device.revoked
        reach = devices.reach_for(self.actor, self.organizer, device.security_profile)
        return (
            is_new
            and self.has_permission(DevicesPage.write_permissions)
            and reach.covers(
                all_events=device.all_events,
                events=device.limit_events.values_list("pk", flat=True),
            )
        )

    def _handshake(self) -> str:
        return json.dumps(
            {
                "handshake_version": _HANDSHAKE,
                "url": site_address(self.request),
                "token": self.device.initialization_token,
            }
        )


def _is_local(address: str) -> bool:
    """Tell whether an address means this computer, so that it is none for a phone."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class _DeviceForm(FormPage, OrganizerPage):
    template = "web/accounts/devices/edit.html"
    device: Device | None = None

    def form(self, *sent: Any) -> DeviceForm:
        events = self.actor.events(self.organizer)
        return DeviceForm(*sent, device=self.device, events=events)


class DeviceAdd(_DeviceForm, WritingPage):
    title = _("New device")
    button = _("Create device")

    def more(self) -> dict[str, Any]:
        return {"back": self.link("devices")}

    def send(self, form: DeviceForm) -> HttpResponse:
        given = form.values()
        device = devices.create_device(organizer=self.organizer, **given, by=self.actor)
        self.record("added", device, kind="device", data=form.logged())
        return self.go("device", device.device_id, said=_("The device was created."))


class DeviceEdit(_DeviceForm, DevicePage, WritingPage):
    title = _("Change device")
    device: Device

    def more(self) -> dict[str, Any]:
        return {"back": self.device_link()}

    def send(self, form: DeviceForm) -> HttpResponse:
        device = devices.change_device(device=self.device, fields=form.values(), by=self.actor)
        self.record("changed", device, kind="device", data=form.logged())
        return self.go("device", device.device_id, said=_("The device was changed."))


class DeviceRevoke(ConfirmPage, DevicePage, WritingPage):
    button = _("Revoke")

    def question(self) -> Any:
        return _("Revoke the device “%(name)s”?") % {"name": self.device.name}

    def consequence(self) -> Any:
        return _("The device loses access immediately and permanently. Its scans are kept.")

    def back(self) -> str:
        return self.device_link()

    def carry_out(self) -> HttpResponse:
        devices.revoke_device(device=self.device, by=self.actor)
        self.record("revoked", self.device, kind="device")
        return self.go("device", self.device.device_id, said=_("The device was revoked."))


routes = organizer_routes(
    path("devices/", Devices.as_view(), name="devices"),
    path("devices/add/", DeviceAdd.as_view(), name="device-add"),
    path("devices/<int:device>/", DeviceDetail.as_view(), name="device"),
    path("devices/<int:device>/edit/", DeviceEdit.as_view(), name="device-edit"),
    path("devices/<int:device>/revoke/", DeviceRevoke.as_view(), name="device-revoke"),
)
