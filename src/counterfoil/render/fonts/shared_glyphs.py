"""Second numbers for glyphs that are part of several letters.

Some fonts build a letter from the glyph of another and a few dots: Noto Sans Arabic draws thal with
dal's glyph. A character id has one text in ToUnicode, so readers that go glyph by glyph would take
thal for dal. Such a letter gets a character id of its own beyond the font's glyphs, and CIDToGIDMap
leads it to the same glyph (ISO 32000-1, 9.7.4.2). The numbers depend on the font alone, so that
lines can be written before anybody knows what else a document holds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterfoil.render.fonts.face import Face, Glyph

SCRIPT = "Arab"
_JOINER = "\u200d"
_FORMS = ("{}", "{}" + _JOINER, _JOINER + "{}", _JOINER + "{}" + _JOINER)


def find_shared_glyphs(face: Face) -> dict[tuple[int, str], int]:
    """Return the character ids of letters whose widest glyph is, alone, another letter."""
    shared: dict[tuple[int, str], None] = {}
    for letter in _letters(face):
        for glyph in _built_from(face, letter):
            if face.texts.get(glyph.gid) != letter:
                shared[glyph.gid, letter] = None
    return {key: face.glyph_count + number for number, key in enumerate(shared)}


def _letters(face: Face) -> Iterator[str]:
    for point in sorted(face.characters):
        if 0x600 <= point < 0x900 and unicodedata.category(chr(point)) == "Lo":
            yield chr(point)


def _built_from(face: Face, letter: str) -> Iterator[Glyph]:
    """Yield the widest glyph of each of a letter's forms that is made of several."""
    for form in _FORMS:
        text = form.format(letter)
        start = text.index(letter)
        glyphs = face.shape(text, start, start + 1, rtl=True, script=SCRIPT, language="")
        if len(glyphs) > 1:
            yield max(glyphs, key=lambda glyph: glyph.advance)
