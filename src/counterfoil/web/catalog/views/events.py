"""An organizer's events: found, made, changed, deleted; and where an event begins."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.teams import show_to_maker
from counterfoil.audit import services as audit
from counterfoil.audit.queries import latest_entries
from counterfoil.batches.printed import printed_of_event
from counterfoil.batches.queries import batches_of
from counterfoil.batches.stats import event_stats
from counterfoil.catalog import saving, services
from counterfoil.catalog.cloning import clone_event
from counterfoil.catalog.eventsettings import change_settings
from counterfoil.catalog.models import Event, Item
from counterfoil.catalog.queries import containing, event_ended_before, quotas_of
from counterfoil.checkin.lists import save_list
from counterfoil.core import clock
from counterfoil.orders.queries import availability
from counterfoil.printing.queries import prints_of
from counterfoil.provisioning.example import make_example
from counterfoil.web.catalog.forms.events import EventCopyForm, EventForm
from counterfoil.web.catalog.onboarding import onboarding_steps
from counterfoil.web.framework.labels import NAMED_ACTIONS
from counterfoil.web.framework.views import (
    ConfirmPage,
    EventPage,
    FormPage,
    OrganizerPage,
    event_routes,
    organizer_routes,
)

_CREATE = ("organizer.events:create",)
_SETTINGS = ("event.settings.general:write",)

#: What tickets say of their event.
_ON_PAPER = frozenset(
    ("name", "date_from", "date_to", "date_admission", "timezone", "location", "region", "locale",
     "event_info_text", "organizer_info_text")
)  # fmt: skip
#: What the overview shows of each kind.
_FEW = 6
#: What the list can be sorted by.
_SORTED = {"name": "slug", "begin": "date_from"}
#: What ``?show=`` may be.
_SHOWN = {
    "": _("All"),
    "upcoming": _("Upcoming"),
    "past": _("Past"),
    "series": _("Series"),
    "testmode": _("In test mode"),
}


class Events(OrganizerPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        words, show = self.asked("q"), self.asked("show")
        found = _shown(self.actor.events(self.organizer), show)
        if words:
            found = found.filter(containing(words, "name", "slug", "location"))
        known = {
            "rows": self.rows(self.in_order(found, _SORTED, "-begin")),
            "words": words,
            "show": show if show in _SHOWN else "",
            "shown": _SHOWN.items(),
        }
        return self.render("web/catalog/events/list.html", known)


def _shown(events: QuerySet[Event], show: str) -> QuerySet[Event]:
    over = event_ended_before(clock.now())
    wanted = {
        "upcoming": ~over,
        "past": over,
        "series": Q(has_subevents=True),
        "testmode": Q(testmode=True),
    }
    return events.filter(wanted.get(show, Q()))


class EventAdd(FormPage, OrganizerPage):
    read_permissions = write_permissions = _CREATE
    template = "web/catalog/events/form.html"
    title = _("New event")
    button = _("Create event")

    def form(self, *sent: Any) -> EventForm:
        return EventForm(*sent, organizer=self.organizer)

    def more(self) -> dict[str, Any]:
        return {"is_first": not self.organizer.events.exists()}

    def send(self, form: EventForm) -> HttpResponse:
        made = services.create_event(organizer=self.organizer, fields=form.values())
        change_settings(event=made, changes=form.printed())
        show_to_maker(actor=self.actor, event=made)
        self.record(
            "added",
            made,
            kind="event",
            data={"fields": sorted({**form.values(), **form.printed()})},
        )
        # Scanners need one; its name is the gate's.
        first = {"name": str(_("Entrance")), "all_products": True}
        save_list(event=made, checkin_list=None, fields=first, actor=self.actor)
        return self.go("event", made.slug, said=_("The event was created."))


class EventCopy(FormPage, EventPage):
    """Makes an event with the settings, products, layouts and check-in lists of another."""

    title = _("Copy event")
    button = _("Create copy")
    read_permissions = write_permissions = _CREATE

    def has_permission(self, needs: tuple[str, ...]) -> bool:
        """Making events is a right in the organizer."""
        return (
            OrganizerPage.has_permission(self, needs)
            if needs == _CREATE
            else (super().has_permission(needs))
        )

    def form(self, *sent: Any) -> EventCopyForm:
        return EventCopyForm(*sent[:1], event=self.event)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("event")}

    def send(self, form: EventCopyForm) -> HttpResponse:
        made = clone_event(source=self.event, fields=form.values())
        show_to_maker(actor=self.actor, event=made)
        audit.record(
            actor=self.actor,
            action="counterfoil.event.added",
            obj=made,
            event=made,
            data={"cloned_from": self.event.slug},
        )
        messages.success(self.request, _("The event was copied. It is not live yet."))
        return redirect("web:event", self.organizer.slug, made.slug)


class ExampleEvent(OrganizerPage):
    """One click makes an event with all that belongs to it, to look around in."""

    write_permissions = _CREATE

    def post(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        made = make_example(organizer=self.organizer, actor=self.actor)
        show_to_maker(actor=self.actor, event=made)
        said = _(
            "This is an example event. Try everything. Its tickets stay in the ledger, so take it "
            "offline when you are done."
        )
        return self.go("event", made.slug, said=said)


class EventOverview(EventPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        known = {"figures": event_stats(self.event), "steps": onboarding_steps(self)}
        quotas = list(quotas_of(self.event).order_by("subevent__date_from", "pk")[:_FEW])
        counted = availability(quotas)
        known["quotas"] = [(quota, counted[quota.pk]) for quota in quotas]
        if self.has_permission(("event.orders:read",)):
            known["batches"] = (
                batches_of(self.event).select_related("item", "variation").order_by("-pk")[:_FEW]
            )
            known["prints"] = prints_of(self.event)[:_FEW]
        known["entries"] = latest_entries(self.actor, self.event, NAMED_ACTIONS, _FEW)
        return self.render("web/catalog/events/overview.html", known)


class EventSettings(FormPage, EventPage):
    history = ("event", "event")
    read_permissions = write_permissions = _SETTINGS
    template = "web/catalog/events/form.html"
    title = _("Event settings")

    def form(self, *sent: Any) -> EventForm:
        return EventForm(*sent, organizer=self.organizer, event=self.event)

    def more(self) -> dict[str, Any]:
        may_copy = OrganizerPage.has_permission(self, _CREATE)
        return {
            "back": self.link("event"),
            "copy": self.link("event-copy") if may_copy else "",
            "delete": "" if self._is_needed() else self.link("event-delete"),
        }

    def _is_needed(self) -> bool:
        """Whether the event cannot be deleted."""
        return self.event.orders.exists() or bool(saving.protected([self.event], besides=(Item,)))

    def send(self, form: EventForm) -> HttpResponse:
        changed = services.change_event(event=self.event, fields=form.values())
        change_settings(event=changed, changes=form.printed())
        self.record("changed", changed, kind="event", data={"fields": sorted(form.changed_data)})
        if _ON_PAPER & set(form.changed_data):
            self.tell_printed(printed_of_event(changed))
        return self.go("event-settings", said=_("Saved."))


class EventDelete(ConfirmPage, EventPage):
    read_permissions = write_permissions = _SETTINGS

    def question(self) -> Any:
        return _("Delete the event “%(event)s”?") % {"event": self.event}

    def consequence(self) -> Any:
        return _(
            "Its products, quotas and layouts are deleted too. An event with orders "
            "cannot be deleted."
        )

    def back(self) -> str:
        return self.link("event-settings")

    def carry_out(self) -> HttpResponse:
        self.record("deleted", self.event, kind="event", data={"slug": self.event.slug})
        services.delete_event(event=self.event)
        messages.success(self.request, _("The event was deleted."))
        return redirect("web:events", self.organizer.slug)


routes = [
    *organizer_routes(
        path("", Events.as_view(), name="events"),
        path("new-event/", EventAdd.as_view(), name="event-add"),
        path("example-event/", ExampleEvent.as_view(), name="event-example"),
    ),
    *event_routes(
        path("", EventOverview.as_view(), name="event"),
        path("settings/", EventSettings.as_view(), name="event-settings"),
        path("copy/", EventCopy.as_view(), name="event-copy"),
        path("delete/", EventDelete.as_view(), name="event-delete"),
    ),
]
