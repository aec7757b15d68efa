"""Text without a lower end: the older text element, which many layouts still hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from counterfoil.render.elements.base import Extent, Frame
from counterfoil.render.elements.field_types import FACTOR, FLAG
from counterfoil.render.elements.text import LEADING, Block, TextElement, TextPainter
from counterfoil.render.errors import TextError
from counterfoil.render.fonts.face import Face
from counterfoil.render.reader import attribute
from counterfoil.render.text.line_breaker import Line, break_lines
from counterfoil.render.text.prepare import prepare
from counterfoil.render.units import Mm, Pt, mm, pt
from counterfoil.render.values import Ticket

# Where pretix puts the first baseline depends on these, found by measuring its output.
_DOWNWARD_DROP = 1 / 2.5
_UPWARD_STRETCH = 1.05
_LEAST_ASCENT, _LEAST_DESCENT = 5 / 6, 1 / 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TextArea(TextElement):
    """Text that grows up from its anchor, or down from it."""

    kind: ClassVar[str] = "textarea"
    label: ClassVar[str] = "Text"
    about: ClassVar[str] = (
        "Text of any height, the older text element. (left, bottom) is its lower left corner, or "
        "its upper left one if it grows downward. Long words are always split."
    )

    lineheight: float | None = field(
        default=None,
        metadata=attribute(
            FACTOR, "Line height", "1 is 1.15 times the font size. Absent: as the font has it."
        ),
    )
    downward: bool = field(
        default=False, metadata=attribute(FLAG, "Downward", "Grow down from the anchor.")
    )

    def extent(self, ticket: Ticket, frame: Frame) -> Extent:
        painter = self._painter(frame, self._face(frame))
        language = self.locale or ticket.locale
        try:
            height = painter.height(self._value()(ticket), language)
        except TextError:  # it is never printed
            height = painter.height("", language)
        bottom = Mm(self.bottom - height) if self.downward else self.bottom
        return self.turned(bottom, height, Mm(bottom + height))

    def _painter(self, frame: Frame, face: Face) -> _AreaPainter:
        return _AreaPainter(self, frame, face)


class _AreaPainter(TextPainter):
    def __init__(self, element: TextArea, frame: Frame, face: Face) -> None:
        super().__init__(element, frame, face)
        self._size = element.fontsize
        self._line_height = element.lineheight
        self._downward = element.downward
        self._anchor = pt(element.left), pt(element.bottom)
        self._ascent, self._descent = face.ascent, face.descent

    def set(self, text: str, language: str) -> Block:
        lines = self._break(text, language)
        x, y = self._anchor
        if self._downward:
            first = (-self._descent * _DOWNWARD_DROP - 1) * self._size
            return Block(lines, self._size, first, self._lead(text), (x, y))
        factor = 1.0 if self._line_height is None else self._line_height * LEADING
        drop = self._descent + (factor - 1) * _UPWARD_STRETCH
        pivot = (x, y + len(lines) * self._line_share() * self._size)
        return Block(lines, self._size, (-drop - 1) * self._size, self._lead(text), pivot)

    def height(self, text: str, language: str) -> Mm:
        """Return what the text takes up, and for none what one line would."""
        lines = len(self._break(text, language)) or 1
        return mm(Pt(lines * self._line_share() * self._size))

    def _break(self, text: str, language: str) -> Sequence[Line]:
        style = self.style(self._size, language)
        return break_lines(prepare(text), style, self.width, split_long_words=True)

    def _line_share(self) -> float:
        """Return what one line adds to the height of the text, in font sizes."""
        if self._line_height is not None:
            return self._line_height * LEADING
        return max(1.0, self._ascent - self._descent)

    def _lead(self, text: str) -> float:
        """Return the step from line to line; pretix has two for text without a line height."""
        if self._line_height is None and ("\n" in text or "-" in text):
            ascent, descent = max(_LEAST_ASCENT, self._ascent), max(_LEAST_DESCENT, -self._descent)
            return (ascent + descent) * self._size
        return self._line_share() * self._size
