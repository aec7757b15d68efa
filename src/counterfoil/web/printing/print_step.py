"""The print step: choose what to print on, see it, and print it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.queries import names_of
from counterfoil.batches import prints as batch_prints
from counterfoil.core.ids import row_id
from counterfoil.core.refusals import Gone, Invalid, Refusal
from counterfoil.printing.finding_places import SampleFindings
from counterfoil.printing.models import Print
from counterfoil.printing.plans import fonts, plan_for
from counterfoil.printing.previews import draw_png, finest_dpi, sample_ticket
from counterfoil.printing.prints import prints_of
from counterfoil.printing.queries import prints_of as requests_of
from counterfoil.printing.sheet_previews import SheetPreview, preview_sheet
from counterfoil.render import Ticket, blank_background, compile_plan, read_layout, render_pdf
from counterfoil.render.units import Mm, pt
from counterfoil.web.batches.views import batch_of
from counterfoil.web.framework.diagnostics import warnings_of
from counterfoil.web.framework.views import EventPage, FormPage, event_routes
from counterfoil.web.layouts.views import DESIGN
from counterfoil.web.printing.prints_with import subject_of
from counterfoil.web.printing.step_forms import LABELS, PrintForm, RepeatForm

PRINTS = ("event.prints:write",)
_TICKET_DPI = 90
_EARLIER = 10


class PrintStep(FormPage, EventPage):
    """Asks what to print on. While something changes, htmx loads the preview again."""

    template = "web/printing/step.html"
    read_permissions = write_permissions = PRINTS

    def form(self, *sent: Any) -> PrintForm:
        batch = batch_of(self.event, self.kwargs["batch"])
        batch.event = self.event
        if sent:
            return PrintForm(batch, sent[0])
        return PrintForm(batch, self.request.GET if "mode" in self.request.GET else None)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form()
        if self.is_partial:
            return self.render("web/printing/_step_preview.html", self._preview(form))
        return self.shown(form)

    def shown(self, form: Any, *, status: int = 200) -> HttpResponse:
        printed = requests_of(self.event).filter(batch_print__batch=form.batch)
        prints = list(printed.select_related("batch_print__batch", "print")[:_EARLIER])
        context = {
            "form": form,
            "batch": form.batch,
            "prints": prints,
            "names": names_of(each.requested_by for each in prints),
            "may_print": True,
            **self._preview(form),
        }
        return self.render(self.template, context, status=status)

    def send(self, form: PrintForm) -> HttpResponseBase:
        spec, values = form.spec, form.cleaned_data
        printed = batch_prints.request_print(
            actor=self.actor,
            batch=form.batch,
            spec=replace(spec, is_proof="proof" in self.request.POST),
            tickets=values["tickets"] or None,
            layout=values["layout"],
        )
        return self.go("print", printed.request_id)

    def _preview(self, form: PrintForm) -> dict[str, Any]:
        """Return the sum in words and what preflight finds; or what is wrong with the form."""
        bound = form if form.is_bound else PrintForm(form.batch, {"mode": "page", "ink": "office"})
        context: dict[str, Any] = {"batch": form.batch, "query": self._query()}
        if not bound.is_valid():
            return context
        try:
            preview = preview_of(bound)
        except Refusal as refusal:
            context["refusals"] = (
                refusal.sentences if isinstance(refusal, Invalid) else [str(refusal)]
            )
            return context
        is_labels = bound.cleaned_data["mode"] == LABELS
        return {
            **context,
            "preview": preview,
            "has_back": has_back(bound),
            "sum": sum_in_words(preview.plan, has_cuts=not is_labels),
            "warnings": warnings_of(findings_of(bound, preview)),
            "may_edit_layouts": self.has_permission(DESIGN),
            "void": len(bound.chosen.void),
        }

    def _query(self) -> str:
        values = self.request.GET if self.request.method == "GET" else self.request.POST
        query = values.copy()
        for name in ("csrfmiddlewaretoken", "proof"):
            query.pop(name, None)
        return query.urlencode()


class SheetPicture(EventPage):
    """What the print step asks for as a PNG: its first sheet, a ticket, or a finding's place."""

    read_permissions = PRINTS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = batch_of(self.event, kwargs["batch"])
        batch.event = self.event
        form = PrintForm(batch, request.GET)
        if not form.is_valid():
            raise Http404
        try:
            picture = request.GET.get("picture")
            if picture == "ticket":
                plan = plan_for(form.choice())
                dpi = max(1, int(min(_TICKET_DPI, finest_dpi(plan, 1))))
                spoken = form.cleaned_data["locale"] or batch.locale
                subject = replace(subject_of(batch), locale=spoken)
                ticket = sample_ticket(plan, self.event, subject=subject)
                png = draw_png(plan, ticket, page=1, dpi=dpi)
            elif picture == "back":
                if not has_back(form):
                    raise Http404
                png = preview_of(form).png(page=2)
            elif picture == "finding":
                number = row_id(request.GET.get("finding", ""))
                findings = findings_of(form, preview_of(form))
                png = findings.draw(-1 if number is None else number).png
            else:
                png = preview_of(form).png()
        except (Gone, Invalid):
            raise Http404 from None
        response = HttpResponse(png, content_type="image/png")
        response["Cache-Control"] = "private, no-store"
        return response


class Ruler(EventPage):
    """A page with rulers of 100 mm, to measure what a printer makes of them."""

    read_permissions = PRINTS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        pdf = ruler_pdf(self.event.locale)
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = 'inline; filename="ruler.pdf"'
        return response


class RepeatSheets(FormPage, EventPage):
    """Prints damaged sheets again, as they were."""

    title = _("Replace damaged sheets")
    button = _("Print sheets again")
    write_permissions = read_permissions = PRINTS

    def form(self, *sent: Any) -> RepeatForm:
        return RepeatForm(*sent[:1])

    def printed(self) -> Print:
        listed = prints_of(self.event).select_related("repeats", "request__batch_print__batch")
        return get_object_or_404(listed, request_id=self.kwargs["job"])

    def more(self) -> dict[str, Any]:
        printed = self.printed()
        return {"back": self.link("print", printed.request_id)}

    def send(self, form: RepeatForm) -> HttpResponseBase:
        printed = self.printed()
        batch_print = getattr(printed.request, "batch_print", None)
        if batch_print is None:
            raise Http404
        repeated = batch_prints.repeat_sheets(
            actor=self.actor, batch=batch_print.batch, printed=printed, **form.cleaned_data
        )
        return self.go("print", repeated.request_id)


def preview_of(form: PrintForm) -> SheetPreview:
    """Draw the first sheet that a valid form asks for.

    Raises:
        Invalid: names the field.
    """
    return preview_sheet(
        event=form.event, spec=form.spec, amount=len(form.chosen.numbers), choice=form.choice()
    )


def has_back(form: PrintForm) -> bool:
    """Return whether tickets have a second page: it is printed behind the first."""
    return len(plan_for(form.choice()).pages) == 2


def findings_of(form: PrintForm, preview: SheetPreview) -> SampleFindings:
    """Return what preflight finds in a preview, with the places."""
    return SampleFindings(form.event, [form.choice()], preview.findings)


def sum_in_words(plan: dict[str, int], *, has_cuts: bool) -> str:
    """Say how much paper and how many cuts a print needs."""
    counts = {name: number_format(value, force_grouping=True) for name, value in plan.items()}
    if plan["cells"] == 1:
        text = ngettext(
            "%(tickets)s ticket, one a sheet: %(sheets)s sheet.",
            "%(tickets)s tickets, one a sheet: %(sheets)s sheets.",
            plan["tickets"],
        )
        return text % counts
    amount = gettext("%(tickets)s tickets, %(cells)s a sheet") % counts
    sheets = ngettext("%(sheets)s sheet", "%(sheets)s sheets", plan["sheets"]) % counts
    if not has_cuts:
        return f"{amount}: {sheets}."
    piles = gettext("%(cells)s piles") % counts
    cuts = ngettext("%(cuts)s cut", "%(cuts)s cuts", plan["cuts"]) % counts
    if plan["lifts"] == 1:
        return f"{amount}: {sheets}, {piles}, {cuts}."
    lifts = gettext("%(lifts)s lifts, each with %(piles)s and %(cuts)s")
    lifts %= {"lifts": counts["lifts"], "piles": piles, "cuts": cuts}
    return f"{amount}: {sheets}, {lifts}."


def cutting_steps(printed: Print) -> list[str]:
    """Say how to print, cut and stack, in the order of the work."""
    plan, sheet = printed.plan, printed.sheet
    steps = [
        gettext(
            "Print at actual size (100 %). Never choose “fit to page”: tickets would no longer "
            "lie under the cuts."
        )
    ]
    if sheet is None:
        return steps
    if sheet["duplex"]:
        edge = gettext("long edge") if sheet["duplex"] == "long" else gettext("short edge")
        steps.append(gettext("Print on both sides, flipped on the %(edge)s.") % {"edge": edge})
    if sheet["order"] == "cut_and_stack":
        if plan["lifts"] > 1:
            text = gettext("Cut lift by lift: %(depth)d sheets at a time, %(lifts)d lifts in all.")
            steps.append(text % {"depth": sheet["lift"], "lifts": plan["lifts"]})
        text = gettext("Each lift takes %(cuts)d cuts and gives %(cells)d piles.")
        steps.append(text % plan)
        steps.append(
            gettext(
                "Stack the piles: the one from the top left comes first, and each next one, row "
                "by row, goes under it."
            )
        )
        if plan["lifts"] > 1:
            steps.append(gettext("Put the stack of each lift under the one before."))
    elif plan["cuts"]:
        text = gettext("Each sheet takes %(cuts)d cuts. Tickets lie on it in order.")
        steps.append(text % plan)
    if sheet["descending"]:
        steps.append(
            gettext("The file begins with the last sheet, for printers that stack face up.")
        )
    return steps


def ruler_pdf(locale: str) -> bytes:
    """Draw an A4 page with rulers of 100 mm across and down."""
    elements: list[dict[str, Any]] = []
    for step in range(0, 101, 5):
        tick = 6 if step % 10 == 0 else 3
        elements.append(_line(40 + step, 200, 0, tick))
        elements.append(_line(40, 80 + step, -tick, 0))
    elements += [_line(40, 200, 100, 0), _line(40, 80, 0, 100)]
    elements += [_line(5, 292, 10, 0), _line(10, 287, 0, 10)]
    text = gettext("This line is 100 mm long.")
    cross = gettext("The middle of this cross is 10 mm from the left and 5 mm from the top.")
    elements += [_text(text, 40, 208), _text(text, 45, 130), _text(cross, 20, 283)]
    plan = compile_plan(read_layout(elements), blank_background(pt(Mm(210)), pt(Mm(297))), fonts())
    stream = io.BytesIO()
    render_pdf(stream, [(plan, Ticket("", {}, locale=locale))], title="100 mm", language=locale)
    return stream.getvalue()


def _line(left: float, bottom: float, width: float, height: float) -> dict[str, Any]:
    return {"type": "line", "left": left, "bottom": bottom, "width": width, "height": height}


def _text(text: str, left: float, bottom: float) -> dict[str, Any]:
    return {
        "type": "textarea",
        "left": left,
        "bottom": bottom,
        "width": 140,
        "content": "other",
        "text": text,
        "fontsize": 10,
        "fontfamily": "Open Sans",
        "bold": False,
        "italic": False,
        "align": "left",
        "color": [0, 0, 0],
    }


routes = event_routes(
    path("batches/<int:batch>/print/new/", PrintStep.as_view(), name="print-step"),
    path("batches/<int:batch>/print/picture/", SheetPicture.as_view(), name="print-step-picture"),
    path("batches/prints/ruler/", Ruler.as_view(), name="print-ruler"),
    path("batches/prints/<uuid:job>/sheets/", RepeatSheets.as_view(), name="print-sheets"),
)
