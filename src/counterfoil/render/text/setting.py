"""One line as text-showing operators (ISO 32000-1, 9.4.3), with what they need and what they lack.

Strings hold glyph ids, which readers translate back through ToUnicode: one text per glyph. Where
that would not give what was meant (ligatures, reordered vowels, missing glyphs), the
run carries its text as ActualText (14.9.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple, Self
from unicodedata import category, mirrored

from counterfoil.render.fonts.aliases import SCRIPT
from counterfoil.render.fonts.embed import GlyphUse
from counterfoil.render.fonts.face import CODES, Face, Glyph
from counterfoil.render.pdf.content import operator, select_font
from counterfoil.render.pdf.syntax import number, utf16_hex
from counterfoil.render.text.runs import Run, missing_characters

# Differences between where a glyph is wanted and where the one before left the pen, in em, below
# which nobody can see one.
_NEGLIGIBLE = 1e-5
# Glyphs in a string; pdfium drops what is beyond 32,767 bytes.
_LONGEST = 10_000
# How far, in em, a mark is not moved to the right in text that runs there (Thai, above all): one
# that begins behind the start of the next letter is read back as standing after that letter by all
# who go by places, and nobody sees so small a move.
_NUDGE = 0.05
_NO_CHARACTER = "\uffff"


class Setting(NamedTuple):
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


def set_plain(text: str, face: Face, size: float, spacing: float) -> Setting:
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
    return Setting(width, body, (GlyphUse(face, text),), ())


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
) -> Setting:
    """Set a line of any characters, divided into runs in visual order."""
    shaped = [ShapedRun.of(text, run, language) for run in runs]
    body = [
        b"%b\n%b" % (_selected(one.run.face, size), one.encode(size, spacing)) for one in shaped
    ]
    missing = (missing_characters(text, one.run) for one in shaped if one.run.missing)
    return Setting(
        sum(one.width for one in shaped),
        b"\n".join(body),
        tuple(one.use() for one in shaped),
        tuple(dict.fromkeys("".join(missing))),
    )


@dataclass(frozen=True, slots=True)
class ShapedRun:
    """A run with its glyphs in visual order."""

    run: Run
    text: str
    glyphs: Sequence[Glyph]

    @classmethod
    def of(cls, text: str, run: Run, language: str) -> Self:
        if run.missing:
            text = _without_controls(text)
        glyphs = run.face.shape(
            text,
            run.start,
            run.end,
            rtl=run.level % 2 == 1,
            script=run.script,
            language=language,
        )
        made = cls(run, text, glyphs)
        return made._with_aliases() if run.script == SCRIPT and run.face.aliases else made

    def _with_aliases(self) -> Self:
        """Name letters that share a glyph by character ids of their own."""
        aliases, clusters = self.run.face.aliases, self._clusters()
        shown = {
            (start, gid): aliases.get((gid, text), gid)
            for start, glyphs in self._members().items()
            if len(glyphs) > 1
            for gid, text in self._told(glyphs, clusters[start])
        }
        glyphs = [
            glyph._replace(gid=shown.get((glyph.cluster, glyph.gid), glyph.gid))
            for glyph in self.glyphs
        ]
        return replace(self, glyphs=glyphs)

    @property
    def width(self) -> float:
        return sum(glyph.advance for glyph in self.glyphs)

    def use(self) -> GlyphUse:
        """Return the glyphs to embed, each with the text that it alone stands for."""
        clusters = self._clusters()
        return GlyphUse(
            self.run.face,
            "",
            tuple(
                pair
                for start, glyphs in self._members().items()
                for pair in self._told(glyphs, clusters[start])
            ),
        )

    def _members(self) -> dict[int, list[Glyph]]:
        """Return the glyphs of each cluster by its first character's index."""
        members: dict[int, list[Glyph]] = {}
        for glyph in self.glyphs:
            members.setdefault(glyph.cluster, []).append(glyph)
        return members

    def _told(self, glyphs: Sequence[Glyph], cluster: str) -> Iterator[tuple[int, str]]:
        """Share out a cluster's text: to glyphs that stand for a letter of it, the rest to one.

        That one is the widest of those that are left, such as the body of a letter whose dots are
        glyphs of their own.
        """
        if len(glyphs) == 1:
            yield glyphs[0].gid, self.run.face.texts.get(glyphs[0].gid) or cluster
            return
        letters, others = list(cluster), []
        for glyph in glyphs:
            text = self.run.face.texts.get(glyph.gid)
            if text in letters:
                letters.remove(text)
                yield glyph.gid, text
            else:
                others.append(glyph)
        widest = max(others, key=lambda glyph: glyph.advance, default=None)
        for glyph in others:
            yield glyph.gid, "".join(letters) if glyph is widest else ""

    def encode(self, size: float, spacing: float) -> bytes:
        """Write the run; ``spacing`` in em is added to every space."""
        shown = b"\n".join(self._strings(size, spacing))
        if self._is_read_back():
            return shown
        return b"/Span<</ActualText<FEFF%b>>>BDC\n%b\nEMC" % (utf16_hex(self._meant()), shown)

    def _is_read_back(self) -> bool:
        """Tell whether the glyphs' own texts, one by one, make up the run's text."""
        clusters = self._clusters()
        return len(clusters) == len(self.glyphs) and all(
            self.run.face.texts.get(glyph.gid) == self._on_paper(glyph, clusters)
            for glyph in self.glyphs
        )

    def _meant(self) -> str:
        """Return the run's text, as it stands on paper from left to right.

        That is how readers take text, ActualText included, before they turn right-to-left letters
        around by themselves: so pdfium and poppler read Arabic right, and backwards otherwise.
        """
        if self.run.level % 2 == 0:
            return self.text[self.run.start : self.run.end]
        clusters = self._clusters()
        firsts = {glyph.cluster: glyph for glyph in self.glyphs}
        return "".join(self._on_paper(glyph, clusters)[::-1] for glyph in firsts.values())

    def _on_paper(self, glyph: Glyph, clusters: dict[int, str]) -> str:
        """Return a cluster's text; a bracket that runs right to left looks like its counterpart."""
        text = clusters[glyph.cluster]
        if self.run.level % 2 and len(text) == 1 and mirrored(text):
            return self.run.face.texts.get(glyph.gid, text)
        return text

    def _clusters(self) -> dict[int, str]:
        """Return the text of each cluster by its first character's index."""
        starts = sorted({glyph.cluster for glyph in self.glyphs})
        ends = [*starts[1:], self.run.end]
        return {start: self.text[start:end] for start, end in zip(starts, ends, strict=True)}

    def _strings(self, size: float, spacing: float) -> Iterator[bytes]:
        """Yield one operator per stretch of glyphs on the same height."""
        risen = 0.0
        for rise, glyphs in groupby(self._steps(spacing), key=lambda step: step.rise):
            if rise != risen:
                yield operator(b"Ts", rise * size)
                risen = rise
            yield _write_steps(glyphs)
        if risen:
            yield operator(b"Ts", 0)

    def _steps(self, spacing: float) -> Iterator[_Step]:
        """Yield the glyphs with the move of the pen that each needs first."""
        pending = 0.0
        nudge = 0.0 if self.run.level % 2 else _NUDGE
        for gid, cluster, advance, offset, dy in self.glyphs:
            dx = 0.0 if advance == 0 and 0 < offset <= nudge else offset
            yield _Step(gid, pending + dx, dy)
            wanted = advance + (spacing if self.text[cluster] == " " else 0.0)
            pending = wanted - dx - self.run.face.advance(gid)
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


def _without_controls(text: str) -> str:
    """Put in place of controls a character that surely has no glyph, so that .notdef shows."""
    return "".join(_NO_CHARACTER if category(c) == "Cc" else c for c in text)
