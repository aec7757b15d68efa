"""Where the elements of one ticket really stand and what is wrong with each: for editors.

Nothing here knows how an element is drawn: it is drawn by the very code that prints, and asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from counterfoil.render.budget import Budget
from counterfoil.render.diagnostics import Diagnostic
from counterfoil.render.document import render_pdf
from counterfoil.render.elements.base import NOTHING, Drawing, Extent, Slot
from counterfoil.render.errors import (
    CodeError,
    CostlyTicketError,
    ImageError,
    TextError,
    TicketError,
    WorkError,
)
from counterfoil.render.messages import Message
from counterfoil.render.page_renderer import PageRenderer
from counterfoil.render.plan import PagePlan, PlacedElement, Plan
from counterfoil.render.preflight import Finding, Preflight
from counterfoil.render.units import Mm, Pt, mm
from counterfoil.render.values import Ticket


@dataclass(frozen=True, slots=True)
class Inspected:
    """One element on one ticket."""

    index: int
    """Its place in the layout."""
    page: int
    extent: Extent
    """Its box, whether or not this ticket prints anything there."""
    ink: tuple[Mm, Mm, Mm, Mm] | None
    """Left, bottom, width and height of what is printed, turned already; None: nothing is."""
    findings: tuple[Diagnostic, ...]
    """What preflight says of it."""
    problem: Message | None
    """Why the ticket cannot be printed because of this element; None if it can."""


Draw = Callable[[Plan], Mapping[str, tuple[Diagnostic, ...]]]
"""Draws a ticket by a plan, and returns preflight's remarks by element."""


def inspect(plan: Plan, ticket: Ticket, *, budget: Budget | None = None) -> list[Inspected]:
    """Return where a ticket's elements stand, in the layout's order.

    Elements on pages that are not there are left out. One that cannot be printed says so instead
    of hiding what is wrong with the others.

    Raises:
        CostlyTicketError: the ticket costs more than the budget allows.
    """

    def draw(plan: Plan) -> Mapping[str, tuple[Diagnostic, ...]]:
        preflight = Preflight()
        renderer = PageRenderer(plan, [b""] * len(plan.pages), _forget, preflight)
        for _ in renderer.fill(ticket):
            pass
        return preflight.diagnostics()

    return _inspect_all(plan, ticket, draw, budget)


def print_inspected(
    plan: Plan, ticket: Ticket, *, budget: Budget | None = None
) -> tuple[bytes, list[Inspected]]:
    """Print one ticket, without what cannot be printed; ``inspect`` what is drawn for it.

    Raises:
        CostlyTicketError: the ticket costs more than the budget allows.
    """
    pdf = b""

    def draw(plan: Plan) -> Mapping[str, tuple[Diagnostic, ...]]:
        nonlocal pdf
        stream = BytesIO()
        report = render_pdf(stream, [(plan, ticket)], title=ticket.label, language=ticket.locale)
        pdf = stream.getvalue()
        return _by_element(report.findings)

    inspected = _inspect_all(plan, ticket, draw, budget)
    return pdf, inspected


def _by_element(findings: Iterable[Finding]) -> Mapping[str, tuple[Diagnostic, ...]]:
    """Return the findings about one ticket and one layout."""
    diagnostics: defaultdict[str, tuple[Diagnostic, ...]] = defaultdict(tuple)
    for finding in findings:
        diagnostics[finding.pointer] += tuple(
            Diagnostic(finding.concern, each.detail) for each in finding.first
        )
    return diagnostics


def _inspect_all(plan: Plan, ticket: Ticket, draw: Draw, budget: Budget | None) -> list[Inspected]:
    with budget.applied() if budget else nullcontext():
        if budget:
            budget.restart()
        problems: dict[str, Message] = {}
        drawings: dict[int, Drawing] = {}
        findings = _inspect_placed(_recording(plan, drawings), ticket, draw, problems)
        inspected = [
            Inspected(
                index=placed.order,
                page=number,
                extent=_extent(placed, page, ticket),
                ink=None
                if placed.pointer in problems
                else _ink(drawings.get(placed.order, NOTHING)),
                findings=findings.get(placed.pointer, ()),
                problem=problems.get(placed.pointer),
            )
            for number, page in enumerate(plan.pages, start=1)
            for placed in page.placed
        ]
    return sorted(inspected, key=lambda element: element.index)


def _recording(plan: Plan, drawings: dict[int, Drawing]) -> Plan:
    """Return a plan that notes what its elements draw, by their place in the layout."""

    def recorded(placed: PlacedElement) -> PlacedElement:
        work = placed.work
        if isinstance(work, Drawing):
            drawings[placed.order] = work
            return placed
        slot = work

        def draw(value: Any, locale: str) -> Drawing:
            drawings[placed.order] = drawing = slot.draw(value, locale)
            return drawing

        return replace(placed, work=replace(slot, draw=draw))

    pages = (replace(page, placed=tuple(map(recorded, page.placed))) for page in plan.pages)
    return replace(plan, pages=tuple(pages))


def _inspect_placed(
    plan: Plan, ticket: Ticket, draw: Draw, problems: dict[str, Message]
) -> Mapping[str, tuple[Diagnostic, ...]]:
    """Draw a ticket, and again without the elements that cannot be printed if there are any."""
    while True:
        try:
            return draw(plan)
        except CostlyTicketError:
            raise
        except TicketError as error:
            problems[error.pointer] = error.message
            problems.update(_undrawable(plan, ticket))  # at once: there may be a thousand
            plan = replace(plan, pages=tuple(_without(plan, problems.keys())))


def _undrawable(plan: Plan, ticket: Ticket) -> Iterator[tuple[str, Message]]:
    """Yield the elements whose values cannot be drawn, each with the reason."""
    for page in plan.pages:
        for placed in page.placed:
            work = placed.work
            try:
                if isinstance(work, Slot) and placed.is_visible(ticket):
                    work.draw(work.value(ticket), ticket.locale)
            except (CodeError, ImageError, TextError) as error:
                yield placed.pointer, error.message
            except WorkError as error:
                raise _costly(placed, ticket, error) from error


def _forget(drawing: Drawing) -> None:
    """Take a drawing whose glyphs no document will hold."""


def _without(plan: Plan, pointers: Container[str]) -> Iterator[PagePlan]:
    for page in plan.pages:
        placed = tuple(each for each in page.placed if each.pointer not in pointers)
        yield replace(page, placed=placed)


def _extent(placed: PlacedElement, page: PagePlan, ticket: Ticket) -> Extent:
    try:
        return placed.element.extent(ticket, page.frame)
    except WorkError as error:
        raise _costly(placed, ticket, error) from error


def _costly(placed: PlacedElement, ticket: Ticket, error: WorkError) -> CostlyTicketError:
    return CostlyTicketError(ticket.label, placed.pointer, error.message)


def _ink(drawing: Drawing) -> tuple[Mm, Mm, Mm, Mm] | None:
    boxes = drawing.ink + drawing.cover
    if not boxes:
        return None
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    left, bottom = min(lefts), min(bottoms)
    width, height = max(rights) - left, max(tops) - bottom
    return mm(Pt(left)), mm(Pt(bottom)), mm(Pt(width)), mm(Pt(height))
