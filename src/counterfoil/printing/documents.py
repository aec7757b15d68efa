"""Print the tickets of a request into one stored PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.audit import services as audit
from counterfoil.core import failpoints
from counterfoil.core.refusals import Invalid
from counterfoil.files import services as files
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import RESULTS
from counterfoil.layouts.engine_messages import translated
from counterfoil.layouts.queries import Choice
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.plans import plan_for
from counterfoil.printing.reports import report_json
from counterfoil.printing.variables.ticket_source import TicketSource
from counterfoil.render import Budget, Plan, Report, Ticket, TicketError, render_pdf


def print_requested(claim: Claim) -> None:
    """Print the tickets of a request and publish the PDF with its preflight report.

    The file name contains the attempt, so a stale worker cannot overwrite the file of another.

    Raises:
        Invalid: a layout, a background or a ticket cannot be printed.
        Gone: a ticket was deleted.
        Lost, Cancelled: another worker owns the job, or it was cancelled.
    """
    request = RenderRequest.objects.select_related("event__organizer").get(job=claim.job_id)
    choices = [Choice(**pinned) for pinned in request.layouts]
    plans = [
        # Two layouts may have the same name; findings must not be counted together.
        replace(plan_for(choice, printer_dpi=request.printer_dpi), name=str(index))
        for index, choice in enumerate(choices)
    ]
    name = f"{claim.job_id}.{claim.attempt}.pdf"
    with files.publish(RESULTS, name) as stream:
        report = _print(claim, request, plans, stream)
    with transaction.atomic():
        audit.record(
            actor=None,
            action="counterfoil.renderjob.done",
            obj=request,
            event=request.event,
            data={"pages": report.pages},
        )
        claim.finish(result=report_json(report, choices), result_file=f"{RESULTS}/{name}")


def _print(claim: Claim, request: RenderRequest, plans: list[Plan], stream: Any) -> Report:
    def progress(done: int) -> None:
        claim.check()
        claim.progress(done)

    try:
        return render_pdf(
            stream,
            _tickets(request, plans),
            title=str(request.event),
            language=request.event.locale,
            on_progress=progress,
            budget=ticket_budget(claim.check),
        )
    except TicketError as problem:
        raise ticket_refusal(problem) from None


def ticket_budget(check: Callable[[], None]) -> Budget:
    """Return what each ticket of a print may cost."""
    return Budget(characters=settings.TEXT_CHARACTERS, cpu_s=settings.TICKET_CPU_S, check=check)


def ticket_refusal(problem: TicketError) -> Invalid:
    """Say which ticket of a print cannot be drawn, and why."""
    return Invalid(
        _(
            "Ticket %(ticket)s cannot be printed, because of the element "
            "%(pointer)s of its layout: %(problem)s"
        )
        % {
            "ticket": problem.ticket,
            "pointer": problem.pointer,
            "problem": translated(problem.message),
        }
    )


def _tickets(request: RenderRequest, plans: list[Plan]) -> Iterator[tuple[Plan, Ticket]]:
    """Yield each ticket with its plan, in page order."""
    source = TicketSource(
        request.event,
        needs=frozenset().union(*(plan.needs for plan in plans)),
        images=frozenset().union(*(plan.images | plan.conditional_variables for plan in plans)),
        now=request.created,
    )
    half = len(request.parts) // 2
    tickets = source.tickets([position for position, _layout in request.parts])
    printed = zip(tickets, request.parts, strict=True)
    for number, (ticket, (_position, layout)) in enumerate(printed):
        if number == half:
            failpoints.reach("printing.half_rendered")
        yield plans[layout], ticket
