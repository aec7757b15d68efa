"""One line as text-showing operators (ISO 32000-1, 9.4.3), with what they need and what they lack.

Strings hold glyph ids, which readers translate back through ToUnicode: one text per glyph. Where
that would not give what was meant, ``copying`` adds what would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from counterfoil.render.fonts.embed import GlyphUse
from counterfoil.render.fonts.face import CODES, Face
from counterfoil.render.pdf.content import operator, select_font
from counterfoil.render.pdf.syntax import number
from counterfoil.render.text.actual_text import actual_texts, make_readable
from counterfoil.render.text.runs import Run
from counterfoil.render.text.shaping import ShapedRun

# Differences between where a glyph is wanted and where the one before left the pen, in em, below
# which nobody can see one.
_NEGLIGIBLE = 1e-5
# Glyphs in a string; pdfium drops what is beyond 32,767 bytes.
_LONGEST = 10_000
# How far, in em, a mark is not moved to the right in text that runs there (Thai, above all): one
# that begins behind the start of the next letter is read back as standing after that letter by all
# who go by places, and nobody sees so small a move.
_NUDGE = 0.05


class LineLayout(NamedTuple):
    """A line, drawn from the pen's place on.

    Attributes:
        width: natural width in em.
        body: operators for inside a text object.
        uses: the glyphs that the document must embed.
        missing: characters that no face has.
    """

    width: float
    body: bytes
    uses: tuple[GlyphUse, ...]
    missing: tuple[str, ...]


def set_plain(text: str, face: Face, size: float, spacing: float) -> LineLayout:
    """Set a line of plain characters; ``spacing`` in em is added to every space.

    Raises:
        KeyError: one of them needs ``set_shaped``.
    """
    width = sum(map(face.widths.__getitem__, text))
    if spacing:
        shown = _spaced(text, face, spacing)
    else:
        shown = b"%bTj" % b"Tj\n".join(_literals(text, face))
    body = b"%b\n%b" % (_selected(face, size), shown)
    return LineLayout(width, body, (GlyphUse(face, text),), ())


@lru_cache(maxsize=256)
def _selected(face: Face, size: float) -> bytes:
    return select_font(face.resource, size)


def _literals(text: str, face: Face) -> Iterator[bytes]:
    """Yield a text as strings, none longer than readers take (ISO 32000-1, Annex C)."""
    for start in range(0, len(text) or 1, _LONGEST):
        part = text[start : start + _LONGEST]
        yield b"(%b)" % b"".join(map(face.written.__getitem__, part))


def _spaced(text: str, face: Face, spacing: float) -> bytes:
    """Write a line with a change after each space; Tw would not see two-byte spaces."""
    change = b" " + number(-spacing * 1000) + b" "
    words = text.split(" ")
    ends = [*(word + " " for word in words[:-1]), words[-1]]
    strings = (b" ".join(_literals(part, face)) for part in ends)
    return b"[" + change.join(strings) + b"]TJ"


def set_shaped(
    text: str, runs: Sequence[Run], *, size: float, language: str, spacing: float
) -> LineLayout:
    """Set a line of any characters, divided into runs in visual order."""
    shaped = [ShapedRun.of(text, run, language) for run in runs]
    drawn = (
        b"\n".join((_selected(one.run.face, size), *_strings(one, size, spacing))) for one in shaped
    )
    body = map(make_readable, actual_texts(shaped), drawn)
    missing = (one.missing(text) for one in shaped)
    return LineLayout(
        sum(one.width for one in shaped),
        b"\n".join(body),
        tuple(one.use() for one in shaped),
        tuple(dict.fromkeys("".join(missing))),
    )


def _strings(shaped: ShapedRun, size: float, spacing: float) -> Iterator[bytes]:
    """Yield one operator per stretch of glyphs on the same height."""
    risen = 0.0
    for rise, glyphs in groupby(_steps(shaped, spacing), key=lambda step: step.rise):
        if rise != risen:
            yield operator(b"Ts", rise * size)
            risen = rise
        yield _write_steps(glyphs)
    if risen:
        yield operator(b"Ts", 0)


def _steps(shaped: ShapedRun, spacing: float) -> Iterator[_Step]:
    """Yield the glyphs with the move of the pen that each needs first."""
    pending = 0.0
    nudge = 0.0 if shaped.is_leftward else _NUDGE
    for gid, cluster, advance, offset, dy in shaped.glyphs:
        dx = 0.0 if advance == 0 and 0 < offset <= nudge else offset
        yield _Step(gid, pending + dx, dy)
        wanted = advance + (spacing if shaped.text[cluster] == " " else 0.0)
        pending = wanted - dx - shaped.run.face.advance(gid)
    if abs(pending) > _NEGLIGIBLE:
        yield _Step(None, pending, 0.0)


class _Step(NamedTuple):
    gid: int | None
    move: float
    rise: float


def _write_steps(steps: Iterable[_Step]) -> bytes:
    """Write glyphs and moves as one TJ; a number moves the pen back by thousandths of an em."""
    parts: list[bytes] = []
    string = b""
    for gid, move, _ in steps:
        if string and (abs(move) > _NEGLIGIBLE or len(string) > _LONGEST):
            parts.append(b"(%b)" % string)
            string = b""
        if abs(move) > _NEGLIGIBLE:
            parts.append(number(-move * 1000))
        if gid is not None:
            string += CODES[gid]
    if string:
        parts.append(b"(%b)" % string)
    return b"[%b]TJ" % b" ".join(parts)
