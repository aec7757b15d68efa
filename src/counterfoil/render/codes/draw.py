"""From a matrix to a page: one path, filled once.

Neighbouring modules drawn as separate fills show seams in several viewers; rectangles of any
cut are safe as long as they are one path with one fill. Runs of dark modules are cut at each
eighth module, so that a table from (column, byte) to operators replaces all arithmetic.

The three finder patterns of a QR code are the same in every symbol of a size. As three squares in
one another, filled by the even-odd rule, they take 9 rectangles and not 45 runs: a page's stream
deflates to 1,351 bytes instead of 1,457.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from counterfoil.render.codes.encoding import encode
from counterfoil.render.codes.matrix import SHAPES, Level, Matrix, Symbology
from counterfoil.render.pdf import content
from counterfoil.render.units import Pt

_ROW = b"y"
_HAIR = 1e-3
_FINDER = 7
"""Modules of a finder pattern's side (ISO/IEC 18004, 6.3.3.1)."""
BARRED = (Symbology.PDF417, Symbology.CODE_128, Symbology.EAN_13)
"""Read by the widths of their bars."""
_TABLES = 16
"""Sizes of symbols remembered. One print run meets two or three."""


class _Rectangles(dict[int, bytes]):
    """Operators for one byte of any row, made when first met: 40 ns against 2 us.

    A letter stands for the row, and is replaced once per row. A table for each byte of each row
    would need no replacing, but has so many entries that they drop out of the processor's cache:
    33 us a symbol against 25 us.
    """

    def __init__(self, x: int) -> None:
        super().__init__({0: b""})
        self._x = x

    def __missing__(self, modules: int) -> bytes:
        runs = b"".join(
            b"%d %b %d 1 re\n" % (self._x + start, _ROW, length) for start, length in _runs(modules)
        )
        self[modules] = runs
        return runs


def _runs(modules: int) -> list[tuple[int, int]]:
    """Return (start, length) of each run of dark modules in a byte."""
    runs = []
    start = 0
    while modules >> start:
        if modules >> start & 1:
            length = 1
            while modules >> (start + length) & 1:
                length += 1
            runs.append((start, length))
            start += length
        else:
            start += 1
    return runs


@lru_cache(_TABLES)
def _tables(width: int, height: int) -> tuple[list[_Rectangles], list[bytes]]:
    """Return a table for each byte of a row, and what each row is called, from the top."""
    return (
        [_Rectangles(x) for x in range(0, width, 8)],
        [b"%d" % (height - 1 - row) for row in range(height)],
    )


def _symbol_path(bits: bytes, width: int, height: int) -> bytes:
    """Return path operators for the dark modules, in modules and rows from the lower left.

    The caller scales by ``cm`` before and fills after.
    """
    tables, names = _tables(width, height)
    stride = len(tables)
    columns = [map(table.__getitem__, bits[column::stride]) for column, table in enumerate(tables)]
    rows = zip(*columns, strict=True)
    return b"".join(
        [b"".join(row).replace(_ROW, name) for row, name in zip(rows, names, strict=True)]
    )


@lru_cache(_TABLES)
def _without_finders(size: int) -> int:
    """Mark the modules outside of the finder patterns, in the order of ``Matrix.bits``."""
    stride, far = (size + 7) // 8 * 8, size - _FINDER
    marked = 0
    for row in range(size):
        for column in range(size):
            is_left, is_right = column < _FINDER, column >= far
            is_finder = (is_left or is_right) if row < _FINDER else (is_left and row >= far)
            marked |= (not is_finder) << row * stride + column
    return marked


def _finders(size: int) -> bytes:
    """Return the finder patterns as squares in one another, for the even-odd rule."""
    far = size - _FINDER
    return b"".join(
        b"%d %d %d %d re\n" % (x + inset, y + inset, _FINDER - 2 * inset, _FINDER - 2 * inset)
        for x, y in ((0, 0), (0, far), (far, far))
        for inset in range(3)
    )


@dataclass(frozen=True, slots=True)
class DrawnCode:
    """One code, ready for a content stream, with what preflight asks about it."""

    operators: bytes
    """Coordinate system, path and fill; the caller sets the colour and wraps it in q and Q."""
    module: Pt
    """Width of the narrowest element."""
    box: tuple[Pt, Pt, Pt, Pt]
    """Left, bottom, right, top of the symbol, without its quiet zone."""
    quiet: tuple[Pt, Pt, Pt]
    """Blank paper the standard asks for: left, right, and above as below."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where symbols of one size go: the same for every ticket."""

    prefix: bytes
    module: Pt
    box: tuple[Pt, Pt, Pt, Pt]
    quiet: tuple[Pt, Pt, Pt]


@dataclass(frozen=True, slots=True)
class BarcodePlacement:
    """Where a layout wants a code: draws any text into its box.

    A symbol is fitted inside and centred; its quiet zone is inside, too, unless switched off.
    Bars fill the height of their box. With ``dot``, the size of a printer's dots, bars are a whole
    number of them wide and begin at one, if the box has room for that.
    """

    symbology: Symbology
    left: Pt
    bottom: Pt
    width: Pt
    height: Pt
    quiet_zone: bool = True
    level: Level | None = None
    dot: Pt | None = None
    _placed: dict[tuple[int, int], _Placed] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def draw(self, text: str) -> DrawnCode:
        """Encode and draw.

        Raises:
            CodeError: the text cannot be encoded (``encode``).
        """
        aspect = self.width / self.height if self.symbology is Symbology.PDF417 else None
        return self.draw_matrix(encode(self.symbology, text, level=self.level, aspect=aspect))

    def draw_matrix(self, matrix: Matrix) -> DrawnCode:
        size = (matrix.width, matrix.height)
        placed = self._placed.get(size)
        if placed is None:
            placed = self._placed[size] = self._place(*size)
        bits = matrix.bits
        if matrix.symbology is Symbology.QR:
            left = int.from_bytes(bits, "little") & _without_finders(matrix.width)
            bits = left.to_bytes(len(bits), "little")
        operators = placed.prefix + _symbol_path(bits, *size) + b"f*\n"
        return DrawnCode(operators, placed.module, placed.box, placed.quiet)

    def _place(self, columns: int, rows: int) -> _Placed:
        shape = SHAPES[self.symbology]
        left, right, vertical = (
            (shape.quiet_left, shape.quiet_right, shape.quiet_vertical)
            if self.quiet_zone
            else (0, 0, 0)
        )
        module = self.width / (left + columns + right)
        if shape.row_height is None:
            row = self.height / rows
        else:
            module = min(module, self.height / (rows * shape.row_height + 2 * vertical))
            row = module * shape.row_height
        if self.dot is not None and self.symbology in BARRED:
            # A hair more, so that a box made for whole dots is not a dot too narrow.
            module = max(1, int(module / self.dot + _HAIR)) * self.dot
        x = self.left + (self.width - module * (left + columns + right)) / 2 + module * left
        if self.dot is not None and self.symbology in BARRED:
            x = round(x / self.dot) * self.dot
        y = self.bottom + (self.height - row * rows) / 2
        return _Placed(
            prefix=content.transform(module, 0, 0, row, x, y)
            + b"\n"
            + (_finders(columns) if self.symbology is Symbology.QR else b""),
            module=Pt(module),
            box=(Pt(x), Pt(y), Pt(x + module * columns), Pt(y + row * rows)),
            quiet=(
                Pt(module * shape.quiet_left),
                Pt(module * shape.quiet_right),
                Pt(module * shape.quiet_vertical),
            ),
        )
