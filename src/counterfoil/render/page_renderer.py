"""Fills the slots of a plan, ticket after ticket, for one document.

This is the loop that runs ten thousand times. What a slot drew is remembered by its value, so a
text that many tickets share costs a look-up (0.15 us against 15 us and more). The memory belongs
to the document: a drawing's glyphs are reported when it is made, and never again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from counterfoil.render.budget import tick
from counterfoil.render.diagnostics import Diagnostic
from counterfoil.render.elements.base import Box, Drawing, Graphic, Slot
from counterfoil.render.elements.condition import Condition
from counterfoil.render.elements.field_types import BLACK
from counterfoil.render.elements.shape import luma
from counterfoil.render.elements.text import TextElement
from counterfoil.render.errors import (
    CodeError,
    CostlyTicketError,
    ImageError,
    TextError,
    TicketError,
    WorkError,
)
from counterfoil.render.overprint import draw_overprint
from counterfoil.render.plan import PagePlan, PlacedElement, Plan
from counterfoil.render.preflight import Preflight, is_covered, overlap
from counterfoil.render.text_neighbours import TextNeighbours, bodies, run_together
from counterfoil.render.values import SECRET, Overprint, Ticket, Unknown

_Text = tuple[PlacedElement, object, Drawing]
Use = Callable[[Drawing], None]
_COVERED = Diagnostic.of("quiet_zone_covered")
_DARK_GROUND = Diagnostic.of("low_contrast.ground")


class RenderedSlot(NamedTuple):
    """What a slot drew, and whether anybody must look at it."""

    content: bytes
    is_notable: bool
    drawing: Drawing


class _Slot(NamedTuple):
    """One slot with everything the loop reads."""

    part: int
    placed: PlacedElement
    condition: Condition | None
    value: Callable[[Ticket], object]
    draw: Callable[[object, str], RenderedSlot]
    is_code: bool
    is_text: bool


class PageRenderer:
    """Fills one plan for one document."""

    def __init__(
        self, plan: Plan, backgrounds: Sequence[bytes], use: Use, preflight: Preflight
    ) -> None:
        """Prepare the pages.

        Args:
            backgrounds: per page, the operators that paint its background.
            use: is told of each new drawing, for its glyphs.
        """
        self._plan = plan
        self._preflight = preflight
        self.pages = [
            SlotRenderer(plan, page, background, use, preflight)
            for page, background in zip(plan.pages, backgrounds, strict=True)
        ]
        self._secret_codes = [code for code in plan.codes if SECRET in code.names]

    def fill(self, ticket: Ticket) -> Iterator[tuple[bytes, Sequence[Graphic]]]:
        """Yield content and graphics of each page.

        Raises:
            TicketError: a value that is wanted cannot be printed.
        """
        if ticket.broken:
            self._refuse_broken(ticket)
        self._preflight.begin()
        for order, diagnostic in self._plan.unplaced:
            self._preflight.note(self._plan.name, f"/{order}", diagnostic, ticket.label)
        for font in self._plan.background.missing_fonts:
            diagnostic = Diagnostic.of("background_font", font=font)
            self._preflight.note(self._plan.name, "", diagnostic, ticket.label)
        if self._secret_codes:
            self._check_repeated_secret(ticket)
        for page in self.pages:
            yield page.fill(ticket)

    def _check_repeated_secret(self, ticket: Ticket) -> None:
        """Note that another ticket has this one's secret: a gate lets in only one of them."""
        secret = ticket.values.get(SECRET)
        holder = self._preflight.holder(secret, ticket.label) if secret else ticket.label
        if holder == ticket.label:
            return
        diagnostic = Diagnostic.of("repeated_secret", ticket=holder)
        for code in self._secret_codes:
            if code.is_visible(ticket):
                self._preflight.note(self._plan.name, code.pointer, diagnostic, ticket.label)

    def _refuse_broken(self, ticket: Ticket) -> None:
        for page in self._plan.pages:
            for placed in page.placed:
                keys = {key if isinstance(key, str) else key[0] for key in placed.needs()}
                required = keys | placed.images()
                for name in sorted(required & ticket.broken.keys()):
                    # A condition cannot be asked about what is broken: that is not empty.
                    if placed.asks(name) or placed.is_visible(ticket):
                        raise TicketError(ticket.label, placed.pointer, ticket.broken[name])


class SlotRenderer:
    """Fills one page of a plan."""

    def __init__(
        self, plan: Plan, page: PagePlan, background: bytes, use: Use, preflight: Preflight
    ) -> None:
        self._layout = plan.name
        self._background, self._page = plan.background, page
        self._texts = TextNeighbours()
        self._use = use
        self._preflight = preflight
        self._graphics = tuple(page.graphics())
        self._fixed = [(placed, drawing) for placed, drawing in page.fixed()]
        self._reaches = [
            (placed.order, placed.work.reach)
            for placed in page.placed
            if isinstance(placed.work, Slot) and placed.work.reach is not None
        ]
        # Empty paper needs no look. Shapes that stand below codes are near them.
        self._has_ground = bool(self._reaches) and page.background.form is not None
        self._near = [(p, drawing) for p, drawing in self._fixed if self._is_near(p, drawing)]
        self._diagnosed = [(p, drawing) for p, drawing in self._fixed if drawing.diagnostics]
        self._lost: dict[tuple[object, ...], bool] = {}
        self._template, self._slots = [background], []
        for piece in page.pieces():
            if isinstance(piece, PlacedElement):
                self._slots.append(self._open(piece))
            self._template.append(b"" if isinstance(piece, PlacedElement) else piece)
        for _, drawing in self._fixed:
            use(drawing)

    def fill(self, ticket: Ticket) -> tuple[bytes, Sequence[Graphic]]:
        parts = self._template.copy()
        locale = ticket.locale
        notable = self._diagnosed.copy()
        codes, texts = [], {}
        for part, placed, condition, value_of, draw, is_code, is_text in self._slots:
            if condition is not None and not self._matches(condition, placed, ticket):
                continue
            value = value_of(ticket)
            if type(value) is Unknown:
                self._note_unknown(placed, value.names, ticket)
            try:
                parts[part], is_notable, drawing = draw(value, locale)
            except (CodeError, ImageError, TextError) as error:
                raise TicketError(ticket.label, placed.pointer, error.message) from error
            except WorkError as error:
                raise CostlyTicketError(ticket.label, placed.pointer, error.message) from error
            if is_notable:
                notable.append((placed, drawing))
            if is_code:
                codes.append((placed, drawing))
            elif is_text:
                texts[part] = (placed, value, drawing)
        graphics = self._graphics
        if notable:
            graphics += self._check_drawing(notable, ticket)
        if codes and (notable or self._near):
            self._check_quiet_zone(codes, notable, ticket)
        if codes and self._has_ground:
            self._check_ground(codes, notable, ticket)
        if self._texts.close:
            self._check_neighbours(texts, ticket)
        parts += self._overprint(ticket.overprint, codes)
        return b"\n".join(parts), graphics

    def _overprint(
        self, overprint: Overprint | None, codes: Sequence[tuple[PlacedElement, Drawing]]
    ) -> list[bytes]:
        if overprint is None:
            return []
        drawings = [*self._fixed, *codes]
        blanks = tuple(drawing.blank for _, drawing in drawings if drawing.blank)
        frame = self._page.frame
        return [draw_overprint(overprint, (frame.width, frame.height), frame.fonts, blanks)]

    def _open(self, placed: PlacedElement) -> _Slot:
        """Give a slot a memory."""
        assert isinstance(placed.work, Slot)  # noqa: S101 - pieces are drawings or slots
        slot = placed.work

        def draw(value: object, locale: str) -> RenderedSlot:
            tick()
            drawing = slot.draw(value, locale)
            self._use(drawing)
            if is_text:
                self._texts.add(part, drawing.ink, _turn(placed))
            is_notable = bool(
                drawing.diagnostics or drawing.graphics or self._is_near(placed, drawing)
            )
            return RenderedSlot(drawing.content, is_notable, drawing)

        remembering = lru_cache(slot.remembered)(draw)
        part = len(self._template)
        is_code, is_text = slot.reach is not None, isinstance(placed.element, TextElement)
        return _Slot(part, placed, placed.condition, slot.value, remembering, is_code, is_text)

    def _is_near(self, placed: PlacedElement, drawing: Drawing) -> bool:
        """Tell whether a drawing could touch the quiet zone of a code other than itself."""
        for order, reach in self._reaches:
            if order != placed.order:
                for box in drawing.ink + drawing.cover:
                    if overlap(box, reach):
                        return True
        return False

    def _matches(self, condition: Condition, placed: PlacedElement, ticket: Ticket) -> bool:
        if condition.is_unknown(ticket):
            self._note_unknown(placed, (condition.variable,), ticket)
        return condition.matches(ticket)

    def _note_unknown(self, placed: PlacedElement, names: Sequence[str], ticket: Ticket) -> None:
        self._note(placed, Diagnostic.of("unknown_variable", names=", ".join(names)), ticket)

    def _check_drawing(
        self, notable: Sequence[tuple[PlacedElement, Drawing]], ticket: Ticket
    ) -> tuple[Graphic, ...]:
        """Note what drawings remark, and return the graphics they use."""
        graphics: list[Graphic] = []
        for placed, drawing in notable:
            graphics += drawing.graphics
            for diagnostic in drawing.diagnostics:
                self._note(placed, diagnostic, ticket)
        return tuple(graphics)

    def _check_quiet_zone(
        self,
        codes: Sequence[tuple[PlacedElement, Drawing]],
        notable: Sequence[tuple[PlacedElement, Drawing]],
        ticket: Ticket,
    ) -> None:
        others = [(placed.order, drawing) for placed, drawing in (*self._near, *notable)]
        for placed, code in codes:
            self._tick(placed, ticket)
            if code.blank and is_covered(placed.order, code.blank, others):
                self._note(placed, _COVERED, ticket)

    def _check_ground(
        self,
        codes: Sequence[tuple[PlacedElement, Drawing]],
        notable: Sequence[tuple[PlacedElement, Drawing]],
        ticket: Ticket,
    ) -> None:
        """Note codes that can hardly be told from the background."""
        light = [each for each in (*self._near, *notable) if each[1].is_light]
        for placed, code in codes:
            if code.blank is None:
                continue
            below = [(each.order, drawing) for each, drawing in light if each.order < placed.order]
            if self._is_lost(placed, code.blank, below):
                self._note(placed, _DARK_GROUND, ticket)

    def _is_lost(
        self, placed: PlacedElement, blank: Box, shapes: Sequence[tuple[int, Drawing]]
    ) -> bool:
        key = (placed.order, blank, *(order for order, _ in shapes))
        if key not in self._lost:
            from counterfoil.render.ground import Ground, has_contrast  # loads a PDF viewer

            drawings = [drawing for _, drawing in sorted(dict(shapes).items())]
            ground = Ground(
                self._background,
                self._background.sha256,
                self._page.background,
                b"\n".join(drawing.content for drawing in drawings),
            )
            colour = getattr(placed.element, "color", BLACK)
            self._lost[key] = not has_contrast(ground, blank, luma(colour))
        return self._lost[key]

    def _check_neighbours(self, texts: Mapping[int, _Text], ticket: Ticket) -> None:
        """Note texts that run into one another."""
        for first, second in self._texts.close:
            if first in texts and second in texts:
                (below, text, one), (above, other_text, other) = texts[first], texts[second]
                # The same text once more is a shadow, or bold type.
                if text != other_text and run_together(
                    bodies(one.ink, _turn(below)), bodies(other.ink, _turn(above))
                ):
                    diagnostic = Diagnostic.of("overlapping_text", number=below.order + 1)
                    self._note(above, diagnostic, ticket)

    def _tick(self, placed: PlacedElement, ticket: Ticket) -> None:
        try:
            tick()
        except WorkError as error:
            raise CostlyTicketError(ticket.label, placed.pointer, error.message) from error

    def _note(self, placed: PlacedElement, diagnostic: Diagnostic, ticket: Ticket) -> None:
        self._preflight.note(self._layout, placed.pointer, diagnostic, ticket.label)


def _turn(placed: PlacedElement) -> float:
    return placed.element.rotation if isinstance(placed.element, TextElement) else 0.0
