"""A line divided into runs that HarfBuzz can shape: one face, one script, one direction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, normalize

from counterfoil.render.fonts.face import Face
from counterfoil.render.fonts.library import FontLibrary
from counterfoil.render.fonts.script import COMMON, script_of
from counterfoil.render.text.bidi import visual_order
from counterfoil.render.text.breaking import clusters
from counterfoil.render.text.prepare import REPLACEMENT

# What is drawn instead of hyphens and spaces that a face lacks, the best first.
_ALIKE = {"\u2010": "-", "\u2011": "\u2010-", "\u00a0": " "}
# Invisible characters that Unicode does not call format controls (Default_Ignorable_Code_Point),
# or did not yet call so when the oldest Python that we run on was made.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u3164\uffa0")
_INVISIBLE_RANGES = re.compile(
    "[\ufe00-\ufe0f\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U000e0000-\U000e0fff]"
)
# Invisible characters for which HarfBuzz draws a glyph: what a face has for them, which arranges
# the letters beside them, or else an empty box.
_ARRANGING = frozenset(
    "\u115f\u1160\u3164\uffa0\U0001bca0\U0001bca1\U0001bca2\U0001bca3"
    + "".join(map(chr, range(0x13430, 0x13440)))
)
# Marks around annotations, for which some faces have a visible glyph.
_ANNOTATING = frozenset("\ufff9\ufffa\ufffb")
# HarfBuzz draws nothing for it, in whatever face.
_NOTHING = "\u2060"
_SUBSTITUTABLE = re.compile("[" + "".join((*_ALIKE, *_ARRANGING, *_ANNOTATING)) + "]")
_TEXT_STYLE, _EMOJI_STYLE, _PICTURES = "\ufe0e", "\ufe0f", "\U0001f000"
# Arabic, Syriac and Kaithi number signs are format controls that do show.
_VISIBLE = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a line; ``missing`` tells that its face cannot draw it and no other can."""

    start: int
    end: int
    face: Face
    script: str
    level: int
    missing: bool


@dataclass(frozen=True, slots=True)
class _Cluster:
    start: int
    end: int
    face: Face
    missing: bool


def visual_runs(
    text: str, levels: Sequence[int], face: Face, library: FontLibrary, language: str
) -> list[Run]:
    """Return a line's runs from left to right."""
    runs: list[Run] = []
    scripts = _scripts(text)
    for cluster in _clusters(text, face, library, _han_language(language, scripts)):
        run = Run(
            cluster.start,
            cluster.end,
            cluster.face,
            scripts[cluster.start],
            levels[cluster.start],
            cluster.missing,
        )
        if runs and _continues(runs[-1], run):
            runs[-1] = Run(runs[-1].start, run.end, run.face, run.script, run.level, run.missing)
        else:
            runs.append(run)
    return [runs[place] for place in visual_order([run.level for run in runs])]


def missing_characters(text: str, run: Run) -> str:
    """Return what a run cannot show of its text."""
    return "".join(
        character
        for character in text[run.start : run.end]
        if character == REPLACEMENT
        or not (is_invisible(character) or _draws(run.face, substitutes(run.face, character)))
    )


def substitutes(face: Face, text: str) -> str:
    """Return what to shape for a text: as long, but with hyphens that the face has.

    What must stay invisible becomes a character that HarfBuzz hides.
    """
    return _SUBSTITUTABLE.sub(lambda match: _stand_in(face, match[0]), text)


def _stand_in(face: Face, character: str) -> str:
    if character in _ANNOTATING:
        return _NOTHING
    if face.has(character):
        return character
    if character in _ARRANGING:
        return _NOTHING
    return next(filter(face.has, _ALIKE[character]), character)


def is_invisible(character: str) -> bool:
    """Tell whether a character shows nothing of its own, so that no glyph of it can be missing."""
    if character in _INVISIBLE or _INVISIBLE_RANGES.match(character):
        return True
    return category(character) == "Cf" and character not in _VISIBLE


def _continues(run: Run, other: Run) -> bool:
    return (run.face, run.script, run.level, run.missing) == (
        other.face,
        other.script,
        other.level,
        other.missing,
    )


def _clusters(text: str, face: Face, library: FontLibrary, language: str) -> Iterator[_Cluster]:
    for start, end in clusters(text):
        found, missing = _face_for(text[start:end], face, library, language)
        yield _Cluster(start, end, found, missing)


@lru_cache(maxsize=8192)
def _face_for(cluster: str, face: Face, library: FontLibrary, language: str) -> tuple[Face, bool]:
    """Choose a face for all of a cluster, else for its base; tell if there is none."""
    as_emoji = asks_for_emoji(cluster)
    shown = "".join(character for character in cluster if not is_invisible(character))
    if REPLACEMENT in shown:
        return face, True
    for needed in dict.fromkeys((shown, shown[:1])):
        for wanted in (needed, normalize("NFD", needed), substitutes(face, needed)):
            if _draws(face, wanted):
                return face, needed != shown
        found = library.covering(needed, face, language, as_emoji=as_emoji)
        if found and _draws(found, needed):
            return found, needed != shown
    return face, True


def asks_for_emoji(cluster: str) -> bool:
    """Tell whether people expect a picture: by its variation selector, else by its block.

    Below U+1F000 are signs that texts had before there were emoji.
    """
    if _TEXT_STYLE in cluster:
        return False
    return _EMOJI_STYLE in cluster or any(character >= _PICTURES for character in cluster)


def _draws(face: Face, text: str) -> bool:
    """Tell whether a face shows a text. Some have glyphs for controls, which show nothing."""
    return face.has(text) and not any(category(character) == "Cc" for character in text)


def _scripts(text: str) -> list[str]:
    """Return each character's script; what serves several takes the one before, or after."""
    scripts = [script_of(character) for character in text]
    first = next((script for script in scripts if script != COMMON), COMMON)
    for index, script in enumerate(scripts):
        scripts[index] = first = first if script == COMMON else script
    return scripts


def _han_language(language: str, scripts: Sequence[str]) -> str:
    """Return which language's form of a Han letter is meant; a guess, where nobody said."""
    if language[:2].lower() in ("ja", "ko", "zh"):
        return language
    if "Hira" in scripts or "Kana" in scripts:
        return "ja"
    if "Hang" in scripts:
        return "ko"
    return "zh" if "Hani" in scripts else ""
