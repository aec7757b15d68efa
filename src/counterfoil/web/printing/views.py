"""The pages of prints: the list, and one print with its progress, warnings and download."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.queries import names_of
from counterfoil.batches import services
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.prints import times_printed
from counterfoil.catalog.models import Event
from counterfoil.core.ranges import format_ranges, ranges_of
from counterfoil.core.refusals import Conflict, Gone, Invalid
from counterfoil.files.services import size
from counterfoil.jobs.queries import Phase, state_of
from counterfoil.layouts.builtin import built_in_layout
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.queries import BUILT_IN, Choice
from counterfoil.printing.access_log import record_preview
from counterfoil.printing.finding_places import PrintFindings
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.queries import prints_of
from counterfoil.printing.services import cancel_render
from counterfoil.web.batches.views import READ, batch_of
from counterfoil.web.framework.diagnostics import warnings_of
from counterfoil.web.framework.views import EventPage, event_routes
from counterfoil.web.layouts.views import DESIGN, sample_picture
from counterfoil.web.printing.forms import PrintAgainForm, PrinterForm
from counterfoil.web.printing.print_step import PRINTS, cutting_steps
from counterfoil.web.printing.prints_with import subject_of


class Prints(EventPage):
    """Lists the prints of the event."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = self.rows(_prints_with_batches(self.event))
        context = {
            "rows": rows,
            "prints": rows.object_list,
            "names": names_of(each.requested_by for each in rows.object_list),
            "may_print": self.has_permission(PRINTS),
        }
        return self.render("web/printing/list.html", context)


class PrintBatch(EventPage):
    """Prints a batch without its void tickets; asks why if some were printed before."""

    write_permissions = READ  # printing reads orders and changes none

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = batch_of(self.event, kwargs["batch"])
        form = PrinterForm(request.POST)
        if not form.is_valid():
            raise Invalid({name: [*map(str, texts)] for name, texts in form.errors.items()})
        reason = ""
        if printed := set(times_printed(batch)):
            again = PrintAgainForm(request.POST if "reason" in request.POST else None)
            if not again.is_valid():
                return self._ask(batch, again, printed)
            reason = again.cleaned_data["reason"]
        print_request = services.request_print(
            actor=self.actor,
            batch=batch,
            printer_dpi=form.cleaned_data["printer_dpi"],
            reason=reason,
            leave_out_void=True,
        )
        return self.go("print", print_request.pk)

    def _ask(
        self, batch: OfflineSalesBatch, form: PrintAgainForm, printed: set[int]
    ) -> HttpResponse:
        form.initial["printer_dpi"] = self.request.POST.get("printer_dpi", "")
        context = {
            "batch": batch,
            "form": form,
            "printed": format_ranges(ranges_of(printed)),
            "count": len(printed),
        }
        status = 422 if form.is_bound else 200
        return self.render("web/printing/again.html", context, status=status)


class _PrintPage(EventPage):
    """A page about one print."""

    def print_request(self) -> RenderRequest:
        """Return the print of this event that the path names."""
        print_request = get_object_or_404(_prints_with_batches(self.event), pk=self.kwargs["job"])
        print_request.event = self.event
        return print_request


class Print(_PrintPage):
    """Shows the progress of a print and, once it is done, its warnings and the download."""

    history = ("renderjob", "shown")
    read_permissions = READ
    shown: RenderRequest

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        print_request = self.shown = self.print_request()
        state = state_of(print_request.job)
        requested_by = print_request.requested_by
        details = getattr(print_request, "print", None)
        batch_print = getattr(print_request, "batch_print", None)
        batch = batch_print.batch if batch_print else None
        context = {
            "details": details,
            "steps": cutting_steps(details) if details is not None else (),
            "handovers": details.handovers.order_by("pk") if details is not None else (),
            "print": print_request,
            "job": print_request.job,
            "state": state,
            "is_done": state.phase is Phase.DONE,
            "may_print": self.has_permission(PRINTS),
            "is_mine": requested_by == self.actor.key,
            "may_download": requested_by == self.actor.key
            or (details is not None and self.has_permission(PRINTS)),
            "until": print_request.job.expires if details is None else details.file_until,
            "batch": batch,
            "reason": batch_print.reason if batch_print else "",
            "left_out": batch_print.void if batch_print else "",
            "requested_by": names_of([requested_by]).get(requested_by),
            "warnings": warnings_of(PrintFindings(print_request)),
            "may_edit_layouts": self.has_permission(DESIGN),
            "bytes": _size(print_request),
            "download": _download_path(self, print_request),
            "layouts": list(_layouts_of(self, print_request)),
            "has_test_tickets": batch is not None and batch.testmode,
        }
        template = "_print" if self.is_partial else "detail"
        return self.render(f"web/printing/{template}.html", context)


class FindingPicture(_PrintPage):
    """Shows the place of a finding on the first ticket that has it."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            places = PrintFindings(self.print_request())
            drawn = places.draw(kwargs["number"])
            position = places.position(drawn.ticket)
        except (Gone, Invalid):
            raise Http404 from None
        # It may show the code of a ticket that is valid.
        record_preview(actor=self.actor, position=position, layout=drawn.layout)
        headers = {"Cache-Control": "private, no-store"}
        return HttpResponse(drawn.png, content_type="image/png", headers=headers)


class PrintPicture(_PrintPage):
    """The first page of a print, with a ticket of nobody in the place of its first."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        print_request = self.print_request()
        batch = getattr(getattr(print_request, "batch_print", None), "batch", None)
        subject = subject_of(batch) if batch else None
        if not print_request.layouts:
            raise Http404
        choice = Choice(**print_request.layouts[print_request.parts[0][1]])
        return sample_picture(request, self.event, choice, subject)


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
    return prints_of(event).select_related("batch_print__batch", "print__repeats")


@dataclass(frozen=True, slots=True)
class PrintedLayout:
    """A layout as a print has it. ``current`` is the event's layout of that name, if any."""

    name: str
    version: str
    is_built_in: bool
    is_forgotten: bool
    current: TicketLayout | None

    @property
    def has_changed(self) -> bool:
        """Whether tickets that are printed now look different."""
        if self.current is None:
            return False
        elements = self.current.layout or built_in_layout()
        return Choice("", elements, self.current.background_id).version != self.version


def _layouts_of(page: EventPage, print_request: RenderRequest) -> Iterator[PrintedLayout]:
    """Yield the layouts of a print as they were when it was requested."""
    layouts = {layout.name: layout for layout in TicketLayout.objects.filter(event=page.event)}
    for each in print_request.layouts:
        choice = Choice(**each)
        is_built_in = choice.name == BUILT_IN
        yield PrintedLayout(
            name=gettext(BUILT_IN) if is_built_in else choice.name,
            version=choice.version,
            is_built_in=is_built_in,
            is_forgotten=is_built_in and bool(layouts),
            current=None if is_built_in else layouts.get(choice.name),
        )


def _size(print_request: RenderRequest) -> int | None:
    """Return the size of the PDF in bytes, or None if there is no file."""
    details = getattr(print_request, "print", None)
    name = print_request.job.result_file if details is None else details.file
    if not name:
        return None
    try:
        return size(name)
    except OSError:
        return None


def _download_path(page: EventPage, print_request: RenderRequest) -> str:
    """Return the path of the API that serves the file to the person who requested it."""
    batch_print = getattr(print_request, "batch_print", None)
    details = getattr(print_request, "print", None)
    if details is not None and batch_print is not None:
        names = [*page.scope_names(), batch_print.batch_id, details.pk]
        return reverse("batchprint-download", args=names)
    ids = [print_request.pk, print_request.file_id]
    if batch_print is None:
        return reverse("ticketpdfrenderer-download", args=[*page.scope_names(), *ids])
    return reverse(
        "offlinesalesbatch-download", args=[*page.scope_names(), batch_print.batch_id, *ids]
    )


routes = event_routes(
    path("batches/prints/", Prints.as_view(), name="prints"),
    path("batches/prints/<uuid:job>/", Print.as_view(), name="print"),
    path(
        "batches/prints/<uuid:job>/findings/<int:number>/picture.png",
        FindingPicture.as_view(),
        name="print-finding",
    ),
    path("batches/prints/<uuid:job>/picture.png", PrintPicture.as_view(), name="print-picture"),
    path("batches/prints/<uuid:job>/cancel/", CancelPrint.as_view(), name="print-cancel"),
    path("batches/<int:batch>/print/", PrintBatch.as_view(), name="batch-print"),
)
