"""Which of the eight masks a QR code gets.

A code has eight forms that read the same; ISO/IEC 18004, 7.8.3 has the encoder print the one with
the fewest stretches that irritate readers. Encoders disagree about the details. Ours are those of
pretix's printouts (the third rule looks along rows only, and one way), so that a code printed here
is the code printed there, module by module.

A symbol is one integer here, a bit per module, so that a rule is a handful of shifts over the whole
symbol: choosing takes 40 us for 33 modules, where libzint takes 140 us.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from counterfoil.render.codes.matrix import Level, Matrix
from counterfoil.render.codes.qr import Mode, Segment

_MASKS = 8
_SIZES = 16
"""Versions remembered; a print run meets two or three."""
_SAMPLE = b"1"
_FIRST_WITH_VERSION = 45
"""Modules of version 7, from which on symbols state their version."""

Encode = Callable[[Segment, int], Matrix]
"""Encodes with a given mask."""


def encode_masked(segment: Segment, encode: Encode) -> Matrix:
    """Encode with the mask of the lowest penalty."""
    first = encode(segment, 0)
    grid = _grid(first.width)
    # The size tells the version: an encoder may have needed a larger one than it was told.
    changes = _changes(encode, segment.level, (first.width - 17) // 4)
    bits = int.from_bytes(first.bits, "little")
    rated = bits & grid.rated
    penalties = [grid.penalty(rated ^ (change & grid.rated)) for change in changes]
    chosen = bits ^ changes[penalties.index(min(penalties))]
    return Matrix(
        first.symbology, first.width, first.height, chosen.to_bytes(len(first.bits), "little")
    )


@lru_cache(_SIZES)
def _changes(encode: Encode, level: Level, version: int) -> tuple[int, ...]:
    """Return what turns a symbol with mask 0 into each other one, whatever it says.

    Learnt from samples of the same version and level, since masks change data and the note of
    mask and level, and nothing else.
    """
    sample = Segment(Mode.NUMERIC, _SAMPLE, level, version)
    masked = [int.from_bytes(encode(sample, mask).bits, "little") for mask in range(_MASKS)]
    return tuple(masked[0] ^ each for each in masked)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Symbols of one size as integers; each field but the first two marks modules."""

    size: int
    stride: int
    whole: int
    rated: int
    """All but the notes of mask and version, which are rated as light."""
    with_right: int
    """Modules that have a neighbour on the right; likewise below."""
    with_below: int
    with_tail: int
    """Modules from which eleven more follow in the row."""

    def penalty(self, dark: int) -> int:
        """Rate a symbol by the four rules of 7.8.3.1."""
        light = self.whole ^ dark
        along = self.with_right & ~(dark ^ dark >> 1)
        down = self.with_below & ~(dark ^ dark >> self.stride)
        squares = along & along >> self.stride & down & down >> 1
        return (
            _runs(along, 1)
            + _runs(down, self.stride)
            + 3 * squares.bit_count()
            + 40 * (_finders(dark, light) & self.with_tail).bit_count()
            + 10 * (abs(100 * dark.bit_count() // self.size**2 - 50) // 5)
        )


def _runs(same: int, step: int) -> int:
    """Rate runs of five and more: 3, and 1 for each module beyond the fifth.

    Args:
        same: modules whose next one, ``step`` bits on, has their colour.
    """
    four = same & same >> step
    four &= four >> 2 * step
    starts = four & ~(four >> step)
    return four.bit_count() + 2 * starts.bit_count()


def _finders(dark: int, light: int) -> int:
    """Mark where 1011101 and four light modules begin: what readers take for a finder pattern."""
    quiet = light >> 7 & light >> 8
    patterns = quiet & quiet >> 2 & dark & light >> 1 & dark >> 2
    return patterns & dark >> 3 & dark >> 4 & light >> 5 & dark >> 6


@lru_cache(_SIZES)
def _grid(size: int) -> _Grid:
    stride = (size + 7) // 8 * 8

    def marked(rows: int, columns: int) -> int:
        return sum(((1 << columns) - 1) << row * stride for row in range(rows))

    notes = sum(1 << row * stride + column for row, column in _notes(size))
    return _Grid(
        size=size,
        stride=stride,
        whole=marked(size, size),
        rated=marked(size, size) & ~notes,
        with_right=marked(size, size - 1),
        with_below=marked(size - 1, size),
        with_tail=marked(size, size - 11),
    )


def _notes(size: int) -> set[tuple[int, int]]:
    """Return rows and columns of the notes of level and mask (7.9) and of the version (7.10)."""
    near = [place for place in range(9) if place != 6]
    half = {(8, place) for place in [*near, *range(size - 8, size)]}
    if size >= _FIRST_WITH_VERSION:
        half |= {(row, column) for row in range(6) for column in range(size - 11, size - 8)}
    return half | {(column, row) for row, column in half}
