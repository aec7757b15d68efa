"""Cells of a workbook as people see them, as far as that takes no spreadsheet program."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

Cell = ReadOnlyCell | EmptyCell

_MIDNIGHT = time()
# Leading zeros, decimals and percent: what makes another code or price of a number if it is lost.
# How a workbook writes characters that XML cannot carry (ISO/IEC 29500-1, ST_Xstring).
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PLAIN = re.compile(r"(0+)(?:\.(0+))?(%?)")


def read_sheet(path: Path, *, values: bool) -> Generator[tuple[int, Sequence[Cell]], None, None]:
    """Yield the numbered rows of the first sheet, with values or with the formulas behind them.

    Raises:
        Exception: of any kind, for openpyxl stumbles where a file is damaged.
    """
    with (
        path.open("rb") as file,
        closing(_open(file, values=values)) as book,
    ):
        if not book.worksheets:
            raise ValueError("it has no sheet of cells")
        sheet = book.worksheets[0]
        # The size that a file states is a hint, and rows beyond a wrong one would be lost.
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(), start=1)


def _open(file: BinaryIO, *, values: bool) -> Workbook:
    reader = _Reader(file, read_only=True, data_only=values)
    reader.read()
    return reader.wb


class _Reader(ExcelReader):
    """Leaves escapes in texts: openpyxl takes away some of them, by which others change."""

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is None:
            return
        with self.archive.open(part.PartName.removeprefix("/")) as source:
            for _, node in iterparse(source):
                if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                    text = Text.from_tree(node)
                    self.shared_strings.append(text.content if text else "")
                    node.clear()


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
        case str():
            return _unescaped(value)
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


def _unescaped(text: str) -> str:
    """Put the characters in place of their escapes, surrogate pairs as the one they stand for."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _formatted(number: float, whole: str, decimals: str, percent: str) -> str:
    scaled = Decimal(str(number)) * (100 if percent else 1)
    width = len(whole) + len(decimals) + bool(decimals)
    with localcontext() as context:
        context.rounding = ROUND_HALF_UP
        digits = f"{abs(scaled):0{width}.{len(decimals)}f}"
    return f"{'-' if scaled < 0 else ''}{digits}{percent}"


def _duration(length: timedelta) -> str:
    """Write hours, minutes and seconds: [h]:mm:ss."""
    seconds = round(abs(length).total_seconds())
    sign = "-" if length < timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
