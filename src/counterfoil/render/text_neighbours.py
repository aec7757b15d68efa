"""Finds texts that run into one another, at no cost where none comes near another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import starmap

from counterfoil.render.elements.base import Box
from counterfoil.render.preflight import overlap

# Shares of a line's height that letters leave free: accents and descenders may touch unharmed.
_ABOVE, _BELOW = 0.27, 0.14
_QUARTER = 90


class TextNeighbours:
    """Which texts of a page have ever come near which others, on whatever tickets.

    Only these are looked at ticket by ticket. A drawing adds to this when it is made, not when it
    is used again.
    """

    def __init__(self) -> None:
        self.close: list[tuple[int, int]] = []
        self._inked: dict[int, Box] = {}
        self._territories: dict[int, Box] = {}

    def add(self, part: int, ink: Sequence[Box], rotation: float) -> None:
        """Take up where one text stands. Texts are known by their part, in drawing order."""
        box = ink[0] if len(ink) == 1 else _around(ink)
        before = self._inked.get(part)
        if box is None or (before is not None and _contains(before, box)):
            return
        self._inked[part] = box if before is None else _joined(before, box)
        letters = _around(bodies(ink, rotation))
        if letters is None:
            return
        territory = self._territories.get(part)
        self._territories[part] = territory_box = (
            _joined(territory, letters) if territory else letters
        )
        for other, place in self._territories.items():
            pair = (min(part, other), max(part, other))
            if other != part and pair not in self.close and overlap(territory_box, place):
                self.close.append(pair)


def bodies(ink: Sequence[Box], rotation: float) -> list[Box]:
    """Return where the letters of lines stand, without the room above and below them.

    Lines at other than right angles are left out: the boxes around them hold mostly paper.
    """
    turns = math.fmod(rotation, 4 * _QUARTER) / _QUARTER % 4
    match turns:
        case 0:
            shares = (0.0, _BELOW, 0.0, _ABOVE)
        case 1:
            shares = (_BELOW, 0.0, _ABOVE, 0.0)
        case 2:
            shares = (0.0, _ABOVE, 0.0, _BELOW)
        case 3:
            shares = (_ABOVE, 0.0, _BELOW, 0.0)
        case _:
            return []
    left, bottom, right, top = shares
    return [
        (
            box[0] + left * (box[2] - box[0]),
            box[1] + bottom * (box[3] - box[1]),
            box[2] - right * (box[2] - box[0]),
            box[3] - top * (box[3] - box[1]),
        )
        for box in ink
        if box[0] < box[2]
    ]


def run_together(some: Sequence[Box], others: Sequence[Box]) -> bool:
    """Tell whether lines of one text stand where lines of another do."""
    return any(starmap(overlap, ((one, other) for one in some for other in others)))


def _around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _contains(outer: Box, inner: Box) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[2] >= inner[2]
        and outer[3] >= inner[3]
    )


def _joined(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )
