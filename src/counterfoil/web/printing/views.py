"""Prints: sent off, watched, looked through before they are fetched; who printed what, and when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.display_names import names_of
from counterfoil.batches import queries, services
from counterfoil.core.refusals import Conflict
from counterfoil.files.services import size
from counterfoil.jobs.queries import Phase, state_of
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.services import cancel_render
from counterfoil.web.batches.views.batches import READ, batch_of
from counterfoil.web.framework.diagnostics import warnings_of
from counterfoil.web.framework.views import EventPage, event_routes


class Prints(EventPage):
    """Everything that was sent to print in the event."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = self.rows(queries.prints_of(self.event))
        known = {"rows": rows, "prints": rows.object_list}
        names = names_of(each.requested_by for each in rows.object_list)
        return self.render("web/printing/list.html", {**known, "names": names})


class PrintBatch(EventPage):
    write_permissions = READ  # printing reads orders and changes none

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = batch_of(self.event, kwargs["batch"])
        asked = services.request_print(actor=self.actor, batch=batch)
        return self.go("print", asked.pk)


class _OfPrint(EventPage):
    """A page about one print."""

    def found(self) -> RenderRequest:
        """Return the print of this event that the path names."""
        found = get_object_or_404(queries.prints_of(self.event), pk=self.kwargs["job"])
        found.event = self.event
        return found


class Print(_OfPrint):
    """How a print stands; when it is done, what preflight says, and then the file."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        found = self.found()
        state = state_of(found.job)
        known = {
            "print": found,
            "job": found.job,
            "state": state,
            "is_done": state.phase is Phase.DONE,
            "is_mine": found.requested_by == self.actor.key,
            "batch": getattr(getattr(found, "batch_print", None), "batch", None),
            "who": names_of([found.requested_by]).get(found.requested_by),
            "warnings": warnings_of(found.job.result),
            "bytes": _size(found),
            "download": _download(self, found),
        }
        template = "_print" if self.is_partial else "detail"
        return self.render(f"web/printing/{template}.html", known)


class CancelPrint(_OfPrint):
    """Only whoever asked for a print calls it off here; the page of jobs is for the others."""

    write_permissions = READ

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        found = self.found()
        if found.requested_by != self.actor.key:
            raise Http404
        try:
            cancel_render(actor=self.actor, request=found)
        except Conflict:
            messages.warning(request, _("It was over already."))
        return self.go("print", found.pk)


def _size(found: RenderRequest) -> int | None:
    """Return how many bytes there are to fetch, if there are any."""
    if not found.job.result_file:
        return None
    try:
        return size(found.job.result_file)
    except OSError:
        return None


def _download(page: EventPage, found: RenderRequest) -> str:
    """Return where the API hands the file out to whoever asked for it."""
    of_batch = getattr(found, "batch_print", None)
    ids = [found.pk, found.file_id]
    if of_batch is None:
        return reverse("ticketpdfrenderer-download", args=[*page.scope_names(), *ids])
    return reverse(
        "offlinesalesbatch-download", args=[*page.scope_names(), of_batch.batch_id, *ids]
    )


routes = event_routes(
    path("batches/prints/", Prints.as_view(), name="prints"),
    path("batches/prints/<uuid:job>/", Print.as_view(), name="print"),
    path("batches/prints/<uuid:job>/cancel/", CancelPrint.as_view(), name="print-cancel"),
    path("batches/<int:batch>/print/", PrintBatch.as_view(), name="batch-print"),
)
