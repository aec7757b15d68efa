"""What the two text elements share: their attributes, and putting broken lines on paper."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from counterfoil.render.diagnostics import Diagnostic
from counterfoil.render.elements.base import NOTHING, Box, Drawing, Element, Extent, Frame, Slot
from counterfoil.render.elements.field_types import (
    COLOUR,
    DEGREES,
    FAMILY,
    FLAG,
    FONT_SIZE,
    LENGTH,
    LOCALE,
    POSITIVE_LENGTH,
    TEXT,
    VARIABLE,
    Choice,
    Colour,
    Translations,
)
from counterfoil.render.fonts.face import Face
from counterfoil.render.pdf import content
from counterfoil.render.reader import attribute
from counterfoil.render.text.line_breaker import SLACK, Line, TextStyle
from counterfoil.render.units import Mm, Pt, mm, pt
from counterfoil.render.values import SECRET, TruncatedSecret, Value, Variable, content_value

Point = tuple[float, float]

LEADING = 1.15
"""What a line height of 1 is, in font sizes."""

# Sizes and languages of one element; shrinking makes a few.
_STYLES = 64
_SHARES = {"left": 0.0, "center": 0.5, "right": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextElement(Element):
    """A text set in one face and broken into lines."""

    left: Mm = field(metadata=attribute(LENGTH, "Left"))
    bottom: Mm = field(metadata=attribute(LENGTH, "Bottom"))
    width: Mm = field(metadata=attribute(POSITIVE_LENGTH, "Width", "Lines are broken at it."))
    content: str = field(
        metadata=attribute(
            VARIABLE,
            "Content",
            "A variable, `meta:NAME`, `itemmeta:NAME` or `data:NAME`; or `other` for the element's "
            "own text, `other_i18n` for its own translated texts.",
        )
    )
    text: str = field(
        default="",
        metadata=attribute(
            TEXT, "Text", "Used if the content is `other`. `{name}` stands for a variable."
        ),
    )
    text_i18n: dict[str, str] = field(
        default_factory=dict,
        metadata=attribute(
            Translations(), "Texts", "Used if the content is `other_i18n`: texts by language."
        ),
    )
    locale: str = field(
        default="",
        metadata=attribute(LOCALE, "Language", "Empty: the language of the ticket."),
    )
    fontsize: Pt = field(metadata=attribute(FONT_SIZE, "Font size"))
    fontfamily: str = field(
        metadata=attribute(FAMILY, "Font", "An unknown family prints in Open Sans.")
    )
    bold: bool = field(metadata=attribute(FLAG, "Bold"))
    italic: bool = field(metadata=attribute(FLAG, "Italic"))
    align: str = field(
        metadata=attribute(
            Choice({"left": "Left", "center": "Centre", "right": "Right"}), "Alignment"
        )
    )
    color: Colour = field(metadata=attribute(COLOUR, "Colour"))
    rotation: float = field(
        default=0.0, metadata=attribute(DEGREES, "Rotation", "Clockwise, about the pivot.")
    )

    def compile(self, frame: Frame) -> Drawing | Slot:
        value = self._value()
        painter = self._painter(frame, self._face(frame))
        return Slot(value=value, draw=painter.draw, needs=value.needs())

    def _face(self, frame: Frame) -> Face:
        return frame.fonts.face(self.fontfamily, bold=self.bold, italic=self.italic)

    def turned(self, bottom: Mm, height: Mm, pivot: Mm) -> Extent:
        """Return a box of this width that is turned about its left side at a height."""
        turn = math.fmod(self.rotation, 360)
        return Extent(self.left, bottom, self.width, height, turn, (self.left, pivot))

    @abstractmethod
    def _painter(self, frame: Frame, face: Face) -> TextPainter:
        """Return what draws texts in this element."""

    def _value(self) -> Value:
        if self.content == SECRET:
            return TruncatedSecret(Variable(SECRET, self.locale))
        return content_value(self.content, self.text, self.text_i18n, self.locale)

    def diagnostics(self, frame: Frame) -> Iterator[Diagnostic]:
        if not self.content:
            return
        styles = frame.fonts.styles(self.fontfamily)
        if not styles:
            yield Diagnostic.of("unknown_family", family=self.fontfamily)
        elif (self.bold, self.italic) not in styles:
            yield Diagnostic.of("unknown_family.style", family=self.fontfamily)


class Block(NamedTuple):
    """Broken lines and where they go, seen from the pivot with y upward."""

    lines: Sequence[Line]
    size: Pt
    first: float
    """The first baseline."""
    lead: float
    """From one baseline to the next, downward."""
    pivot: Point
    height: float | None = None
    """Of the box, if there is one: how much the lines may take."""

    def is_too_high(self) -> bool:
        return self.height is not None and len(self.lines) * self.lead > self.height + SLACK


class TextPainter(ABC):
    """Draws any text in one text element."""

    def __init__(self, element: TextElement, frame: Frame, face: Face) -> None:
        turn = math.radians(math.fmod(element.rotation, 360))
        self._slant = Turned(turn) if turn else Straight()
        self._frame, self._face = frame, face
        self._colour = frame.ink.fill(element.color)
        self._locale = element.locale
        self._share = _SHARES[element.align]
        self._always = tuple(element.diagnostics(frame))
        self.width = pt(element.width)
        self.style = lru_cache(_STYLES)(self._style)

    def draw(self, text: str, locale: str) -> Drawing:
        block = self.set(text, self._locale or locale) if text else None
        if block is None or not block.lines:
            return NOTHING
        slant, pivot, y = self._slant, block.pivot, block.first
        low, high = self._face.descent * block.size, self._face.ascent * block.size
        parts, ink = [content.BEGIN_TEXT, self._colour], []
        is_odd = block.is_too_high()
        for line in block.lines:
            x = line.indent(self._share)
            parts += (slant.matrix(pivot, x, y), line.body)
            box = slant.box(pivot, (x, y + low, x + line.printed, y + high))
            ink.append(box)
            if line.width > self.width or line.missing or self._is_off_page(box):
                is_odd = True
            y -= block.lead
        parts.append(content.END_TEXT)
        return Drawing(
            content=b"\n".join(parts),
            glyphs=tuple(use for line in block.lines for use in line.glyphs),
            diagnostics=(*self._always, *self._diagnostics(block, ink)) if is_odd else self._always,
            ink=tuple(ink),
        )

    @abstractmethod
    def set(self, text: str, language: str) -> Block:
        """Break a text into lines and place them."""

    def _style(self, size: Pt, language: str) -> TextStyle:
        return TextStyle(self._face, size, self._frame.fonts, language)

    def _is_off_page(self, box: Box) -> bool:
        left, bottom, right, top = box
        width, height = self._frame.width, self._frame.height
        return left < -SLACK or bottom < -SLACK or right > width + SLACK or top > height + SLACK

    def _diagnostics(self, block: Block, ink: Sequence[Box]) -> Iterator[Diagnostic]:
        missing = dict.fromkeys(each for line in block.lines for each in line.missing)
        if missing:
            yield Diagnostic.of(
                "missing_glyphs", characters=", ".join(map(_character_name, missing))
            )
        if any(line.narrowed for line in block.lines):
            yield Diagnostic.of("squeezed_line")
        if any(line.overflows for line in block.lines) or block.is_too_high():
            yield Diagnostic.of("overflows_box", width=f"{mm(self.width):.1f}")
        if any(map(self._is_off_page, ink)):
            yield Diagnostic.of("overflows_page")


class Straight:
    """Text as most text is. Three times as fast as turning by nothing: 1 us a line against 3."""

    def matrix(self, pivot: Point, x: float, y: float) -> bytes:
        """Return the operator that moves the pen to a place seen from the pivot."""
        return b"1 0 0 1 %.3f %.3f Tm" % (pivot[0] + x, pivot[1] + y)

    def box(self, pivot: Point, box: Box) -> Box:
        """Return the box on the page around a box seen from the pivot."""
        x, y = pivot
        return x + box[0], y + box[1], x + box[2], y + box[3]


class Turned:
    """Text turned clockwise about the pivot."""

    def __init__(self, turn: float) -> None:
        self._cos, self._sin = math.cos(turn), math.sin(turn)

    def matrix(self, pivot: Point, x: float, y: float) -> bytes:
        cos, sin = self._cos, self._sin
        return content.text_matrix(cos, -sin, sin, cos, *self._place(pivot, x, y))

    def box(self, pivot: Point, box: Box) -> Box:
        left, bottom, right, top = box
        corners = [self._place(pivot, x, y) for x in (left, right) for y in (bottom, top)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def _place(self, pivot: Point, x: float, y: float) -> Point:
        return (
            pivot[0] + x * self._cos + y * self._sin,
            pivot[1] - x * self._sin + y * self._cos,
        )


def _character_name(character: str) -> str:
    code = f"U+{ord(character):04X}"
    return f"{character} ({code})" if character.isprintable() else code
