"""The record of numbered tickets, day by day, and its options."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from counterfoil.core.refusals import Invalid
from counterfoil.layouts.mentions import PRESETS
from counterfoil.orders.number_report import change_report, report_lines, report_of, sums_of
from counterfoil.printing.numberreport import missing_in
from counterfoil.web.framework.views import EventPage, FormPage, event_routes

_READ = ("event.orders:read",)
_WRITE = ("event.settings.general:write",)
_COUNTRIES = {"FR": _("France")}


class NumberReportPage(EventPage):
    read_permissions = _READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        since, until = _day(self.asked("since")), _day(self.asked("until"))
        lines = report_lines(self.event, first=since, last=until)
        report = report_of(self.event)
        days = {"since": since, "until": until}
        context = {
            "lines": lines,
            "sums": sums_of(lines),
            "report": report,
            "country": _COUNTRIES.get(report.preset),
            "advice": self._advice(report.preset) if report.preset else [],
            "query": {name: day.isoformat() if day else "" for name, day in days.items()},
            "files": reverse("numberreport", args=self.scope_names()),
            "asked": "".join(f"&{name}={day}" for name, day in days.items() if day),
        }
        return self.render("web/orders/numberreport.html", context)

    def _advice(self, preset: str) -> list[tuple[Any, list[str]]]:
        """Return the layouts that lack something, each with what."""
        advice = []
        for layout in self.event.ticket_layouts.order_by("name", "pk"):
            try:
                missing = missing_in(layout, preset=preset)
            except Invalid:
                continue  # it cannot be printed, and the editor says why
            if missing:
                labels = (str(each.mention.label) for each in missing)
                advice.append((layout, list(dict.fromkeys(labels))))
        return advice


class ReportOptionsForm(forms.Form):
    retention_years = forms.IntegerField(
        label=_("Keep lines for so many years"),
        min_value=1,
        max_value=30,
        help_text=_("Older lines are deleted. French law wants six years."),
    )
    preset = forms.ChoiceField(
        label=_("Compare layouts with the rules of"),
        required=False,
        choices=[("", _("no country")), *((key, _COUNTRIES[key]) for key in PRESETS)],
        help_text=_("Advice about what a ticket must say. It is no legal advice."),
    )


class NumberReportOptions(FormPage, EventPage):
    read_permissions = write_permissions = _WRITE
    title = _("Options of the number report")

    def form(self, *sent: Any) -> ReportOptionsForm:
        report = report_of(self.event)
        initial = {"retention_years": report.retention_years, "preset": report.preset}
        return ReportOptionsForm(sent[0] if sent else None, initial=initial)

    def more(self) -> dict[str, Any]:
        is_reader = self.has_permission(_READ)
        return {"back": self.link("numberreport" if is_reader else "event-settings")}

    def send(self, form: ReportOptionsForm) -> HttpResponse:
        change_report(actor=self.actor, event=self.event, fields=form.cleaned_data)
        is_reader = self.has_permission(_READ)
        return self.go("numberreport" if is_reader else "event-settings", said=_("Saved."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


routes = event_routes(
    path("number-report/", NumberReportPage.as_view(), name="numberreport"),
    path("number-report/options/", NumberReportOptions.as_view(), name="numberreport-options"),
)
