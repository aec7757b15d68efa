"""Text in a box: aligned in both directions, and made smaller if it does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from counterfoil.render.elements.base import Extent, Frame
from counterfoil.render.elements.field_types import FACTOR, FLAG, LENGTH, Choice
from counterfoil.render.elements.text import LEADING, Block, TextElement, TextPainter
from counterfoil.render.fonts.face import Face
from counterfoil.render.reader import attribute
from counterfoil.render.text.line_breaker import Line, break_lines
from counterfoil.render.text.prepare import Prepared, prepare
from counterfoil.render.units import Mm, Pt, pt
from counterfoil.render.values import Ticket

_TRIES = 25
_SMALLEST = Pt(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextContainer(TextElement):
    """Text in a box of fixed width and height."""

    kind: ClassVar[str] = "textcontainer"
    label: ClassVar[str] = "Text box"
    about: ClassVar[str] = (
        "Text in a box. It turns about the box's top left corner. Text that is too much for the "
        "box stands over its edge, unless it may shrink."
    )

    height: Mm = field(metadata=attribute(LENGTH, "Height"))
    verticalalign: str = field(
        metadata=attribute(
            Choice({"top": "Top", "middle": "Middle", "bottom": "Bottom"}), "Vertical alignment"
        )
    )
    lineheight: float = field(
        default=1.0, metadata=attribute(FACTOR, "Line height", "1 is 1.15 times the font size.")
    )
    autoresize: bool = field(
        default=False,
        metadata=attribute(FLAG, "Shrink to fit", "Reduce the font size until the text fits."),
    )
    splitlongwords: bool = field(
        default=True,
        metadata=attribute(FLAG, "Split long words", "Break words that are wider than the box."),
    )

    def extent(self, ticket: Ticket, frame: Frame) -> Extent:
        top = Mm(self.bottom + self.height)
        return self.turned(Mm(min(self.bottom, top)), Mm(abs(self.height)), top)

    def _painter(self, frame: Frame, face: Face) -> TextPainter:
        return _ContainerPainter(self, frame, face)


class _ContainerPainter(TextPainter):
    def __init__(self, element: TextContainer, frame: Frame, face: Face) -> None:
        super().__init__(element, frame, face)
        self._size = element.fontsize
        self._leading = element.lineheight * LEADING
        self._shrinks = element.autoresize
        self._splits = element.splitlongwords
        self._vertical = element.verticalalign
        self._height = pt(element.height)
        self._pivot = pt(element.left), pt(element.bottom) + self._height

    def set(self, text: str, language: str) -> Block:
        lines, size = self._fit(prepare(text), language)
        lead = self._leading * size
        spare = len(lines) * lead - self._height
        shift = {"top": 0.0, "middle": spare / 2, "bottom": spare}[self._vertical]
        return Block(lines, size, shift - size, lead, self._pivot, self._height)

    def _fit(self, text: Prepared, language: str) -> tuple[Sequence[Line], Pt]:
        """Break the text, at smaller and smaller sizes if the element shrinks.

        Steps and their number are pretix's, so that a size found here is the size found there;
        what fits not even at the last one is printed all the same.
        """
        size, lines = self._size, self._break(text, self._size, language)
        for _ in range(_TRIES - 1 if self._shrinks else 0):
            too_high = len(lines) * self._leading * size > self._height
            if not lines or size <= _SMALLEST or not (too_high or self._is_too_wide(lines)):
                break
            size = Pt(size - (max(1, 0.1 * size) if too_high else max(0.25, 0.025 * size)))
            lines = self._break(text, size, language)
        return lines, size

    def _break(self, text: Prepared, size: Pt, language: str) -> Sequence[Line]:
        style = self.style(size, language)
        return break_lines(text, style, self.width, split_long_words=self._splits)

    def _is_too_wide(self, lines: Sequence[Line]) -> bool:
        return max(line.width for line in lines) > self.width
