"""A layout made ready to print: what never changes is joined, the rest is slots.

A plan is immutable and belongs to no document. ``Plan.needs``, ``Plan.images`` and ``Plan.asked``
tell callers which variables to evaluate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from counterfoil.render.background import BackgroundPage, CompiledBackground
from counterfoil.render.diagnostics import Diagnostic
from counterfoil.render.elements.base import Drawing, Element, Frame, Graphic, Slot
from counterfoil.render.elements.condition import Condition
from counterfoil.render.fonts.library import FontLibrary
from counterfoil.render.layout import Layout
from counterfoil.render.pdf.inks import Ink
from counterfoil.render.values import Key, Ticket


@dataclass(frozen=True, slots=True)
class PlacedElement:
    """One element on one page; ``order`` tells what lies over what."""

    order: int
    element: Element
    work: Drawing | Slot

    @property
    def condition(self) -> Condition | None:
        return self.element.condition

    @property
    def pointer(self) -> str:
        return f"/{self.order}"

    def is_visible(self, ticket: Ticket) -> bool:
        return self.condition is None or self.condition.matches(ticket)

    def asks(self, name: str) -> bool:
        """Tell whether it depends on a variable whether it is shown."""
        return self.condition is not None and self.condition.variable == name

    def needs(self) -> frozenset[Key]:
        of_condition = self.condition.needs() if self.condition else frozenset[Key]()
        return of_condition | (self.work.needs if isinstance(self.work, Slot) else frozenset())

    @property
    def names(self) -> frozenset[str]:
        """The variables that it shows, in whatever language."""
        keys = self.work.needs if isinstance(self.work, Slot) else frozenset[Key]()
        return frozenset(key if isinstance(key, str) else key[0] for key in keys)

    def is_empty(self, ticket: Ticket) -> bool:
        """Tell whether it should be shown, and has nothing or only white space to say."""
        if not isinstance(self.work, Slot) or not self.is_visible(ticket):
            return False
        return not str(self.work.value(ticket) or "").strip()

    def images(self) -> frozenset[str]:
        return self.work.images if isinstance(self.work, Slot) else frozenset()


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One page: a background and what is drawn over it."""

    background: BackgroundPage
    frame: Frame
    placed: tuple[PlacedElement, ...]

    def pieces(self) -> Iterator[bytes | PlacedElement]:
        """Yield what to draw in order, with neighbours that need no ticket joined."""
        fixed: list[bytes] = []
        for placed in self.placed:
            if isinstance(placed.work, Drawing):
                fixed.append(placed.work.content)
            else:
                if fixed:
                    yield b"\n".join(fixed)
                    fixed = []
                yield placed
        if fixed:
            yield b"\n".join(fixed)

    def fixed(self) -> Iterator[tuple[PlacedElement, Drawing]]:
        """Yield the drawings that need no ticket."""
        for placed in self.placed:
            if isinstance(placed.work, Drawing):
                yield placed, placed.work

    def graphics(self) -> Iterator[Graphic]:
        for _, drawing in self.fixed():
            yield from drawing.graphics


class OffPageElement(NamedTuple):
    """An element on a page that the background does not have: never drawn, as in pretix."""

    order: int
    """Its place in the layout."""
    diagnostic: Diagnostic


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A layout on its background, compiled. Compared by identity."""

    name: str
    """The layout's name, for findings of documents that print several."""
    background: CompiledBackground
    pages: tuple[PagePlan, ...]
    unplaced: tuple[OffPageElement, ...] = ()
    ink: Ink = Ink.OFFICE
    fonts: FontLibrary | None = None
    """What it was compiled with, for what documents write beside its elements."""

    @property
    def needs(self) -> frozenset[Key]:
        """The variables to evaluate; those with a locale are wanted in that language."""
        return frozenset(key for placed in self._placed() for key in placed.needs())

    @property
    def images(self) -> frozenset[str]:
        """The variables whose pictures are wanted."""
        return frozenset(name for placed in self._placed() for name in placed.images())

    @property
    def conditional_variables(self) -> frozenset[str]:
        """The variables that conditions ask for: of those that are pictures, these are wanted."""
        conditions = (placed.condition for placed in self._placed())
        return frozenset(condition.variable for condition in conditions if condition)

    @property
    def codes(self) -> tuple[PlacedElement, ...]:
        """The codes on all pages."""
        placed = self._placed()
        return tuple(p for p in placed if isinstance(p.work, Slot) and p.work.reach is not None)

    def _placed(self) -> Iterator[PlacedElement]:
        for page in self.pages:
            yield from page.placed


def compile_plan(
    layout: Layout,
    background: CompiledBackground,
    fonts: FontLibrary,
    *,
    name: str = "",
    printer_dpi: int | None = None,
    ink: Ink = Ink.OFFICE,
) -> Plan:
    """Compile a layout for a background, whose pages are the pages of every ticket.

    Args:
        name: the layout's, for findings.
        printer_dpi: dots per inch of the printer, to which the bars of codes are aligned.
        ink: which inks the document is written for.
    """
    pages = []
    for number, page in enumerate(background.pages, start=1):
        frame = Frame(page.width, page.height, fonts, printer_dpi, ink)
        pages.append(PagePlan(page, frame, tuple(_place(layout.elements, number, frame))))
    unplaced = tuple(_off_page(layout.elements, len(pages)))
    return Plan(name, background, tuple(pages), unplaced, ink, fonts)


def _place(elements: Iterable[Element], number: int, frame: Frame) -> Iterator[PlacedElement]:
    for order, element in enumerate(elements):
        if element.page == number:
            work = element.compile(frame)
            if element.condition is not None and isinstance(work, Drawing):
                work = _slot_of(work)
            yield PlacedElement(order, element, work)


def _off_page(elements: Iterable[Element], pages: int) -> Iterator[OffPageElement]:
    for order, element in enumerate(elements):
        if element.page not in range(1, pages + 1):
            diagnostic = Diagnostic.of("overflows_page.no_page", page=f"{element.page:g}")
            yield OffPageElement(order, diagnostic)


def _slot_of(drawing: Drawing) -> Slot:
    """Wrap a drawing that some tickets lack."""
    return Slot(value=lambda _ticket: None, draw=lambda _value, _locale: drawing, remembered=1)
