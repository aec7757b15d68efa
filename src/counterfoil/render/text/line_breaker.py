"""The one place that measures text: prepared paragraphs in, finished lines out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from counterfoil.render.budget import tick
from counterfoil.render.errors import RenderError
from counterfoil.render.fonts.embed import GlyphUse
from counterfoil.render.fonts.face import Face
from counterfoil.render.fonts.library import FontLibrary
from counterfoil.render.text.bidi import line_levels, needs_ordering, resolve
from counterfoil.render.text.line_layout import LineLayout, set_plain, set_shaped
from counterfoil.render.text.prepare import Paragraph, Prepared
from counterfoil.render.text.runs import visual_runs
from counterfoil.render.text.wrapping import Measure, Span, wrap
from counterfoil.render.units import Pt

_HYPHEN = "-"
_REMEMBERED_TEXTS = 4096
_REMEMBERED_WORDS = 16384
_REMEMBERED_STYLES = 256
# Points that are nobody's concern: sums of advances differ in their last bits.
_TOLERANCE = 1e-6
_NOTHING = Pt(0.0)

SLACK = 0.3
"""Points by which text may stand over an edge before anybody is told: less than printers shift."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text is set. ``language`` (BCP 47) picks among a font's forms of a letter."""

    face: Face
    size: Pt
    library: FontLibrary
    language: str = ""


class Line(NamedTuple):
    """One line, ready to be shown and shared by all places that show it.

    Attributes:
        text: what it says, in logical order.
        width: its natural width.
        available: the width it was broken for.
        squeezed: whether it has gaps and is too wide: it starts at the left, however aligned.
        narrowed: by how much its spaces are narrowed in all; no-break spaces never are.
        body: its operators, to stand in a text object where the pen is at the line's start.
        glyphs: what the document must embed (``UsedGlyphs.add``).
        missing: characters that no face has; they are drawn as empty boxes.
    """

    text: str
    width: Pt
    available: Pt
    squeezed: bool
    narrowed: Pt
    body: bytes
    glyphs: tuple[GlyphUse, ...]
    missing: tuple[str, ...]

    @property
    def printed(self) -> float:
        """The width it takes up on paper."""
        return self.width - self.narrowed

    @property
    def overflows(self) -> bool:
        """Whether it stands over the edge, being one piece that may not be split."""
        return self.printed > self.available + SLACK

    def indent(self, share: float) -> Pt:
        """Return where it starts, given the share of spare room that goes before it.

        The share is 0 to align left, a half to centre, 1 to align right. Room may be negative.
        """
        return Pt(0.0) if self.squeezed else Pt((self.available - self.width) * share)


@lru_cache(maxsize=_REMEMBERED_TEXTS)
def break_lines(
    prepared: Prepared, style: TextStyle, width: Pt, *, split_long_words: bool = True
) -> tuple[Line, ...]:
    """Break a text into lines of a width.

    A text that was broken before costs 0.7 us, a new one of one line 11 us (20 letters).

    Args:
        split_long_words: break a word that is wider than a line between its characters; else it
            stands over the edge, alone on its line.

    Raises:
        RenderError: the font size is not positive.
        WorkError: the ticket has used up its processor time.
    """
    if not style.size > 0:
        raise RenderError("The font size must be more than nothing.")
    lines: list[Line] = []
    for paragraph in prepared.paragraphs:
        tick()
        setter = _Setter(paragraph, style, width)
        line = setter.only_line()
        lines += [line] if line else setter.lines(split_long_words)
    return tuple(lines)


class _Setter:
    """Makes the lines of one paragraph."""

    def __init__(self, paragraph: Paragraph, style: TextStyle, width: Pt) -> None:
        self._paragraph = paragraph
        self._text = paragraph.text
        self._style = style
        self._width = width
        self._levels = resolve(self._text) if needs_ordering(self._text) else None

    def only_line(self) -> Line | None:
        """Return the line, if there is only one and its letters need no shaping.

        No word breaks for the wrapping then, which saves two thirds of the time.
        """
        if self._levels is not None:
            return None
        try:
            setting = set_plain(self._text, self._style.face, self._style.size, 0.0)
        except KeyError:
            return None
        width = Pt(setting.width * self._style.size)
        return self._line(self._text, width, setting) if width <= self._width else None

    def lines(self, split_long_words: bool) -> list[Line]:
        width = self._width / self._style.size
        measure = _measure(self._style)
        spans = wrap(self._paragraph, measure, width, split_long_words=split_long_words)
        return [self._line_of(span) for span in spans]

    def _line_of(self, span: Span) -> Line:
        tick()
        text = self._text[span.start : span.end] + (_HYPHEN if span.hyphen else "")
        levels = self._levels_of(span)
        setting = _set(text, levels, self._style)
        width = Pt(setting.width * self._style.size)
        if width <= self._width + _TOLERANCE or span.items < 2:
            return self._line(text, width, setting)
        spacing = (self._width - width) / (span.items - 1)
        setting = _set(text, levels, self._style, spacing / self._style.size)
        narrowed = Pt(-spacing * text.count(" "))
        return self._line(text, width, setting, squeezed=True, narrowed=narrowed)

    def _line(
        self,
        text: str,
        width: Pt,
        setting: LineLayout,
        *,
        squeezed: bool = False,
        narrowed: Pt = _NOTHING,
    ) -> Line:
        body, glyphs, missing = setting.body, setting.uses, setting.missing
        return Line(text, width, self._width, squeezed, narrowed, body, glyphs, missing)

    def _levels_of(self, span: Span) -> Sequence[int] | None:
        """Return the levels of a line; a hyphen at its end goes with the letter before."""
        if self._levels is None:
            return None
        levels = line_levels(self._text, self._levels, span.start, span.end)
        return levels + levels[-1:] if span.hyphen else levels


def _set(
    text: str, levels: Sequence[int] | None, style: TextStyle, spacing: float = 0.0
) -> LineLayout:
    if levels is None:
        try:
            return set_plain(text, style.face, style.size, spacing)
        except KeyError:
            levels = [0] * len(text)
    runs = visual_runs(text, levels, style.face, style.library, style.language)
    return set_shaped(text, runs, size=style.size, language=style.language, spacing=spacing)


@lru_cache(maxsize=_REMEMBERED_STYLES)
def _measure(style: TextStyle) -> Measure:
    # Widths are in em: measured at one size, they are known for all that a text is shrunk to.
    style = replace(style, size=Pt(1.0))
    widths = style.face.widths.__getitem__

    def measure(text: str) -> float:
        try:
            return sum(map(widths, text))
        except KeyError:
            return _shaped_width(text, style)

    return Measure(measure, space=measure(" "), hyphen=measure(_HYPHEN))


@lru_cache(maxsize=_REMEMBERED_WORDS)
def _shaped_width(text: str, style: TextStyle) -> float:
    tick()
    levels = resolve(text).of if needs_ordering(text) else None
    return _set(text, levels, style).width
