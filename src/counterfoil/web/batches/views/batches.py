"""An event's batches: made, being made, come to nothing; and each one's facts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from counterfoil.accounts.display_names import names_of
from counterfoil.batches import queries, wishes
from counterfoil.batches.models import BatchRequest, OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.core.ids import row_id
from counterfoil.jobs.models import Job
from counterfoil.web.framework.views import EventPage, event_routes

READ = ("event.orders:read",)
WRITE = ("event.orders:write",)
FIRST = 10

#: What the list can be narrowed down to.
STATES: dict[str, tuple[Job.State, ...]] = {
    "under_way": (Job.State.WAITING, Job.State.RUNNING),
    "done": (Job.State.DONE,),
    "failed": (Job.State.FAILED,),
    "cancelled": (Job.State.CANCELLED,),
}


class Batches(EventPage):
    """Each batch that was asked for. While one is under way the list looks again by itself."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = self.rows(self._found())
        shown = wishes.with_things(self.event, rows.object_list)
        known = {"rows": rows, "wishes": shown, "is_moving": _is_moving(shown)}
        if self.is_partial:
            return self.render("web/batches/_list.html", known)
        return self.render("web/batches/list.html", {**known, **self._choices()})

    def _found(self) -> QuerySet[BatchRequest]:
        found = wishes.wishes_of(self.event)
        if text := self.asked("q"):
            found = wishes.matching(found, text, self.event)
        if states := STATES.get(self.asked("state")):
            found = wishes.in_states(found, states)
        for name in ("item", "subevent"):
            if (key := row_id(self.asked(name))) is not None:
                found = wishes.for_product_or_date(found, **{name: key})
        return found

    def _choices(self) -> dict[str, Any]:
        dates = self.event.subevents.order_by("date_from", "pk")
        return {
            "items": self.event.items.order_by("position", "pk"),
            "dates": dates if self.event.has_subevents else (),
            "asked": {name: self.asked(name) for name in ("q", "state", "item", "subevent")},
            "is_narrowed": any(map(self.asked, ("q", "state", "item", "subevent"))),
        }


class Batch(EventPage):
    """One batch: what is in it, its first tickets, its files, and who printed it."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = batch_of(self.event, kwargs["batch"])
        prints = list(queries.prints_of(self.event).filter(batch_print__batch=batch)[:FIRST])
        requested_by = getattr(getattr(batch, "request", None), "requested_by", "")
        known = {
            "batch": batch,
            "tickets": queries.shown_tickets(batch)[:FIRST],
            "prints": prints,
            "requested_by": requested_by,
            "names": names_of([requested_by, *(each.requested_by for each in prints)]),
            "entered": queries.entries_of(batch),
            "cancelled": queries.cancelled_of(batch),
            "tables": tables_of(self, batch),
        }
        return self.render("web/batches/detail.html", known)


def batch_of(event: Event, key: int) -> OfflineSalesBatch:
    """Find a batch with what its page shows.

    Raises:
        Http404: it is none of this event.
    """
    found = queries.batches_of(event).select_related(
        "item", "variation", "subevent", "layout", "request", "sales_channel", "event__organizer"
    )
    return get_object_or_404(found, pk=key)


def tables_of(page: EventPage, batch: OfflineSalesBatch) -> str:
    """Return where the tickets of a batch are to be had as a table: the API writes it."""
    return reverse("offlinesalesbatch-tickets", args=[*page.scope_names(), batch.pk])


def _is_moving(shown: list[wishes.Wish]) -> bool:
    return any(wish.request.job.state in STATES["under_way"] for wish in shown)


routes = event_routes(
    path("batches/", Batches.as_view(), name="batches"),
    path("batches/<int:batch>/", Batch.as_view(), name="batch"),
)
