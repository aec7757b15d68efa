"""Cells of a workbook as people see them, as far as that takes no spreadsheet program."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path

import openpyxl
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

Cell = ReadOnlyCell | EmptyCell

_MIDNIGHT = time()
# Leading zeros, decimals and percent: what makes another code or price of a number if it is lost.
_PLAIN = re.compile(r"(0+)(?:\.(0+))?(%?)")


def read_sheet(path: Path, *, values: bool) -> Generator[tuple[int, Sequence[Cell]], None, None]:
    """Yield the numbered rows of the first sheet, with values or with the formulas behind them.

    Raises:
        Exception: of any kind, for openpyxl stumbles where a file is damaged.
    """
    with (
        path.open("rb") as file,
        closing(openpyxl.load_workbook(file, read_only=True, data_only=values)) as book,
    ):
        if not book.worksheets:
            raise ValueError("it has no sheet of cells")
        sheet = book.worksheets[0]
        # The size that a file states is a hint, and rows beyond a wrong one would be lost.
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(), start=1)


def has_no_cached_value(cell: Cell) -> bool:
    """Tell whether a cell is written down without a value. An empty text is a value."""
    return cell.value is None and cell.data_type == "n" and not isinstance(cell, EmptyCell)


def written(value: object, number_format: str | None) -> str:
    """Write a cell: whole numbers without a point, dates as ISO 8601.

    Args:
        number_format: Excel's; one that is not simple is passed over.
    """
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float() if plain := _PLAIN.fullmatch(number_format or ""):
            return _formatted(value, plain[1], plain[2] or "", plain[3])
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return str(value.date()) if value.time() == _MIDNIGHT else f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            return _duration(value)
    return str(value)


def _formatted(number: float, whole: str, decimals: str, percent: str) -> str:
    shown = Decimal(str(number)) * (100 if percent else 1)
    width = len(whole) + len(decimals) + bool(decimals)
    with localcontext() as context:
        context.rounding = ROUND_HALF_UP
        digits = f"{abs(shown):0{width}.{len(decimals)}f}"
    return f"{'-' if shown < 0 else ''}{digits}{percent}"


def _duration(length: timedelta) -> str:
    """Write hours, minutes and seconds: [h]:mm:ss."""
    seconds = round(abs(length).total_seconds())
    sign = "-" if length < timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
