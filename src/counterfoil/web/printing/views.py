"""The pages of prints: the list, and one print with its progress, warnings and download."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.display_names import names_of
from counterfoil.batches import services
from counterfoil.catalog.models import Event
from counterfoil.core.refusals import Conflict
from counterfoil.files.services import size
from counterfoil.jobs.queries import Phase, state_of
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.queries import prints_of
from counterfoil.printing.services import cancel_render
from counterfoil.web.batches.views import READ, batch_of
from counterfoil.web.framework.diagnostics import warnings_of
from counterfoil.web.framework.views import EventPage, event_routes


class Prints(EventPage):
    """Lists the prints of the event."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = self.rows(_prints_with_batches(self.event))
        context = {
            "rows": rows,
            "prints": rows.object_list,
            "names": names_of(each.requested_by for each in rows.object_list),
        }
        return self.render("web/printing/list.html", context)


class PrintBatch(EventPage):
    write_permissions = READ  # printing reads orders and changes none

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = batch_of(self.event, kwargs["batch"])
        print_request = services.request_print(actor=self.actor, batch=batch)
        return self.go("print", print_request.pk)


class _PrintPage(EventPage):
    """A page about one print."""

    def print_request(self) -> RenderRequest:
        """Return the print of this event that the path names."""
        print_request = get_object_or_404(_prints_with_batches(self.event), pk=self.kwargs["job"])
        print_request.event = self.event
        return print_request


class Print(_PrintPage):
    """Shows the progress of a print and, once it is done, its warnings and the download."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        print_request = self.print_request()
        state = state_of(print_request.job)
        requested_by = print_request.requested_by
        context = {
            "print": print_request,
            "job": print_request.job,
            "state": state,
            "is_done": state.phase is Phase.DONE,
            "is_mine": requested_by == self.actor.key,
            "batch": getattr(getattr(print_request, "batch_print", None), "batch", None),
            "requested_by": names_of([requested_by]).get(requested_by),
            "warnings": warnings_of(print_request.job.result),
            "bytes": _size(print_request),
            "download": _download_path(self, print_request),
        }
        template = "_print" if self.is_partial else "detail"
        return self.render(f"web/printing/{template}.html", context)


class CancelPrint(_PrintPage):
    """Cancels a print of your own. The page of jobs cancels those of others."""

    write_permissions = READ

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        print_request = self.print_request()
        if print_request.requested_by != self.actor.key:
            raise Http404
        try:
            cancel_render(actor=self.actor, request=print_request)
        except Conflict:
            messages.warning(request, _("This print job has already ended."))
        return self.go("print", print_request.pk)


def _prints_with_batches(event: Event) -> QuerySet[RenderRequest]:
    return prints_of(event).select_related("batch_print__batch")


def _size(print_request: RenderRequest) -> int | None:
    """Return the size of the PDF in bytes, or None if there is no file."""
    if not print_request.job.result_file:
        return None
    try:
        return size(print_request.job.result_file)
    except OSError:
        return None


def _download_path(page: EventPage, print_request: RenderRequest) -> str:
    """Return the path of the API that serves the file to the person who requested it."""
    batch_print = getattr(print_request, "batch_print", None)
    ids = [print_request.pk, print_request.file_id]
    if batch_print is None:
        return reverse("ticketpdfrenderer-download", args=[*page.scope_names(), *ids])
    return reverse(
        "offlinesalesbatch-download", args=[*page.scope_names(), batch_print.batch_id, *ids]
    )


routes = event_routes(
    path("batches/prints/", Prints.as_view(), name="prints"),
    path("batches/prints/<uuid:job>/", Print.as_view(), name="print"),
    path("batches/prints/<uuid:job>/cancel/", CancelPrint.as_view(), name="print-cancel"),
    path("batches/<int:batch>/print/", PrintBatch.as_view(), name="batch-print"),
)
