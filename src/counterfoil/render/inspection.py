"""Where the elements of one ticket really stand and what is wrong with each: for editors.

Nothing here knows how an element is drawn: it is drawn by the very code that prints, and asked.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

from counterfoil.render.budget import Budget
from counterfoil.render.elements.base import NOTHING, Box, Drawing, Extent, Slot
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
from counterfoil.render.plan import PagePlan, Placed, Plan
from counterfoil.render.preflight import Preflight, Remark
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
    findings: tuple[Remark, ...]
    """What preflight says of it."""
    problem: Message | None
    """Why the ticket cannot be printed because of this element; None if it can."""


def inspect(plan: Plan, ticket: Ticket, *, budget: Budget | None = None) -> list[Inspected]:
    """Tell where a ticket's elements stand, in the layout's order.

    Elements on pages that are not there are left out. One that cannot be printed says so instead
    of hiding what is wrong with the others.

    Raises:
        CostlyTicketError: the ticket costs more than the budget allows.
    """
    if budget is None:
        return _inspect_all(plan, ticket)
    with budget.applied():
        budget.restart()
        return _inspect_all(plan, ticket)


def _inspect_all(plan: Plan, ticket: Ticket) -> list[Inspected]:
    problems: dict[str, Message] = {}
    findings = _look(plan, ticket, problems)
    inspected = [
        _inspect(placed, page, number, ticket, findings, problems)
        for number, page in enumerate(plan.pages, start=1)
        for placed in page.placed
    ]
    return sorted(inspected, key=lambda element: element.index)


def _look(
    plan: Plan, ticket: Ticket, problems: dict[str, Message]
) -> dict[str, tuple[Remark, ...]]:
    """Return preflight's remarks by element, once those that cannot be printed are put aside."""
    while True:
        preflight = Preflight()
        try:
            for _ in _filler(plan, preflight).fill(ticket):
                pass
        except CostlyTicketError:
            raise
        except TicketError as error:
            problems[error.pointer] = error.message
            problems.update(_undrawable(plan, ticket))  # at once: there may be a thousand
            plan = replace(plan, pages=tuple(_without(plan, problems.keys())))
        else:
            return preflight.remarks()


def _undrawable(plan: Plan, ticket: Ticket) -> Iterator[tuple[str, Message]]:
    """Yield the elements whose values cannot be drawn, each with the reason."""
    for page in plan.pages:
        for placed in page.placed:
            try:
                if placed.is_shown(ticket):
                    _draw(placed, ticket)
            except (CodeError, ImageError, TextError) as error:
                yield placed.pointer, error.message
            except WorkError as error:
                raise _costly(placed, ticket, error) from error


def _filler(plan: Plan, preflight: Preflight) -> PageRenderer:
    return PageRenderer(plan, [b""] * len(plan.pages), _forget, preflight)


def _forget(drawing: Drawing) -> None:
    """Take a drawing whose glyphs no document will hold."""


def _without(plan: Plan, pointers: Container[str]) -> Iterator[PagePlan]:
    for page in plan.pages:
        placed = tuple(each for each in page.placed if each.pointer not in pointers)
        yield replace(page, placed=placed)


def _inspect(
    placed: Placed,
    page: PagePlan,
    number: int,
    ticket: Ticket,
    findings: dict[str, tuple[Remark, ...]],
    problems: dict[str, Message],
) -> Inspected:
    problem = problems.get(placed.pointer)
    try:
        drawing = NOTHING if problem or not placed.is_shown(ticket) else _draw(placed, ticket)
        extent = placed.element.extent(ticket, page.frame)
    except WorkError as error:
        raise _costly(placed, ticket, error) from error
    return Inspected(
        index=placed.order,
        page=number,
        extent=extent,
        ink=_around(drawing.ink + drawing.cover),
        findings=findings.get(placed.pointer, ()),
        problem=problem,
    )


def _costly(placed: Placed, ticket: Ticket, error: WorkError) -> CostlyTicketError:
    return CostlyTicketError(ticket.label, placed.pointer, error.message)


def _draw(placed: Placed, ticket: Ticket) -> Drawing:
    work = placed.work
    return work.draw(work.value(ticket), ticket.locale) if isinstance(work, Slot) else work


def _around(boxes: tuple[Box, ...]) -> tuple[Mm, Mm, Mm, Mm] | None:
    if not boxes:
        return None
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    left, bottom = min(lefts), min(bottoms)
    width, height = max(rights) - left, max(tops) - bottom
    return mm(Pt(left)), mm(Pt(bottom)), mm(Pt(width)), mm(Pt(height))
