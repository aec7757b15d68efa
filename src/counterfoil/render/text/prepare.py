"""From a value to paragraphs of items, between which lines may be broken.

The rules are those that layouts were drawn for: only a line feed breaks, white space collapses,
every ASCII hyphen may end a line, a soft hyphen shows only where it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple
from unicodedata import normalize

from counterfoil.render.budget import check_text
from counterfoil.render.text.breaking import is_spaceless, line_breaks

SOFT_HYPHEN = "\u00ad"
NO_BREAK_SPACE = "\u00a0"
#: What stands in for text that is none (lone surrogates). Always reported as missing.
REPLACEMENT = "\ufffd"

# All that str.split() splits at is white space, but the no-break space: it is wide, and stays.
_WORD = re.compile("[\\S\u00a0]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_REMEMBERED = 2048


class Item(NamedTuple):
    """A piece of a paragraph that stays together unless it is wider than the line.

    ``spaced`` tells whether white space precedes it; ``hyphens`` are the places where it may be
    broken with a hyphen.
    """

    start: int
    end: int
    spaced: bool
    hyphens: tuple[int, ...] = ()


class Paragraph:
    """A text without line feeds, in logical order, and the items it may be broken into."""

    def __init__(self, text: str) -> None:
        self._words = [word for word in _WORD.findall(text) if word.strip(SOFT_HYPHEN)]
        self.text = " ".join(self._words).replace(SOFT_HYPHEN, "")

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items; found when asked for, since most texts fit on one line."""
        items: list[Item] = []
        start = 0
        for word in self._words:
            shown = word.replace(SOFT_HYPHEN, "")
            items += _items(word, shown, start)
            start += len(shown) + 1
        return tuple(items)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A value ready to be broken at any width. Compared by identity, so that it is a quick key."""

    paragraphs: tuple[Paragraph, ...]


@lru_cache(maxsize=_REMEMBERED)
def prepare(text: str) -> Prepared:
    """Divide a value into paragraphs; equal values that come soon again give the same object.

    A line feed at the very end ends the last paragraph and adds none; otherwise empty ones count.

    Raises:
        TextError: it is longer than the budget allows.
    """
    check_text(text)
    if not text.isascii():
        text = normalize("NFC", _SURROGATE.sub(REPLACEMENT, text))
    parts = text.split("\n")
    if not parts[-1]:
        parts.pop()
    return Prepared(tuple(map(Paragraph, parts)))


def _items(word: str, shown: str, start: int) -> Iterator[Item]:
    """Yield the items of one word that begins at ``start`` in its paragraph."""
    hyphens = _soft_hyphens(word) if shown != word else ()
    first = 0
    for end in _breaks(shown):
        yield Item(
            start + first,
            start + end,
            spaced=first == 0 and start > 0,
            hyphens=tuple(start + place for place in hyphens if first < place < end),
        )
        first = end


def _breaks(word: str) -> list[int]:
    """Return where the pieces of a word end."""
    ends = {place + 1 for place, character in enumerate(word) if character == "-"} | {len(word)}
    if is_spaceless(word):
        ends.update(line_breaks(word))
    return sorted(ends)


def _soft_hyphens(word: str) -> tuple[int, ...]:
    """Return the places of soft hyphens, as if they were not there."""
    parts = word.split(SOFT_HYPHEN)
    places, place = [], 0
    for part in parts[:-1]:
        place += len(part)
        places.append(place)
    return tuple(places)
