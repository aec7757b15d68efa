"""Draws a layout that nobody has saved yet: the page, where its elements are, and what is wrong.

What cannot be drawn is left out and said; the rest is drawn all the same, since whoever types a
number has a wrong one half of the time.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event
from counterfoil.core import heavy
from counterfoil.core.refusals import Invalid
from counterfoil.layouts.builtin import built_in_layout
from counterfoil.layouts.engine_messages import translated
from counterfoil.layouts.models import Background
from counterfoil.layouts.services import read_readable
from counterfoil.orders.models import OrderPosition
from counterfoil.printing import previews
from counterfoil.printing.plans import plan_of_elements
from counterfoil.render import (
    CostlyTicketError,
    Extent,
    Inspected,
    Plan,
    Problem,
    Ticket,
)
from counterfoil.render.elements.base import Element
from counterfoil.render.units import mm
from counterfoil.web.editor.parsing import EditorJsonView, PictureAsked

_COARSEST_DPI = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """What the editor is told. ``problems`` keep elements from being printed."""

    problems: list[dict[str, str]]
    answer: dict[str, Any]


def draw(event: Event, asked: PictureAsked, position: OrderPosition | None) -> Picture:
    """Draw one page of a ticket: a real one, or else a sample.

    Raises:
        Problematic: nothing at all can be drawn.
        TooBusy: too many previews are being drawn.
    """
    with heavy.slot():
        return _draw(event, asked, position)


def draw_proof(event: Event, asked: PictureAsked, position: OrderPosition | None) -> str:
    """Print a ticket with a layout that is not saved yet; return the PDF as a data URL.

    Raises:
        EditorJsonView: the layout cannot be printed.
        Invalid: the ticket cannot be printed.
        TooBusy: too many previews are being drawn.
    """
    readable, problems = read_readable(asked.elements or built_in_layout())
    if problems:
        raise EditorJsonView([_told_problem(problem) for problem in problems])
    plan = _plan(readable.values(), asked.background)
    ticket = _ticket(plan, event, asked, position)
    pdf = previews.draw_pdf(plan, ticket, title=str(event))
    return f"data:application/pdf;base64,{base64.b64encode(pdf).decode('ascii')}"


def _draw(event: Event, asked: PictureAsked, position: OrderPosition | None) -> Picture:
    elements = asked.elements or built_in_layout()  # an empty layout prints with these
    readable, unreadable = read_readable(elements)
    problems, indexes = list(unreadable), list(readable)
    plan = _plan(readable.values(), asked.background)
    ticket = _ticket(plan, event, asked, position)
    page, dpi = _page_and_dpi(plan, asked)
    try:
        png, elements_drawn = previews.draw_inspected(plan, ticket, page=page, dpi=dpi)
    except CostlyTicketError as error:
        index = indexes[int(error.pointer.removeprefix("/"))]
        raise EditorJsonView.at(f"/{index}", translated(error.message)) from None
    inspected = {indexes[each.index]: each for each in elements_drawn}
    unprintable = {index: each.problem for index, each in inspected.items() if each.problem}
    problems += [Problem(f"/{index}", why) for index, why in unprintable.items()]
    problems += [
        Problem(f"/{indexes[each.order]}", each.diagnostic.detail) for each in plan.unplaced
    ]
    if asked.hidden:  # it was drawn to be looked at; what is shown is drawn without it
        left_out = asked.hidden | unprintable.keys()
        shown = _without(plan, {place for place, index in enumerate(indexes) if index in left_out})
        png = previews.draw_png(shown, ticket, page=page, dpi=dpi)
    answer = {
        "picture": f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}",
        "elements": _told_elements(inspected, len(asked.elements)),
        "warnings": _warnings(plan),
        "ticket": _label(asked, ticket),
    }
    return Picture([_told_problem(problem) for problem in problems], answer)


def pages_of(plan: Plan) -> list[dict[str, float]]:
    """Tell the sizes of a plan's pages in mm."""
    return [
        {"width": _rounded(mm(page.width)), "height": _rounded(mm(page.height))}
        for page in plan.background.pages
    ]


def _plan(elements: Iterable[Element], background: Background | None) -> Plan:
    key = background.pk if background else None
    try:
        return plan_of_elements(elements, key, name=previews.UNSAVED)
    except Invalid as refused:
        raise EditorJsonView.of(refused) from None


def _ticket(
    plan: Plan, event: Event, asked: PictureAsked, position: OrderPosition | None
) -> Ticket:
    if position is not None:
        return previews.real_ticket(plan, position)
    return previews.sample_ticket(plan, event, longest=asked.ticket == "longest")


def _without(plan: Plan, places: Collection[int]) -> Plan:
    """Leave elements out of a plan."""
    if not places:
        return plan
    pages = tuple(
        replace(page, placed=tuple(each for each in page.placed if each.order not in places))
        for page in plan.pages
    )
    return replace(plan, pages=pages)


def _page_and_dpi(plan: Plan, asked: PictureAsked) -> tuple[int, int]:
    page = min(max(asked.page, 1), len(plan.pages))
    return page, int(min(max(asked.dpi, _COARSEST_DPI), previews.finest_dpi(plan, page)))


def _told_elements(inspected: dict[int, Inspected], number: int) -> list[dict[str, Any] | None]:
    """Tell where elements are, in their order; null of those that are nowhere."""
    return [
        _told_element(inspected[index]) if index in inspected else None for index in range(number)
    ]


def _told_element(element: Inspected) -> dict[str, Any]:
    findings = [
        {"severity": "warning", "message": translated(each.detail)} for each in element.findings
    ]
    if element.problem:
        findings.append({"severity": "error", "message": translated(element.problem)})
    return {"page": element.page, **_told_extent(element.extent), "findings": findings}


def _told_extent(extent: Extent) -> dict[str, Any]:
    x, y = extent.pivot or (extent.left, extent.bottom + extent.height)
    return {
        "left": _rounded(extent.left),
        "bottom": _rounded(extent.bottom),
        "width": _rounded(extent.width),
        "height": _rounded(extent.height),
        "rotation": extent.rotation,
        "pivot": {"x": _rounded(x), "y": _rounded(y)},
    }


def _told_problem(problem: Problem) -> dict[str, str]:
    return {"pointer": problem.pointer, "message": translated(problem.message)}


def _warnings(plan: Plan) -> list[dict[str, str]]:
    message = _(
        "The background does not embed the font “%(font)s”, so printers may "
        "substitute another. Embed all fonts when you export the PDF."
    )
    messages = [
        *map(translated, plan.background.warnings),
        *(message % {"font": font} for font in plan.background.missing_fonts),
    ]
    return [{"severity": "warning", "message": each} for each in messages]


def _label(asked: PictureAsked, ticket: Ticket) -> str:
    known = {"sample": _("Sample"), "longest": _("Longest texts")}
    return known.get(asked.ticket, ticket.label) if isinstance(asked.ticket, str) else ticket.label


def _rounded(length: float) -> float:
    """A thousandth of a millimetre is finer than any pointer."""
    return round(length, 3)
