"""Preview one ticket before printing: a real one, or a sample."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.catalog.models import Event
from counterfoil.core import clock, heavy
from counterfoil.core.refusals import Invalid
from counterfoil.layouts.engine_messages import translated
from counterfoil.layouts.queries import Choice
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.plans import plan_for
from counterfoil.printing.queries import may_be_downloaded
from counterfoil.printing.samples import SampleValues, Subject, usual_subject
from counterfoil.printing.variables.formatter import Formatter
from counterfoil.printing.variables.kinds import PictureVariable
from counterfoil.printing.variables.registry import VariableTable
from counterfoil.printing.variables.ticket_source import (
    TEST,
    TicketSource,
    read_picture,
    with_region,
)
from counterfoil.render import (
    Budget,
    Inspected,
    Overprint,
    Plan,
    Ticket,
    TicketError,
    print_inspected,
    render_pdf,
)
from counterfoil.render.images import Image
from counterfoil.render.messages import Message
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
    """Return the ticket of a position as printed now.

    One that admits nobody, since it is cancelled or not paid, has its codes painted over.
    """
    event = position.order.event
    source = TicketSource(
        event, needs=plan.needs, images=plan.images | plan.conditional_variables, now=clock.now()
    )
    ticket = next(source.tickets([position.pk]))
    if position.canceled or not may_be_downloaded(position.order):
        return replace(ticket, overprint=Overprint(_("NOT VALID"), spoils_codes=True))
    return ticket


def sample_ticket(
    plan: Plan, event: Event, *, longest: bool = False, subject: Subject | None = None
) -> Ticket:
    """Return a ticket of nobody for a product on a date, the usual one if none is named.

    With ``longest``, what differs from ticket to ticket has its longest plausible value.
    """
    table = VariableTable(event)
    sampled = SampleValues(event, subject or usual_subject(event))
    locale = with_region((subject and subject.locale) or event.locale, event.region)
    values: dict[Key, str | None] = {}
    for key in plan.needs:
        name, key_locale = key if isinstance(key, tuple) else (key, locale)
        variable = table.find(name)
        if variable is not None:
            formatter = Formatter(key_locale, event.tz)
            longest_one = longest and (variable.longest or variable.sample)
            values[key] = longest_one or sampled.of(variable, formatter)
    images: dict[str, Image | None] = {}
    broken: dict[str, Message] = {}
    for name in plan.images:
        picture = table.find(name)
        if isinstance(picture, PictureVariable):
            try:
                images[name] = None if picture.columns else read_picture(picture.find() or "")
            except FileNotFoundError:
                broken[name] = Message("image.gone")
    overprint = TEST if subject and subject.testmode else None
    return Ticket(SAMPLE, values, images, broken, locale, overprint)


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


def draw_inspected(
    plan: Plan, ticket: Ticket, *, page: int, dpi: int
) -> tuple[bytes, list[Inspected]]:
    """Draw one page of one ticket without what cannot be printed, and find problems meanwhile.

    Raises:
        CostlyTicketError: it takes too long.
        TooBusy: too many previews are being drawn.
    """
    from counterfoil.render.preview import draw_page

    with heavy.slot():
        pdf, inspected = print_inspected(plan, ticket, budget=preview_budget())
        return draw_page(pdf, page, dpi), inspected


def _pages(count: int) -> str:
    words = ngettext("This layout has %(count)d page.", "This layout has %(count)d pages.", count)
    return words % {"count": count}


def _refused(problem: TicketError) -> Invalid:
    return Invalid({"layout": [f"{problem.pointer}: {translated(problem.message)}"]})
