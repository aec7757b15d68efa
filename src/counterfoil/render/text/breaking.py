"""Where scripts without spaces between words may be broken, and what may not be torn apart.

ICU knows: it has the rules of UAX #14 with the line-start and line-end prohibitions of Chinese,
Japanese and Korean, and the dictionaries of Thai, Lao, Khmer and Burmese. Browsers break by the
same data. It is loaded when the first such text comes, since most tickets never need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

# South-East Asian, Hangul, CJK, full-width forms and emoji.
_SPACELESS = re.compile(
    "[\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u2e80-\ua4cf\ua960-\ua97f"
    "\ua9e0-\ua9ff\uaa60-\uaadf\uac00-\ud7ff\uf900-\ufaff\ufe00-\ufe1f\ufe30-\ufe6f\uff00-\uffef"
    "\U00016fe0-\U00018fff\U0001b000-\U0001b2ff\U0001f000-\U0003ffff]"
)

# As strict as browsers are when nobody says how strict: a small kana may begin a line.
_LOCALE = "und@lb=normal"


def is_spaceless(text: str) -> bool:
    """Tell whether a text has letters that may be broken without a space."""
    return _SPACELESS.search(text) is not None


def line_breaks(text: str) -> Iterator[int]:
    """Yield the places inside a word where scripts written without spaces may break.

    Breaks that ICU sees between letters of other scripts (after a slash, say) are left out: those
    words break at hyphens only, as ``prepare`` says.
    """
    from icu4py.breakers import LineBreaker

    for end in accumulate(map(len, LineBreaker(text, _LOCALE))):
        if end < len(text) and (is_spaceless(text[end - 1]) or is_spaceless(text[end])):
            yield end


def clusters(text: str) -> list[tuple[int, int]]:
    """Return what readers see as characters (UAX #29), as pairs of start and end."""
    if text.isascii():
        return [(index, index + 1) for index in range(len(text))]
    from icu4py.breakers import CharacterBreaker

    # By lengths, since ICU's own offsets count UTF-16 units.
    ends = [0, *accumulate(map(len, CharacterBreaker(text, "")))]
    return list(pairwise(ends))
