"""Mode, error correction and version of a QR code, decided before any encoder is asked.

Layouts depend on them: the version decides how large a module prints. An encoder left to itself
mixes modes and finds smaller versions for some texts, so ours is told the version.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum

from counterfoil.render.codes.matrix import Level
from counterfoil.render.errors import TooLongError
from counterfoil.render.messages import Message

# Data codewords of versions 1 to 40: ISO/IEC 18004, table 7.
_CODEWORDS = {
    Level.L: (
        *(19, 34, 55, 80, 108, 136, 156, 194, 232, 274, 324, 370, 428, 461, 523, 589, 647, 721),
        *(795, 861, 932, 1006, 1094, 1174, 1276, 1370, 1468, 1531, 1631, 1735, 1843, 1955, 2071),
        *(2191, 2306, 2434, 2566, 2702, 2812, 2956),
    ),
    Level.M: (
        *(16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563),
        *(627, 669, 714, 782, 860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631),
        *(1725, 1812, 1914, 1992, 2102, 2216, 2334),
    ),
    Level.Q: (
        *(13, 22, 34, 48, 62, 76, 88, 110, 132, 154, 180, 206, 244, 261, 295, 325, 367, 397, 445),
        *(485, 512, 568, 614, 664, 718, 754, 808, 871, 911, 985, 1033, 1115, 1171, 1231, 1286),
        *(1354, 1426, 1502, 1582, 1666),
    ),
    Level.H: (
        *(9, 16, 26, 36, 46, 60, 66, 86, 100, 122, 140, 158, 180, 197, 223, 253, 283, 313, 341),
        *(385, 406, 442, 464, 514, 538, 596, 628, 661, 701, 745, 793, 845, 901, 961, 986, 1054),
        *(1096, 1142, 1222, 1276),
    ),
}


class Mode(Enum):
    """How characters become bits; the value is the length of the count field.

    For versions up to 9, up to 26, and up to 40: ISO/IEC 18004, table 3.
    """

    NUMERIC = (10, 12, 14)
    ALPHANUMERIC = (9, 11, 13)
    KANJI = (8, 10, 12)
    BYTE = (8, 16, 16)

    def characters(self, bits: int) -> int:
        """Return how many characters (bytes in byte mode) that many bits can carry."""
        match self:
            case Mode.NUMERIC:
                return bits // 10 * 3 + (2 if bits % 10 >= 7 else 1 if bits % 10 >= 4 else 0)
            case Mode.ALPHANUMERIC:
                return bits // 11 * 2 + (1 if bits % 11 >= 6 else 0)
            case Mode.KANJI:
                return bits // 13
            case Mode.BYTE:
                return bits // 8


def _capacities(level: Level, mode: Mode) -> tuple[int, ...]:
    fields = [mode.value[0 if v <= 9 else 1 if v <= 26 else 2] for v in range(1, 41)]
    return tuple(
        mode.characters(8 * codewords - 4 - field)
        for codewords, field in zip(_CODEWORDS[level], fields, strict=True)
    )


_CAPACITIES = {(level, mode): _capacities(level, mode) for level in Level for mode in Mode}

_NUMERIC = re.compile(r"[0-9]+")
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+")


@dataclass(frozen=True, slots=True)
class Segment:
    """A whole text as one segment of a QR code, with the symbol it asks for."""

    mode: Mode
    payload: bytes
    level: Level
    version: int


def plan(text: str, level: Level | None) -> Segment:
    """Choose what a text needs; the level by its number of characters unless one is given.

    Raises:
        TooLongError: the text is longer than any QR code.
    """
    level = level or default_level(text)
    mode, payload = _mode(text)
    count = len(payload) // 2 if mode is Mode.KANJI else len(payload)
    capacities = _CAPACITIES[level, mode]
    version = bisect_left(capacities, count) + 1
    if version > 40:
        raise TooLongError(
            Message("code.too_long", level=str(level), most=capacities[-1], number=count)
        )
    return Segment(mode, payload, level, version)


def default_level(text: str) -> Level:
    """Return the level layouts expect: the shorter the text, the more damage it survives."""
    if len(text) <= 32:
        return Level.H
    return Level.M if len(text) <= 128 else Level.L


def _mode(text: str) -> tuple[Mode, bytes]:
    if _NUMERIC.fullmatch(text):
        return Mode.NUMERIC, text.encode("ascii")
    if _ALPHANUMERIC.fullmatch(text):
        return Mode.ALPHANUMERIC, text.encode("ascii")
    if not text.isascii() and (kanji := _kanji(text)):
        return Mode.KANJI, kanji
    return Mode.BYTE, text.encode("utf-8")


def _kanji(text: str) -> bytes | None:
    """Return Shift JIS if every character takes two bytes: all of those are in kanji mode's range.

    Cyrillic and Greek letters are among them, half-width katakana are not.
    """
    try:
        encoded = text.encode("shift_jis")
    except UnicodeEncodeError:
        return None
    return encoded if len(encoded) == 2 * len(text) else None
