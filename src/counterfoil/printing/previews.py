"""Preview one ticket before printing: a real one, or a sample."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.catalog.models import Event
from counterfoil.core import clock, heavy
from counterfoil.core.refusals import Invalid
from counterfoil.layouts.messages import translated
from counterfoil.layouts.queries import Choice
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.plans import plan_for
from counterfoil.printing.variables.formatter import Formatter
from counterfoil.printing.variables.kinds import (
    EventContext,
    EventVariable,
    PictureVariable,
    Variable,
)
from counterfoil.printing.variables.registry import VariableTable
from counterfoil.printing.variables.ticket_source import TicketSource, with_region
from counterfoil.render import Budget, Plan, Ticket, TicketError, render_pdf
from counterfoil.render.values import Key

SAMPLE = "sample"
#: The name of a layout that has none yet.
UNSAVED = "not saved yet"
#: A preview is for a screen; a picture of more dots is a way to fill memory.
MAX_DPI = 300
#: A1 at 150 dpi; a page of five metres has as many at 20 dpi.
MAX_DOTS = 18_000_000


def preview_plan(
    *, elements: list[dict[str, Any]], background: int | None, name: str = UNSAVED
) -> Plan:
    """Return the plan of a saved or unsaved layout. Messages use its name.

    Raises:
        Invalid: it cannot be printed.
    """
    return plan_for(Choice(name, elements, background))


def real_ticket(plan: Plan, position: OrderPosition) -> Ticket:
    """Return the ticket of a position as printed now."""
    event = position.order.event
    source = TicketSource(event, needs=plan.needs, images=plan.images | plan.asked, now=clock.now())
    return next(source.tickets([position.pk]))


def sample_ticket(plan: Plan, event: Event, *, longest: bool = False) -> Ticket:
    """Return a ticket with the sample or the longest plausible value of each variable.

    Variables of the event have their real values.
    """
    table = VariableTable(event)
    locale = with_region(event.locale, event.region)
    values: dict[Key, str | None] = {}
    for key in plan.needs:
        name, spoken = key if isinstance(key, tuple) else (key, locale)
        variable = table.find(name)
        if variable is not None:
            language = Formatter(spoken, event.tz)
            values[key] = _longest(variable) if longest else _sample(variable, event, language)
    pictures = (name for name in plan.images if isinstance(table.find(name), PictureVariable))
    return Ticket(SAMPLE, values, dict.fromkeys(pictures), locale=locale)


def samples(event: Event) -> Iterator[tuple[Variable, str]]:
    """Yield the variables of an event, each with its sample value."""
    language = Formatter(with_region(event.locale, event.region), event.tz)
    for variable in VariableTable(event):
        yield variable, _sample(variable, event, language)


def finest_dpi(plan: Plan, page: int) -> float:
    """Return the maximum resolution of a page in dots per inch."""
    paper = plan.pages[page - 1].background
    square_inches = paper.width * paper.height / 72**2
    return min(MAX_DPI, math.sqrt(MAX_DOTS / square_inches))


def preview_budget() -> Budget:
    """Return the budget of one preview."""
    return Budget(characters=settings.TEXT_CHARACTERS, cpu_s=settings.PREVIEW_CPU_S)


def draw_pdf(plan: Plan, ticket: Ticket, *, title: str) -> bytes:
    """Print one ticket.

    Raises:
        Invalid: it cannot be printed.
        TooBusy: too many previews are being drawn.
    """
    stream = io.BytesIO()
    items, budget = [(plan, ticket)], preview_budget()
    try:
        with heavy.slot():
            render_pdf(stream, items, title=title, language=ticket.locale, budget=budget)
    except TicketError as problem:
        raise _refused(problem) from None
    return stream.getvalue()


def draw_png(plan: Plan, ticket: Ticket, *, page: int, dpi: int) -> bytes:
    """Draw one page of one ticket.

    Raises:
        Invalid: it cannot be printed, there is no such page, or it would be too large a picture.
        TooBusy: too many previews are being drawn.
    """
    from counterfoil.render.preview import render_png  # a PDF viewer: only who previews loads it

    if not 1 <= page <= len(plan.pages):
        raise Invalid({"page": [_pages(len(plan.pages))]})
    finest = math.floor(finest_dpi(plan, page))
    if not 1 <= dpi <= finest:
        raise Invalid({"dpi": [_("Use 1 to %(finest)d dots per inch.") % {"finest": finest}]})
    try:
        with heavy.slot():
            return render_png(plan, ticket, page=page, dpi=dpi, budget=preview_budget())
    except TicketError as problem:
        raise _refused(problem) from None


def _sample(variable: Variable, event: Event, language: Formatter) -> str:
    if isinstance(variable, EventVariable):
        return (
            variable.evaluate(EventContext(event, None, clock.now()), language) or variable.sample
        )
    return variable.sample


def _longest(variable: Variable) -> str:
    return variable.longest or variable.sample


def _pages(count: int) -> str:
    words = ngettext("This layout has %(count)d page.", "This layout has %(count)d pages.", count)
    return words % {"count": count}


def _refused(problem: TicketError) -> Invalid:
    return Invalid({"layout": [f"{problem.pointer}: {translated(problem.message)}"]})
