"""The dates of a series."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from counterfoil.batches.printed import printed_of_date
from counterfoil.catalog import dates, saving
from counterfoil.catalog.models import SubEvent
from counterfoil.catalog.queries import containing, ended_before
from counterfoil.checkin import lists
from counterfoil.core import clock
from counterfoil.core.ids import row_id
from counterfoil.core.refusals import Invalid, Refusal
from counterfoil.core.transactions import late_atomic
from counterfoil.web.catalog.forms.subevents import RepeatForm, SubEventForm
from counterfoil.web.framework.forms.dates import date_label
from counterfoil.web.framework.views import ConfirmPage, EventPage, FormPage, event_routes

#: What tickets say of their date.
_ON_PAPER = frozenset(("name", "date_from", "date_to", "date_admission", "location", "prices"))
#: Dates that a preview shows, and refusals that a bulk action names.
_PREVIEWED, _TOLD = 24, 5
#: What the list can be sorted by.
_SORTED = {"begin": "date_from", "state": "active"}
_SHOWN = {
    "": _("All"),
    "upcoming": _("Upcoming"),
    "past": _("Past"),
    "inactive": _("Not active"),
}


class SeriesPage(EventPage):
    """A page of a series. A single event has no dates, and no pages of them."""

    write_permissions = ("event.subevents:write",)

    subevent: SubEvent

    def find_scope(self) -> None:
        super().find_scope()
        if "subevent" in self.kwargs:
            self.subevent = get_object_or_404(self.event.subevents, pk=self.kwargs["subevent"])
            self.subevent.event = self.event


class SubEvents(SeriesPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        words, show = self.asked("q"), self.asked("show")
        found = _shown(self.event.subevents.all(), show)
        if words:
            found = found.filter(containing(words, "name", "location"))
        rows = self.rows(self.in_order(found, _SORTED, "begin"))
        known = {
            "rows": rows,
            "sold": saving.protected(rows.object_list),
            "words": words,
            "show": show if show in _SHOWN else "",
            "shown": _SHOWN.items(),
        }
        return self.render("web/catalog/subevents/list.html", known)


def _shown(rows: QuerySet[SubEvent], show: str) -> QuerySet[SubEvent]:
    over = ended_before(clock.now())
    wanted = {"upcoming": ~over, "past": over, "inactive": Q(active=False)}
    return rows.filter(wanted.get(show, Q()))


class SubEventAdd(FormPage, SeriesPage):
    read_permissions = SeriesPage.write_permissions
    template = "web/catalog/subevents/form.html"
    title = _("New date")
    button = _("Create date")

    def form(self, *sent: Any) -> SubEventForm:
        return SubEventForm(*sent, event=self.event)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("subevents")}

    def send(self, form: SubEventForm) -> HttpResponse:
        made = dates.create_subevent(
            event=self.event,
            fields=form.values(),
            items=form.prices.item_overrides(),
            variations=form.prices.variation_overrides(),
        )
        self.record("added", made, kind="subevent", data={"fields": sorted(form.values())})
        return self.go("subevents", said=_("The date was created. Add a quota for it next."))


class SubEventEdit(FormPage, SeriesPage):
    history = ("subevent", "subevent")
    read_permissions = SeriesPage.write_permissions
    template = "web/catalog/subevents/form.html"
    title = _("Date of the series")

    def form(self, *sent: Any) -> SubEventForm:
        return SubEventForm(*sent, event=self.event, subevent=self.subevent)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("subevents"), "subevent": self.subevent}

    def send(self, form: SubEventForm) -> HttpResponse:
        changed = dates.change_subevent(
            subevent=self.subevent,
            fields=form.values(),
            items=form.prices.item_overrides(),
            variations=form.prices.variation_overrides(),
        )
        fields = sorted([*form.changed_data, *(["prices"] if form.prices.has_changed() else [])])
        self.record("changed", changed, kind="subevent", data={"fields": fields})
        if _ON_PAPER & set(fields):
            self.tell_printed(printed_of_date(self.subevent))
        return self.go("subevents", said=_("Saved."))


class SubEventActive(SeriesPage):
    """Switches a date on or off."""

    def post(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        active = request.POST.get("active") == "yes"
        changed = dates.change_subevent(subevent=self.subevent, fields={"active": active})
        self.record("changed", changed, kind="subevent", data={"active": active})
        said = _("The date is active.") if active else _("The date is no longer active.")
        return self.go("subevents", said=said)


class SubEventRepeat(FormPage, SeriesPage):
    """More dates like one."""

    read_permissions = SeriesPage.write_permissions
    template = "web/catalog/subevents/repeat.html"
    title = _("Repeat this date")
    button = _("Create dates")

    def form(self, *sent: Any) -> RepeatForm:
        return RepeatForm(*sent[:1], subevent=self.subevent)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not self.is_partial:
            return super().get(request, **kwargs)
        form = self.form(request.GET)
        return self.render("web/catalog/subevents/_preview.html", {"preview": self._preview(form)})

    def more(self) -> dict[str, Any]:
        usual = self.form()
        first = {name: usual[name].value() for name in usual.fields}
        return {
            "back": self.link("subevents"),
            "subevent": self.subevent,
            "preview": self._preview(self.form(first)),
        }

    def _preview(self, form: RepeatForm) -> dict[str, Any]:
        """Return which dates a rule makes, as far as it can be read."""
        if not form.is_valid():
            return {"is_unread": True}
        moments = dates.further_dates(self.subevent, form.rule())
        return {
            "moments": moments[:_PREVIEWED],
            "count": min(len(moments), dates.MOST_COPIES),
            "more": max(min(len(moments), dates.MOST_COPIES) - _PREVIEWED, 0),
            "is_too_many": len(moments) > dates.MOST_COPIES,
        }

    def send(self, form: RepeatForm) -> HttpResponse:
        given = form.cleaned_data
        made = dates.repeat_by_rule(
            subevent=self.subevent,
            rule=form.rule(),
            with_quotas=given["with_quotas"],
            active=given["active"],
        )
        for each in made:
            self.record("added", each, kind="subevent", data={"like": self.subevent.pk})
        if given["with_lists"]:
            for gate in self.subevent.event.checkin_lists.filter(subevent=self.subevent):
                lists.copy_to_dates(checkin_list=gate, subevents=made, actor=self.actor)
        said = ngettext("%(count)d date was created.", "%(count)d dates were created.", len(made))
        return self.go("subevents", said=said % {"count": len(made)})


class SubEventsBulk(SeriesPage):
    """Does the same with several dates."""

    def post(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        keys = {key for text in request.POST.getlist("ticket") if (key := row_id(text))}
        action = request.POST.get("action", "")
        done, refused = 0, []
        for subevent in self.event.subevents.filter(pk__in=keys).order_by("date_from", "pk"):
            subevent.event = self.event
            try:
                with late_atomic():
                    self._one(action, subevent)
                done += 1
            except Refusal as problem:
                refused.append(f"{date_label(subevent)}: {problem}")
        words = ngettext("%(count)d date changed.", "%(count)d dates changed.", done)
        if refused:
            messages.warning(request, " · ".join(refused[:_TOLD]))
        return self.go("subevents", said=words % {"count": done})

    def _one(self, action: str, subevent: SubEvent) -> None:
        if action in ("activate", "deactivate"):
            is_active = action == "activate"
            dates.change_subevent(subevent=subevent, fields={"active": is_active})
            self.record("changed", subevent, kind="subevent", data={"active": is_active})
        elif action == "delete":
            self.record("deleted", subevent, kind="subevent")
            dates.delete_subevent(subevent=subevent)
        else:
            raise Invalid(str(_("There is no such action.")))


class SubEventDelete(ConfirmPage, SeriesPage):
    read_permissions = SeriesPage.write_permissions

    def question(self) -> Any:
        return _("Delete the date “%(date)s”?") % {"date": date_label(self.subevent)}

    def consequence(self) -> Any:
        return _("Its quotas are deleted too. A date with tickets cannot be deleted.")

    def back(self) -> str:
        return self.link("subevents")

    def carry_out(self) -> HttpResponse:
        self.record("deleted", self.subevent, kind="subevent")
        dates.delete_subevent(subevent=self.subevent)
        return self.go("subevents", said=_("The date was deleted."))


routes = event_routes(
    path("dates/bulk/", SubEventsBulk.as_view(), name="subevents-bulk"),
    path("dates/", SubEvents.as_view(), name="subevents"),
    path("dates/new/", SubEventAdd.as_view(), name="subevent-add"),
    path("dates/<int:subevent>/", SubEventEdit.as_view(), name="subevent"),
    path("dates/<int:subevent>/active/", SubEventActive.as_view(), name="subevent-active"),
    path("dates/<int:subevent>/repeat/", SubEventRepeat.as_view(), name="subevent-repeat"),
    path("dates/<int:subevent>/delete/", SubEventDelete.as_view(), name="subevent-delete"),
)
