"""The form of a device."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterfoil.accounts.models import Device
from counterfoil.accounts.permissions import DEVICE_PROFILES
from counterfoil.web.accounts.forms.teams import EventsForm


class DeviceForm(EventsForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=190,
        help_text=gettext_lazy("Where the device is used, such as “North gate”."),
    )
    security_profile = forms.ChoiceField(
        label=gettext_lazy("Permissions"),
        choices=DEVICE_PROFILES,
        help_text=gettext_lazy("Limits what a lost device can do."),
    )
    field_order = ("name", "all_events", "limit_events", "security_profile")

    def __init__(self, *sent: Any, device: Device | None, **given: Any) -> None:
        chosen = list(device.limit_events.all()) if device else []
        super().__init__(*sent, chosen=chosen, initial=_initial(device, chosen), **given)

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        if not fields.get("all_events") and "limit_events" not in self.errors and not self.events():
            self.add_error("all_events", _("Choose at least one event, or all events."))
        return fields

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "name": given["name"],
            "all_events": given["all_events"],
            "limit_events": [] if given["all_events"] else self.events(),
            "security_profile": given["security_profile"],
        }


def _initial(device: Device | None, chosen: list[Any]) -> dict[str, Any]:
    if device is None:
        return {"all_events": True, "security_profile": "pretixscan"}
    return {
        "name": device.name,
        "all_events": device.all_events,
        "limit_events": chosen,
        "security_profile": device.security_profile,
    }
