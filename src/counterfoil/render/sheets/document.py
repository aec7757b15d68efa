"""Tickets in the order of a plan, sheets out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from counterfoil.render.budget import Budget
from counterfoil.render.diagnostics import Diagnostic
from counterfoil.render.document import Document, Report, XObject, limited
from counterfoil.render.errors import Problem
from counterfoil.render.pdf import content
from counterfoil.render.pdf.writer import Sink
from counterfoil.render.plan import Plan
from counterfoil.render.reader import JsonPointer
from counterfoil.render.sheets.geometry import Imposition, Side, check_equal_sizes
from counterfoil.render.sheets.marks import SheetMarks, draw_marks
from counterfoil.render.sheets.model import Sheet, SheetError
from counterfoil.render.sheets.plan import SheetPlan
from counterfoil.render.sheets.slug import draw_slug
from counterfoil.render.units import Mm, pt
from counterfoil.render.values import Ticket

_PROGRESS_EVERY = 100
_SLUG_LIFT = Mm(0.6)


@dataclass(frozen=True, slots=True)
class SlugInfo:
    """What the slug of one side of one sheet may say."""

    job: str
    version: str
    lift: int
    lifts: int
    sheet: int
    sheets: int
    first: str
    last: str
    is_back: bool


def english_slug(info: SlugInfo) -> str:
    parts = [
        info.job,
        f"lift {info.lift} of {info.lifts}",
        f"sheet {info.sheet} of {info.sheets}",
        f"{info.first} – {info.last}",
        f"layout {info.version}" if info.version else "",
        "back" if info.is_back else "",
    ]
    return " · ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class SheetRun:
    """What is printed: the sheet, the plan, and how its slug names tickets."""

    sheet: Sheet
    plan: SheetPlan
    job: str = ""
    version: str = ""
    number: Callable[[int], str] = lambda ticket: str(ticket + 1)
    slug: Callable[[SlugInfo], str] = english_slug
    only: Sequence[int] | None = None
    """Print these sheets alone; None: all."""


def render_sheets(
    stream: Sink,
    run: SheetRun,
    items: Iterable[tuple[Plan, Ticket]],
    *,
    title: str,
    language: str = "en",
    on_progress: Callable[[int], None] | None = None,
    budget: Budget | None = None,
) -> Report:
    """Print tickets on sheets. The arguments are those of ``render_pdf``, and

    Args:
        items: the tickets in the order of ``run.plan.sequence()``.

    Raises:
        SheetError: the pages of a ticket do not fit the sheet.
        TicketError: a ticket cannot be printed. What the stream has got by then is no PDF.
    """
    document = Document(stream)
    tickets, printer = 0, None
    source = iter(items)
    for number in run.plan.numbers(run.only):
        cells: list[tuple[Plan, Ticket] | None] = [
            None if ticket is None else next(source) for ticket in run.plan.sheet(number)
        ]
        if printer is None:
            printer = _SheetPrinter(document, run, next(plan for plan, _ in filter(None, cells)))
        before = tickets
        for _ in printer.print(number, cells, budget):
            tickets += 1
        if on_progress is not None and tickets // _PROGRESS_EVERY != before // _PROGRESS_EVERY:
            on_progress(tickets)
    report = document.finish(tickets, title, language)
    if on_progress is not None and tickets % _PROGRESS_EVERY:
        on_progress(tickets)
    return report


@dataclass(frozen=True, slots=True)
class _PreparedSide:
    """One side of every sheet."""

    calibrate: bytes
    marks: SheetMarks
    form: XObject | None
    boxes: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class _PreparedPlan:
    """Where the pages of one layout go."""

    openings: tuple[list[bytes], ...]
    """Per side and cell, the operators that clip to it and move there."""
    diagnostics: tuple[Diagnostic, ...]

    @classmethod
    def of(cls, imposition: Imposition) -> _PreparedPlan:
        openings = tuple(imposition.openings(side) for side in imposition.sides)
        return cls(openings, tuple(imposition.diagnostics()))


class _SheetPrinter:
    """Prints sheets into one document."""

    def __init__(self, document: Document, run: SheetRun, plan: Plan) -> None:
        self._document, self._run, self._ink = document, run, plan.ink
        self._fonts = plan.fonts
        imposition = Imposition.of(run.sheet, [page.background for page in plan.pages])
        self._first = imposition
        self._plans = {plan: _PreparedPlan.of(imposition)}
        self._paper = (0.0, 0.0, pt(Mm(run.sheet.width)), pt(Mm(run.sheet.height)))
        self._sides = [self._prepare(side) for side in imposition.sides]
        self._diagnostics = tuple(
            dict.fromkeys(
                diagnostic for side in self._sides for diagnostic in side.marks.diagnostics
            )
        )

    def print(
        self, number: int, cells: Sequence[tuple[Plan, Ticket] | None], budget: Budget | None
    ) -> Iterator[None]:
        """Print one sheet, yielding after each ticket that is drawn."""
        parts: list[list[bytes]] = [[] for _ in self._sides]
        used: list[dict[XObject, None]] = [{} for _ in self._sides]
        for cell, item in enumerate(cells):
            if item is None:
                continue
            plan, ticket = item
            prepared = self._plans.get(plan)
            if prepared is None:
                prepared = self._plans[plan] = self._also(plan)
            with limited(budget):
                drawn = self._document.draw(plan, ticket)
            for diagnostic in (*prepared.diagnostics, *self._diagnostics):
                self._document.preflight.note(plan.name, "", diagnostic, ticket.label)
            for page, (operators, xobjects) in enumerate(drawn):
                parts[page] += (prepared.openings[page][cell], operators)
                parts[page].append(content.RESTORE)
                used[page].update(dict.fromkeys(xobjects))
            yield
        tickets = self._run.plan.sheet(number)
        for page, side in enumerate(self._sides):
            xobjects = tuple(used[page])
            around = [side.calibrate] if side.calibrate else []
            if side.form is not None:
                xobjects += (side.form,)
                around.append(content.draw_xobject(side.form[0]))
            if side.marks.slug is not None:
                around.append(self._slug(side, number, tickets, is_back=page == 1))
            operators = b"\n".join((*around, *parts[page]))
            self._document.page(self._paper, operators, xobjects, self._ink, side.boxes)

    def _prepare(self, side: Side) -> _PreparedSide:
        marks = draw_marks(self._first, side, self._ink)
        form = None
        if marks.operators:
            name = b"/Marks%d" % self._first.sides.index(side)
            form = name, self._document.form(self._paper, marks.operators, self._ink)
        return _PreparedSide(
            self._first.calibrate(side),
            marks,
            form,
            self._first.boxes(side),
        )

    def _also(self, plan: Plan) -> _PreparedPlan:
        """Check that the pages of another plan go into the same places."""
        pages = [page.background for page in plan.pages]
        problems: list[Problem] = []
        place = JsonPointer(problems)
        check_equal_sizes([self._first.pages[0], *pages], place.inside("layout"))
        if problems:
            raise SheetError(problems)
        return _PreparedPlan.of(Imposition.of(self._run.sheet, pages))

    def _slug(
        self, side: _PreparedSide, number: int, tickets: Sequence[int | None], *, is_back: bool
    ) -> bytes:
        plan, slug = self._run.plan, side.marks.slug
        if slug is None or self._fonts is None:
            return b""
        present = [ticket for ticket in tickets if ticket is not None]
        info = SlugInfo(
            self._run.job,
            self._run.version,
            plan.lift_of(number).number,
            plan.lifts,
            number,
            plan.sheets,
            self._run.number(min(present)),
            self._run.number(max(present)),
            is_back,
        )
        left, bottom, right, _ = self._first.to_pdf(slug)
        at = (left, bottom + pt(_SLUG_LIFT))
        text = self._run.slug(info)
        drawing = draw_slug(text, at, right - left, self._fonts, self._ink)
        return self._document.write(drawing)
