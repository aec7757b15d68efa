"""Which script a character belongs to, and what that means for shaping.

HarfBuzz carries the Unicode data, so it is asked instead of a table of our own.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import uharfbuzz as hb

COMMON = "Zyyy"

# Where widths are simply summed: no kerning, no ligatures. Their letters neither join nor move.
_PLAIN = frozenset({"Latn", "Grek", "Cyrl", COMMON})
# Below the CJK blocks and emoji, whose sequences may ligate.
_PLAIN_LIMIT = 0x2E80
_FRACTION_SLASH = "\u2044"  # HarfBuzz builds fractions around it


@lru_cache(maxsize=8192)
def script_of(character: str) -> str:
    """Return the ISO 15924 code of a character's script; ``COMMON`` if it serves several."""
    buffer = hb.Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    return buffer.script or COMMON


def is_plain(script: str) -> bool:
    return script in _PLAIN


def is_plain_character(character: str) -> bool:
    """Tell whether a character is always drawn by its nominal glyph and moves no neighbour."""
    return (
        ord(character) < _PLAIN_LIMIT
        and character != _FRACTION_SLASH
        and unicodedata.category(character)[0] in "LNPSZ"
        and is_plain(script_of(character))
    )
