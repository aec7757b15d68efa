"""Plans and tickets in, one PDF out.

Tickets are taken one by one and their pages written at once, so memory does not grow with their
number. Fonts come last, when it is known which glyphs were used; backgrounds and pictures are
written when a page wants them first, and shared from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from counterfoil.render.background import CompiledBackground, embed_background
from counterfoil.render.budget import Budget
from counterfoil.render.elements.base import Drawing, Graphic
from counterfoil.render.fonts.embed import UsedGlyphs
from counterfoil.render.page_renderer import PageRenderer
from counterfoil.render.pdf.inks import Ink, print_resources
from counterfoil.render.pdf.syntax import Ref, dictionary, numbers
from counterfoil.render.pdf.writer import Sink, Writer, page_attributes
from counterfoil.render.plan import Plan
from counterfoil.render.preflight import Finding, Preflight
from counterfoil.render.values import Ticket

XObject = tuple[bytes, Ref]
"""A resource name, slash included, and what it stands for."""

_PROGRESS_EVERY = 100
# Combinations of background and pictures whose resources are kept for the next page.
_RESOURCES = 256


@dataclass(frozen=True, slots=True)
class Report:
    """What was printed, and what preflight says about it."""

    tickets: int
    pages: int
    findings: tuple[Finding, ...]


def render_pdf(
    stream: Sink,
    items: Iterable[tuple[Plan, Ticket]],
    *,
    title: str,
    language: str = "en",
    on_progress: Callable[[int], None] | None = None,
    budget: Budget | None = None,
) -> Report:
    """Print tickets, each by its own plan, in the order in which they come.

    The same plans, tickets, title and language give the same bytes.

    Args:
        stream: takes the PDF's bytes, in order.
        items: is read as printing goes on; ten thousand tickets need never be in memory at once.
        title: of the document, as readers show it.
        language: of the document, BCP 47.
        on_progress: is called with the number of tickets printed, every hundred and at the end.
            What it raises ends the printing.
        budget: limits what each ticket may cost.

    Raises:
        TicketError: a ticket cannot be printed. What the stream has got by then is no PDF.
    """
    document = Document(stream)
    tickets = 0
    for plan, ticket in items:
        with limited(budget):
            document.print(plan, ticket)
        tickets += 1
        if on_progress is not None and tickets % _PROGRESS_EVERY == 0:
            on_progress(tickets)
    report = document.finish(tickets, title, language)
    if on_progress is not None and tickets % _PROGRESS_EVERY:
        on_progress(tickets)
    return report


@contextmanager
def limited(budget: Budget | None) -> Iterator[None]:
    """Let one ticket be drawn within its budget, if there is one."""
    if budget is None:
        yield
        return
    with budget.applied():
        budget.restart()
        yield


@dataclass(frozen=True, slots=True)
class PreparedPlan:
    """A plan in this document: what fills it, and each page's size and background."""

    filler: PageRenderer
    pages: tuple[tuple[Sequence[float], tuple[XObject, ...]], ...]
    ink: Ink


class Document:
    """A PDF that is being written."""

    def __init__(self, stream: Sink) -> None:
        self._writer = Writer(stream)
        self._fonts = self._writer.alloc()
        self._glyphs = UsedGlyphs()
        self._preflight = Preflight()
        self._plans: dict[Plan, PreparedPlan] = {}
        self._backgrounds: dict[bytes, tuple[XObject | None, ...]] = {}
        self._intents: dict[bytes, tuple[Ref, ...]] = {}
        self._graphics: dict[bytes, Ref] = {}
        self._print_resources: dict[str, bytes] = {}
        self._attributes = lru_cache(_RESOURCES)(self._write_attributes)
        self._pages = 0
        self.preflight = self._preflight

    def print(self, plan: Plan, ticket: Ticket) -> None:
        """Print a ticket on pages of its own."""
        opened = self._plans.get(plan) or self._open(plan)
        pages = opened.filler.fill(ticket)
        for (box, xobjects), (operators, graphics) in zip(opened.pages, pages, strict=True):
            if graphics:
                xobjects += tuple(map(self._store, graphics))
            self._writer.page(self._attributes(box, xobjects, opened.ink), operators)
            self._pages += 1

    def draw(self, plan: Plan, ticket: Ticket) -> list[tuple[bytes, tuple[XObject, ...]]]:
        """Draw a ticket without printing it: per page its content, and the graphics it uses."""
        opened = self._plans.get(plan) or self._open(plan)
        return [
            (operators, (*xobjects, *map(self._store, graphics)) if graphics else xobjects)
            for (_, xobjects), (operators, graphics) in zip(
                opened.pages, opened.filler.fill(ticket), strict=True
            )
        ]

    def write(self, drawing: Drawing) -> bytes:
        """Take note of the glyphs of a drawing that is on a page; return its content."""
        self._take(drawing)
        return drawing.content

    def form(self, box: Sequence[float], operators: bytes, ink: Ink) -> Ref:
        """Write a form that pages of this document may paint: lines, no texts."""
        form = self._writer.alloc()
        resources = dictionary(self._of_ink(ink))
        inner = b"/Type/XObject/Subtype/Form/BBox%b/Resources%b" % (numbers(box), resources)
        self._writer.stream(form, inner, operators)
        return form

    def page(
        self,
        box: tuple[float, ...],
        operators: bytes,
        xobjects: tuple[XObject, ...],
        ink: Ink,
        boxes: tuple[tuple[str, tuple[float, ...]], ...],
    ) -> None:
        """Append a page of what ``draw`` returned."""
        self._writer.page(self._attributes(box, xobjects, ink, boxes), operators)
        self._pages += 1

    def finish(self, tickets: int, title: str, language: str) -> Report:
        self._writer.obj(self._fonts, dictionary(self._glyphs.embed(self._writer)))
        # A document has one printing condition: that of its backgrounds, where they agree.
        intents = next(iter(self._intents.values())) if len(self._intents) == 1 else ()
        self._writer.finish(title=title, language=language, intents=intents)
        return Report(tickets, self._pages, self._preflight.findings())

    def _open(self, plan: Plan) -> PreparedPlan:
        """Prepare a plan that this document has not printed yet."""
        forms = self._embed(plan.background)
        pages = [page.background for page in plan.pages]
        painted = [
            page.draw(form[0]) if form else b"" for page, form in zip(pages, forms, strict=True)
        ]
        boxes = [(0.0, 0.0, page.width, page.height) for page in pages]
        opened = PreparedPlan(
            PageRenderer(plan, painted, self._take, self._preflight),
            tuple((box, (form,) if form else ()) for box, form in zip(boxes, forms, strict=True)),
            plan.ink,
        )
        self._plans[plan] = opened
        return opened

    def _embed(self, background: CompiledBackground) -> tuple[XObject | None, ...]:
        """Write a background once, whatever plans print on it."""
        key = background.sha256
        if key not in self._backgrounds:
            first = sum(map(len, self._backgrounds.values()))
            embedded = embed_background(background, self._writer)
            self._backgrounds[key] = tuple(
                None if ref is None else (b"/B%d" % (first + page), ref)
                for page, ref in enumerate(embedded.pages)
            )
            if background.objects:  # blank paper was made for no printing condition
                self._intents.setdefault(background.condition, embedded.intents)
        return self._backgrounds[key]

    def _take(self, drawing: Drawing) -> None:
        self._glyphs.add(drawing.glyphs)

    def _store(self, graphic: Graphic) -> XObject:
        """Write a graphic unless the document has it."""
        if graphic.name not in self._graphics:
            self._graphics[graphic.name] = graphic.embed(self._writer)
        return graphic.name, self._graphics[graphic.name]

    def _of_ink(self, ink: Ink) -> dict[str, bytes]:
        """Return the resources of an ink, written once."""
        if ink is Ink.PRINT and not self._print_resources:
            self._print_resources = print_resources(self._writer)
        return self._print_resources if ink is Ink.PRINT else {}

    def _write_attributes(
        self,
        box: Sequence[float],
        xobjects: tuple[XObject, ...],
        ink: Ink,
        boxes: tuple[tuple[str, Sequence[float]], ...] = (),
    ) -> bytes:
        """Write the resources of pages that use these graphics, and what such pages share."""
        xobject_refs = {name[1:].decode("ascii"): bytes(ref) for name, ref in xobjects}
        resources = {"Font": bytes(self._fonts), "XObject": dictionary(xobject_refs)}
        resources |= self._of_ink(ink)
        return page_attributes(box, self._writer.add(dictionary(resources)), boxes)
