"""Exports of an event as files: its check-in lists, scans, quotas and tickets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Event
from counterfoil.web.exports import tables
from counterfoil.web.exports.files import Table, file_of
from counterfoil.web.exports.forms import (
    CheckinListExportForm,
    ExportForm,
    QuotasExportForm,
    ScansExportForm,
    TicketsExportForm,
)
from counterfoil.web.framework.views import EventPage, event_routes

_READ = ("event.orders:read",)


@dataclass(frozen=True, slots=True)
class Export:
    label: Any
    about: Any
    form: type[ExportForm]
    table: Callable[[Event, dict[str, Any]], Table]


EXPORTS = {
    "checkinlist": Export(
        _("Check-in list"),
        _("Who is expected and who came. The PDF has a box to tick in each row."),
        CheckinListExportForm,
        tables.checkin_list,
    ),
    "scans": Export(_("Scans"), _("Every scan at the gate."), ScansExportForm, tables.scans),
    "quotas": Export(
        _("Quotas"), _("What is taken and what is left."), QuotasExportForm, tables.quotas
    ),
    "tickets": Export(
        _("Tickets"), _("All tickets, with the columns you need."), TicketsExportForm,
        tables.tickets,
    ),
}  # fmt: skip


class Exports(EventPage):
    read_permissions = _READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.shown({})

    def shown(self, sent: dict[str, ExportForm], *, status: int = 200) -> HttpResponseBase:
        exports = [
            (
                self.link(f"export-{name}"),
                export,
                sent.get(name) or export.form(event=self.event, name=name),
            )
            for name, export in EXPORTS.items()
        ]
        return self.render("web/exports/list.html", {"exports": exports}, status=status)


class ExportFile(Exports):
    """A file of one of the exports; what is wrong in its form stands at the field."""

    name: ClassVar[str] = ""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        name, export = self.name, EXPORTS[self.name]
        form = export.form(request.GET, event=self.event, name=name)
        kind = self.asked("format")
        if not form.is_valid() or kind not in export.form.kinds:
            return self.shown({name: form}, status=422)
        return file_of(export.table(self.event, form.cleaned_data), kind)


routes = event_routes(
    path("exports/", Exports.as_view(), name="exports"),
    *(
        path(f"exports/{name}/", ExportFile.as_view(name=name), name=f"export-{name}")
        for name in EXPORTS
    ),
)
