"""The start page: which organizers and events there are for the reader."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path

from counterfoil.web.page import EventPage, OrganizerPage, Page, event_routes, organizer_routes


class Home(Page):
    """The reader's organizers; who has one only goes straight to it."""

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        organizers = list(self.actor.organizers().order_by("name")[:2])
        if len(organizers) == 1:
            return redirect("web:events", organizers[0].slug)
        rows = self.rows(self.actor.organizers().order_by("name"))
        return self.render("web/organizers/list.html", {"rows": rows})


class Events(OrganizerPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        rows = self.rows(self.actor.events(self.organizer).order_by("-date_from", "pk"))
        return self.render("web/events/list.html", {"rows": rows})


class EventStart(EventPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        return self.render("web/events/start.html")


routes = [
    path("", Home.as_view(), name="home"),
    *organizer_routes(path("", Events.as_view(), name="events")),
    *event_routes(path("", EventStart.as_view(), name="event")),
]
