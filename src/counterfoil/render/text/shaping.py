"""A run shaped: its glyphs, and which letters each of them stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self
from unicodedata import category

from counterfoil.render.fonts.embed import GlyphUse
from counterfoil.render.fonts.face import NOTDEF, SHARED_SCRIPT, Glyph
from counterfoil.render.text.runs import Run, is_invisible, missing_characters, substitutes

_NO_CHARACTER = "\uffff"


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
            substitutes(run.face, text),
            run.start,
            run.end,
            rtl=run.level % 2 == 1,
            script=run.script,
            language=language,
        )
        run_of_glyphs = cls(run, text, glyphs)
        return (
            run_of_glyphs._with_aliases()
            if run.script == SHARED_SCRIPT and run.face.aliases
            else run_of_glyphs
        )

    def _with_aliases(self) -> Self:
        """Name letters that share a glyph by character ids of their own."""
        aliases, clusters = self.run.face.aliases, self.clusters()
        visible = {
            (start, gid): aliases.get((gid, text), gid)
            for start, glyphs in self._members().items()
            if len(glyphs) > 1
            for gid, text in self._actual_texts(glyphs, clusters[start])
        }
        glyphs = [
            glyph._replace(gid=visible.get((glyph.cluster, glyph.gid), glyph.gid))
            for glyph in self.glyphs
        ]
        return replace(self, glyphs=glyphs)

    @property
    def width(self) -> float:
        return sum(glyph.advance for glyph in self.glyphs)

    def use(self) -> GlyphUse:
        """Return the glyphs to embed, each with the text that it alone stands for."""
        clusters = self.clusters()
        return GlyphUse(
            self.run.face,
            "",
            tuple(
                pair
                for start, glyphs in self._members().items()
                for pair in self._actual_texts(glyphs, clusters[start])
            ),
        )

    def _members(self) -> dict[int, list[Glyph]]:
        """Return the glyphs of each cluster by its first character's index."""
        members: dict[int, list[Glyph]] = {}
        for glyph in self.glyphs:
            members.setdefault(glyph.cluster, []).append(glyph)
        return members

    def _actual_texts(self, glyphs: Sequence[Glyph], cluster: str) -> Iterator[tuple[int, str]]:
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

    def missing(self, line: str) -> str:
        """Return the characters of a line that are drawn as an empty box here, or not at all."""
        if self.run.missing:
            return missing_characters(line, self.run)
        if not self.glyphs:
            own = line[self.run.start : self.run.end]
            return "".join(c for c in own if not (c.isspace() or is_invisible(c)))
        clusters = self.clusters()
        return "".join(clusters[glyph.cluster] for glyph in self.glyphs if glyph.gid == NOTDEF)

    @property
    def is_leftward(self) -> bool:
        return self.run.level % 2 == 1

    @property
    def own_text(self) -> str:
        """The run's part of the line."""
        return self.text[self.run.start : self.run.end]

    def clusters(self) -> dict[int, str]:
        """Return the text of each cluster by its first character's index."""
        starts = sorted({glyph.cluster for glyph in self.glyphs})
        ends = [*starts[1:], self.run.end] if starts else []
        return {start: self.text[start:end] for start, end in zip(starts, ends, strict=True)}


def _without_controls(text: str) -> str:
    """Put in place of controls a character that surely has no glyph, so that .notdef shows."""
    return "".join(_NO_CHARACTER if category(c) == "Cc" else c for c in text)
