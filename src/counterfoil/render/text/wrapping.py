"""Greedy line breaking, to the letter of the rules that layouts were drawn for.

Widths are em here: where lines end does not depend on the size alone, but on width over size.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from counterfoil.render.text.breaking import clusters
from counterfoil.render.text.prepare import NO_BREAK_SPACE, Item, Paragraph

#: How much narrower spaces may get to keep a word on its line.
SQUEEZE = 0.05
# Sums of advances differ in their last bits by the order they were added in.
_TOLERANCE = 1e-9


class Span(NamedTuple):
    """A line, as a part of its paragraph.

    ``hyphen`` tells whether a soft hyphen ends it; ``items`` counts its pieces, a no-break space
    making two of one.
    """

    start: int
    end: int
    hyphen: bool
    items: int


@dataclass(frozen=True, slots=True)
class Measure:
    """What wrapping must know of a face: widths in em."""

    text: Callable[[str], float]
    space: float
    hyphen: float


def wrap(
    paragraph: Paragraph, measure: Measure, width: float, *, split_long_words: bool
) -> list[Span]:
    """Break a paragraph into lines of a width in em; an empty one is one empty line."""
    wrapping = _Wrapping(paragraph.text, measure, width, split_long_words)
    for item in paragraph.items:
        wrapping.place(item)
    wrapping.close()
    return wrapping.lines


class _Wrapping:
    """The line being filled, and those before it."""

    def __init__(self, text: str, measure: Measure, width: float, split: bool) -> None:
        self.lines: list[Span] = []
        self._text = text
        self._measure = measure
        self._width = width
        self._split = split
        self._open(0)

    def _open(self, start: int) -> None:
        self._start = self._end = start
        self._filled = 0.0
        self._spaces = 0
        self._items = 0

    def place(self, item: Item) -> None:
        """Put an item on this line, on the next, or on as many as it needs."""
        rest: Item | None = item
        while rest is not None:
            rest = self._place(rest)

    def _place(self, item: Item) -> Item | None:
        """Put an item, or its head, on this line, and return what is left for the next."""
        width = self._measure_of(item.start, item.end)
        if self._fits_line(item, width):
            self._append(item, width)
            return None
        if place := self._soft_break(item):
            return self._hyphenate(item, place)
        is_too_long = width > self._width + _TOLERANCE and self._split
        if is_too_long and not (self._items and self._breaks_softly_alone(item)):
            self._cut(item)
            return None
        if not self._items:
            self._append(item, width)
            return None
        self.close()
        self._open(item.start)
        return item

    def close(self, *, hyphen: bool = False) -> None:
        gaps = self._text.count(NO_BREAK_SPACE, self._start, self._end)
        self.lines.append(Span(self._start, self._end, hyphen, self._items + gaps))

    def _measure_of(self, start: int, end: int) -> float:
        return self._measure.text(self._text[start:end])

    def _gap(self, item: Item) -> float:
        return self._measure.space if item.spaced and self._items else 0.0

    def _fits_line(self, item: Item, width: float) -> bool:
        return width <= self._room(item)

    def _room(self, item: Item) -> float:
        """Return how wide an item may be on this line, its spaces squeezed."""
        gap = self._gap(item)
        squeeze = SQUEEZE * self._measure.space * (self._spaces + bool(gap))
        return self._width + squeeze - self._filled - gap + _TOLERANCE

    def _append(self, item: Item, width: float) -> None:
        gap = self._gap(item)
        if not self._items:
            self._start = item.start
        self._spaces += bool(gap)
        self._filled += gap + width
        self._items += 1
        self._end = item.end

    def _soft_break(self, item: Item) -> int:
        """Return the last place where the item's head fits with a hyphen, 0 if none does."""
        if not item.hyphens:
            return 0
        room = self._room(item) - self._measure.hyphen
        count = self._count_fitting(item.start, item.hyphens, 0, room)
        return item.hyphens[count - 1] if count else 0

    def _breaks_softly_alone(self, item: Item) -> bool:
        """Tell whether the item could be broken with a hyphen if it had the line for itself."""
        if not item.hyphens:
            return False
        head = self._measure_of(item.start, item.hyphens[0]) + self._measure.hyphen
        return head <= self._width + _TOLERANCE

    def _hyphenate(self, item: Item, place: int) -> Item:
        self._append(_part(item, item.start, place), 0.0)
        self.close(hyphen=True)
        self._open(place)
        return _part(item, place, item.end)

    def _cut(self, item: Item) -> None:
        """Fill this line with the item's first characters and whole lines with the next ones."""
        ends = [item.start + end for _, end in clusters(self._text[item.start : item.end])]
        room = self._width - self._filled - self._gap(item)
        start = item.start
        count = self._count_fitting(start, ends, 0, room)
        while True:
            if count:
                part = _part(item, start, ends[count - 1])
                self._append(part, self._measure_of(part.start, part.end))
                start = part.end
            if start == item.end:
                return
            if self._items:
                self.close()
            self._open(start)
            count = max(self._count_fitting(start, ends, count, self._width), count + 1)

    def _count_fitting(self, start: int, ends: Sequence[int], first: int, room: float) -> int:
        """Return how many of the ends are within reach, by doubling steps, then bisection.

        Measuring one prefix costs its length: going through all of a text without a space would
        cost the square of it.
        """

        def reach(end: int) -> float:
            return self._measure_of(start, end) - _TOLERANCE

        step = 1
        while first + step < len(ends) and reach(ends[first + step]) <= room:
            step *= 2
        return bisect_right(ends, room, first + step // 2, min(first + step, len(ends)), key=reach)


def _part(item: Item, start: int, end: int) -> Item:
    return Item(
        start,
        end,
        spaced=item.spaced and start == item.start,
        hyphens=tuple(place for place in item.hyphens if start < place < end),
    )
