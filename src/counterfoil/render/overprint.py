"""Words across a page that keep paper from being taken for what it is not: TEST, or a preview.

They are outlines of letters, so that no search or copied text has them, and leave what is below
readable. A code is never written over: either the words leave it out, or the overprint spoils it
so that no scanner reads it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from counterfoil.render.elements.base import Box
from counterfoil.render.fonts.library import FontLibrary
from counterfoil.render.pdf import content
from counterfoil.render.pdf.syntax import number
from counterfoil.render.values import Overprint

_RED = (0.8, 0.12, 0.12)
_GREY = (0.45, 0.45, 0.45)
_FAMILY = "Open Sans"
# Of the page's diagonal: how long a word is at most, and how far apart its repetitions are.
_WORD, _GAP, _LINES = 0.42, 0.1, 0.26
# Of the height of a letter.
_STROKE = 0.025
_TALLEST = 0.16
# Words of this many pages are kept: a print run has one or two.
_CACHE_SIZE = 32


class _Path:
    """Collects the outline of glyphs as operators of a page."""

    def __init__(self, scale: float) -> None:
        self.parts: list[bytes] = []
        self._scale = scale
        self._x = 0.0
        self._at = (0.0, 0.0)

    def shift(self, advance: float) -> None:
        self._x += advance

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - a pen of fontTools
        self._add(b"m", point)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - a pen of fontTools
        self._add(b"l", point)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802 - a pen of fontTools
        self._add(b"c", *points)

    def qCurveTo(  # noqa: N802 - a pen of fontTools
        self, control: tuple[float, float], end: tuple[float, float]
    ) -> None:
        first, second = (
            (p[0] + (control[0] - p[0]) * 2 / 3, p[1] + (control[1] - p[1]) * 2 / 3)
            for p in (self._at, end)
        )
        self._add(b"c", first, second, end)

    def closePath(self) -> None:  # noqa: N802 - a pen of fontTools
        self.parts.append(content.CLOSE_PATH)

    def _add(self, operator: bytes, *points: tuple[float, float]) -> None:
        self._at = points[-1]
        placed = [((x + self._x) * self._scale, y * self._scale) for x, y in points]
        self.parts.append(b" ".join([*(number(each) for p in placed for each in p), operator]))


def draw_overprint(
    overprint: Overprint,
    page: tuple[float, float],
    fonts: FontLibrary,
    codes: Sequence[Box],
) -> bytes:
    """Return the operators that write the words over a page, and around or over its codes.

    Args:
        page: width and height in points.
        codes: the paper of each code, with its quiet zone.
    """
    words = _words(overprint.text, page, fonts)
    if overprint.spoils_codes:
        return b"\n".join([*(_spoiled(code) for code in codes), words])
    return b"\n".join([content.SAVE, *_leaving_out(codes, page), words, content.RESTORE])


def _leaving_out(codes: Iterable[Box], page: tuple[float, float]) -> Iterator[bytes]:
    """Clip to what is outside of each code: inside the page, and not inside the code."""
    width, height = page
    around = b" ".join(map(number, (0.0, 0.0, width, height))) + b" re"
    for left, bottom, right, top in codes:
        code = b" ".join(map(number, (left, bottom, right - left, top - bottom))) + b" re"
        yield b"\n".join((around, code, b"W* n"))


def _spoiled(code: Box) -> bytes:
    """Paint a code over, and cross it out."""
    left, bottom, right, top = code
    box = b" ".join(map(number, (left, bottom, right - left, top - bottom))) + b" re"
    cross = [(left, bottom, right, top), (left, top, right, bottom)]
    lines = [
        content.operator(b"m", a, b) + b" " + content.operator(b"l", c, d) for a, b, c, d in cross
    ]
    paint = [content.fill_rgb(1, 1, 1), box, content.FILL]
    stroke = [content.stroke_rgb(*_GREY), b"1 w", box, *lines, content.STROKE]
    return b"\n".join([content.SAVE, *paint, *stroke, content.RESTORE])


@lru_cache(_CACHE_SIZE)
def _words(text: str, page: tuple[float, float], fonts: FontLibrary) -> bytes:
    """Return the words again and again on lines along the diagonal of a page."""
    width, height = page
    diagonal = math.hypot(width, height)
    face = fonts.face(_FAMILY, bold=True)
    glyphs = [face.gid(letter) for letter in text]
    advances = [face.advance(glyph) for glyph in glyphs]
    size = min(_WORD * diagonal / max(sum(advances), 0.1), _TALLEST * diagonal)
    path: Any = _Path(size / face.metrics.upem)
    for glyph, advance in zip(glyphs, advances, strict=True):
        face.hb_font.draw_glyph_with_pen(glyph, path)
        path.shift(advance * face.metrics.upem)
    word = b"\n".join([*path.parts, content.STROKE])
    turn = math.atan2(height, width)
    turned = (math.cos(turn), math.sin(turn), -math.sin(turn), math.cos(turn))
    length, step = size * sum(advances), _LINES * diagonal
    placed = [
        b"\n".join((content.SAVE, content.transform(1, 0, 0, 1, x, y), word, content.RESTORE))
        for x, y in _places(length, size, _GAP * diagonal, step, diagonal)
    ]
    begin = [
        content.SAVE,
        content.stroke_rgb(*_RED),
        content.line_width(size * _STROKE),
        content.transform(*turned, width / 2, height / 2),
    ]
    return b"\n".join([*begin, *placed, content.RESTORE])


def _places(
    length: float, size: float, gap: float, step: float, diagonal: float
) -> Iterator[tuple[float, float]]:
    """Yield where words begin, from the middle of the page, every other line set off."""
    for line in (-1, 0, 1):
        shift = (length + gap) / 2 if line % 2 else 0.0
        count = math.ceil(diagonal / (2 * (length + gap)))
        for word in range(-count, count + 1):
            x = word * (length + gap) - length / 2 + shift
            if abs(x + length / 2) < diagonal / 2:
                yield x, line * step - size * 0.36
