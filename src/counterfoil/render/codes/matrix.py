"""What an encoder hands to the drawing: which modules are dark, and what paper they need."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Symbology(StrEnum):
    """The kinds of code we print, by the words that layouts use."""

    QR = "qr"
    AZTEC = "aztec"
    DATA_MATRIX = "datamatrix"
    PDF417 = "pdf417"
    CODE_128 = "code128"
    EAN_13 = "ean13"


class Level(StrEnum):
    """Error correction, in the words of ISO/IEC 18004; other symbologies map them to their own."""

    L = "L"
    M = "M"
    Q = "Q"
    H = "H"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a symbology's standard asks of the paper around and below its modules."""

    quiet_left: int
    """Modules that must stay blank on the left; likewise the next two."""
    quiet_right: int
    quiet_vertical: int
    row_height: int | None
    """Height of one row in modules; None: bars, as high as their box."""


SHAPES: dict[Symbology, Shape] = {
    Symbology.QR: Shape(4, 4, 4, 1),  # ISO/IEC 18004, 6.3.8
    Symbology.AZTEC: Shape(0, 0, 0, 1),  # ISO/IEC 24778 asks for none
    Symbology.DATA_MATRIX: Shape(1, 1, 1, 1),  # ISO/IEC 16022, 5.1
    Symbology.PDF417: Shape(2, 2, 2, 3),  # ISO/IEC 15438, 5.8.2 and 5.8.3
    Symbology.CODE_128: Shape(10, 10, 0, None),  # ISO/IEC 15417, 4.4.2
    Symbology.EAN_13: Shape(11, 7, 0, None),  # GS1 General Specifications, 5.2.3.4
}


@dataclass(frozen=True, slots=True)
class Matrix:
    """The modules of one symbol, without its quiet zone.

    ``bits`` holds the rows from the top, each padded to whole bytes; the lowest bit of a byte
    is its leftmost module, and 1 is dark.
    """

    symbology: Symbology
    width: int
    height: int
    bits: bytes

    def rows(self) -> tuple[tuple[bool, ...], ...]:
        """Return the modules one by one, for whoever wants to look at them."""
        stride = (self.width + 7) // 8
        return tuple(
            tuple(bool(self.bits[y * stride + (x >> 3)] >> (x & 7) & 1) for x in range(self.width))
            for y in range(self.height)
        )
