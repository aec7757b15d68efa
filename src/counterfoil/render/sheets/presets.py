"""Built-in sheets: common papers, and label stocks by their makers' published measures.

On label stocks whose margins are equal on both sides the margins are left to centring. Each has a
``key`` that stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from counterfoil.render.sheets.model import Marks, Order, Sheet

_IN = 25.4
_A4 = (210.0, 297.0)
_LETTER = (8.5 * _IN, 11 * _IN)


@dataclass(frozen=True, slots=True)
class Preset:
    """A built-in sheet."""

    key: str
    is_label: bool
    sheet: Sheet


def _papers() -> Iterator[Preset]:
    papers = (
        ("a4", "A4", _A4),
        ("a3", "A3", (297.0, 420.0)),
        ("sra3", "SRA3", (320.0, 450.0)),
        ("letter", "Letter", _LETTER),
        ("tabloid", "Tabloid", (11 * _IN, 17 * _IN)),
        ("12x18", "12 × 18 in", (12 * _IN, 18 * _IN)),
    )
    for key, name, (width, height) in papers:
        sheet = Sheet(
            name=name,
            width=round(width, 3),
            height=round(height, 3),
            columns=1,
            rows=1,
            order=Order.CUT_AND_STACK,
            marks=Marks(crop=True, slug=True),
        )
        yield Preset(key, is_label=False, sheet=sheet)


# Name, columns, rows, width, height, horizontal gap. Rows touch on all of them.
_AVERY_A4 = (
    ("L7159", 3, 8, 63.5, 33.9, 2.54),
    ("L7160", 3, 7, 63.5, 38.1, 2.54),
    ("L7161", 3, 6, 63.5, 46.6, 2.54),
    ("L7162", 2, 8, 99.1, 33.9, 2.54),
    ("L7163", 2, 7, 99.1, 38.1, 2.54),
    ("L7164", 3, 4, 63.5, 72.0, 2.54),
    ("L7165", 2, 4, 99.1, 67.7, 2.54),
    ("L7166", 2, 3, 99.1, 93.1, 2.54),
    ("L7167", 1, 1, 199.6, 289.1, 0),
    ("L7168", 1, 2, 199.6, 143.5, 0),
    ("L7169", 2, 2, 99.1, 139.0, 2.54),
    ("L7173", 2, 5, 99.1, 57.0, 2.54),
    ("L7651", 5, 13, 38.1, 21.2, 2.54),
)
_ZWECKFORM = (
    ("3422", 3, 8, 70.0, 35.0, 0),
    ("3424", 2, 6, 105.0, 48.0, 0),
    ("3425", 2, 5, 105.0, 57.0, 0),
    ("3427", 2, 4, 105.0, 74.0, 0),
    ("3474", 3, 8, 70.0, 37.0, 0),
    ("3475", 3, 8, 70.0, 36.0, 0),
    ("3478", 1, 1, 210.0, 297.0, 0),
    ("3483", 2, 2, 105.0, 148.0, 0),
    ("3652", 3, 7, 70.0, 42.3, 0),
    ("3653", 2, 7, 105.0, 42.3, 0),
    ("3655", 1, 2, 210.0, 148.0, 0),
    ("3661", 3, 4, 70.0, 67.7, 0),
)
# In inches.
_AVERY_LETTER = (
    ("5160", 3, 10, 2.625, 1.0, 0.125),
    ("5161", 2, 10, 4.0, 1.0, 0.1875),
    ("5162", 2, 7, 4.0, 4 / 3, 0.1875),
    ("5163", 2, 5, 4.0, 2.0, 0.1875),
    ("5164", 2, 3, 4.0, 10 / 3, 0.1875),
    ("5167", 4, 20, 1.75, 0.5, 0.3),
    ("5371", 2, 5, 3.5, 2.0, 0),
)


def _labels() -> Iterator[Preset]:
    makers = (
        ("avery-", "Avery", _A4, 1.0, _AVERY_A4),
        ("zweckform-", "Avery Zweckform", _A4, 1.0, _ZWECKFORM),
        ("avery-", "Avery", _LETTER, _IN, _AVERY_LETTER),
    )
    for prefix, maker, (width, height), unit, stocks in makers:
        for number, columns, rows, cell_width, cell_height, gap in stocks:
            sheet = Sheet(
                name=f"{maker} {number}",
                width=round(width, 3),
                height=round(height, 3),
                columns=columns,
                rows=rows,
                cell_width=round(cell_width * unit, 3),
                cell_height=round(cell_height * unit, 3),
                gap_x=round(gap * unit, 3),
            )
            yield Preset(prefix + number.lower(), is_label=True, sheet=sheet)


PRESETS: dict[str, Preset] = {preset.key: preset for preset in (*_papers(), *_labels())}


def find_preset(key: str) -> Preset | None:
    return PRESETS.get(key.strip().lower())


def fit(sheet: Sheet, trim_width: float, trim_height: float, *, margin: float) -> Sheet:
    """Fill paper with as many tickets as it takes, turned if that makes more.

    Args:
        margin: millimetres that stay free on every side, for marks and grippers.
    """

    def count(paper: float, ticket: float, gap: float) -> int:
        return max(0, int((paper - 2 * margin + gap + 0.01) // (ticket + gap)))

    upright = (
        count(sheet.width, trim_width, sheet.gap_x),
        count(sheet.height, trim_height, sheet.gap_y),
    )
    turned = (
        count(sheet.width, trim_height, sheet.gap_x),
        count(sheet.height, trim_width, sheet.gap_y),
    )
    is_turned = turned[0] * turned[1] > upright[0] * upright[1]
    columns, rows = turned if is_turned else upright
    if not columns * rows:  # even one does not fit: whoever plans with it says so
        columns = rows = 1
    return replace(sheet, columns=columns, rows=rows, rotate=90 if is_turned else 0)
