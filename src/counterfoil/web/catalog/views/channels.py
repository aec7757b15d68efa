"""Where an organizer's tickets are sold: the web shop that every organizer has, and their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog import saving, services
from counterfoil.catalog.models import SalesChannel
from counterfoil.web.catalog.forms.channels import ChannelForm
from counterfoil.web.framework.forms.translated import in_page_language
from counterfoil.web.framework.views import ConfirmPage, FormPage, OrganizerPage, organizer_routes

_WRITE = ("organizer.settings.general:write",)


class Channels(OrganizerPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        rows = self.rows(self.organizer.sales_channels.order_by("position", "pk"))
        known = {"rows": rows, "used": saving.protected(rows.object_list)}
        return self.render("web/catalog/channels/list.html", known)


class ChannelAdd(FormPage, OrganizerPage):
    read_permissions = write_permissions = _WRITE
    title = _("New sales channel")

    def form(self, *sent: Any) -> ChannelForm:
        return ChannelForm(*sent[:1])

    def more(self) -> dict[str, Any]:
        return {"back": self.link("channels")}

    def send(self, form: ChannelForm) -> HttpResponse:
        made = services.save_channel(
            channel=None, organizer=self.organizer, fields={**form.cleaned_data, "type": "api"}
        )
        self.record("added", made, kind="saleschannel", data={"identifier": made.identifier})
        return self.go("channels", said=_("The sales channel was created."))


class ChannelPage(OrganizerPage):
    channel: SalesChannel

    def find_scope(self) -> None:
        super().find_scope()
        self.channel = get_object_or_404(self.organizer.sales_channels, pk=self.kwargs["channel"])


class ChannelEdit(FormPage, ChannelPage):
    history = ("saleschannel", "channel")
    read_permissions = write_permissions = _WRITE
    title = _("Sales channel")

    def form(self, *sent: Any) -> ChannelForm:
        return ChannelForm(*sent[:1], channel=self.channel)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("channels")}

    def send(self, form: ChannelForm) -> HttpResponse:
        changed = services.save_channel(
            channel=self.channel, organizer=self.organizer, fields=form.cleaned_data
        )
        data = {"fields": sorted(form.changed_data)}
        self.record("changed", changed, kind="saleschannel", data=data)
        return self.go("channels", said=_("Saved."))


class ChannelDelete(ConfirmPage, ChannelPage):
    read_permissions = write_permissions = _WRITE

    def question(self) -> Any:
        return _("Delete the sales channel “%(channel)s”?") % {
            "channel": in_page_language(self.channel.label) or self.channel.identifier
        }

    def consequence(self) -> Any:
        return _("A sales channel with orders cannot be deleted.")

    def back(self) -> str:
        return self.link("channels")

    def carry_out(self) -> HttpResponse:
        self.record("deleted", self.channel, kind="saleschannel")
        services.delete_channel(channel=self.channel)
        return self.go("channels", said=_("The sales channel was deleted."))


routes = organizer_routes(
    path("channels/", Channels.as_view(), name="channels"),
    path("channels/new/", ChannelAdd.as_view(), name="channel-add"),
    path("channels/<int:channel>/", ChannelEdit.as_view(), name="channel"),
    path("channels/<int:channel>/delete/", ChannelDelete.as_view(), name="channel-delete"),
)
