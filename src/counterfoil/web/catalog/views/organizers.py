"""The start page: which organizers there are for the reader. And an organizer's own settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog import services
from counterfoil.web.framework.views import FormPage, OrganizerPage, Page, organizer_routes


class Home(Page):
    """The reader's organizers; who has one only goes straight to it."""

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        organizers = list(self.actor.organizers().order_by("name")[:2])
        if len(organizers) == 1:
            return redirect("web:events", organizers[0].slug)
        rows = self.rows(self.actor.organizers().order_by("name", "pk"))
        return self.render("web/catalog/organizers/list.html", {"rows": rows})


class OrganizerForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)


class OrganizerSettings(FormPage, OrganizerPage):
    history = ("organizer", "organizer")
    read_permissions = write_permissions = ("organizer.settings.general:write",)
    title = _("Organizer settings")

    def form(self, *sent: Any) -> OrganizerForm:
        data = sent[0] if sent else None
        return OrganizerForm(data, initial={"name": self.organizer.name})

    def send(self, form: OrganizerForm) -> HttpResponse:
        changed = services.save_organizer(organizer=self.organizer, fields=form.cleaned_data)
        self.record("changed", changed, kind="organizer", data={"name": changed.name})
        return self.go("organizer-settings", said=_("Saved."))


routes = [
    path("", Home.as_view(), name="home"),
    *organizer_routes(path("settings/", OrganizerSettings.as_view(), name="organizer-settings")),
]
