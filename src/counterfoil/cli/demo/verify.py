"""Reads a printed PDF as a stranger would: another program's PDF reader, another's code reader.

Only the box of each code is rasterised, not the page: that is twenty times cheaper, and a code that
is not where the layout says it is would be as wrong as one that does not scan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import zxingcpp

from counterfoil.render.sheets import Sheet, SheetPlan
from counterfoil.render.units import Mm, pt

_DPI = 200
_QR = zxingcpp.barcode_formats_from_str("QRCode")


@dataclass(frozen=True, slots=True)
class Box:
    """Where the code is, in millimetres from the page's bottom left."""

    left: float
    bottom: float
    size: float


@dataclass(frozen=True, slots=True)
class Mismatch:
    page: int
    expected: str
    found: str


class Unreadable(Exception):
    """The file is no PDF, or not a whole one."""


def read_codes(pdf: Path, box: Box) -> Iterator[str]:
    """Yield the text of the code in ``box`` on each page; empty where none could be read.

    Raises:
        Unreadable: the reader cannot open the file.
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as problem:
        raise Unreadable(f"{pdf} cannot be read: {problem}") from None
    try:
        for page in document:
            yield _read_code(page, box)
            page.close()
    finally:
        document.close()


def read_stack(pdf: Path, box: Box, sheet: Sheet, amount: int) -> Iterator[str]:
    """Cut the sheets, stack the piles, and yield the code of each ticket from the top.

    Raises:
        Unreadable: the reader cannot open the file.
    """
    plan = SheetPlan.of(sheet, amount)
    lefts, bottoms = _offsets(sheet)
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as problem:
        raise Unreadable(f"{pdf} cannot be read: {problem}") from None
    try:
        for first in range(0, len(document), sheet.lift or len(document)):
            lift = range(first, min(first + (sheet.lift or len(document)), len(document)))
            for cell in range(plan.cells):
                for number in lift:
                    if plan.sheet(number + 1)[cell] is not None:
                        moved = Box(box.left + lefts[cell], box.bottom + bottoms[cell], box.size)
                        page = document[number]
                        yield _read_code(page, moved)
                        page.close()
    finally:
        document.close()


def _offsets(sheet: Sheet) -> tuple[list[float], list[float]]:
    """Return where the lower left corner of each cell is, from that of the sheet."""
    width, height = sheet.cell_width or 0.0, sheet.cell_height or 0.0
    left = (sheet.width - sheet.columns * width) / 2
    bottom = (sheet.height - sheet.rows * height) / 2
    cells = [divmod(cell, sheet.columns) for cell in range(sheet.cells)]
    return (
        [left + column * width for _row, column in cells],
        [bottom + (sheet.rows - 1 - row) * height for row, _column in cells],
    )


def _read_code(page: pypdfium2.PdfPage, box: Box) -> str:
    width, height = page.get_size()
    left, bottom, size = (pt(Mm(value)) for value in (box.left, box.bottom, box.size))
    crop = (left, bottom, width - left - size, height - bottom - size)
    picture = page.render(scale=_DPI / 72, crop=crop, grayscale=True).to_pil()
    barcodes = zxingcpp.read_barcodes(picture, formats=_QR)
    return barcodes[0].text if barcodes else ""


def compare(codes: Iterator[str], secrets: Sequence[str]) -> Iterator[Mismatch | None]:
    """Yield None for each page whose code is the expected secret, else what is wrong with it.

    A document with too few or too many pages ends in mismatches too.
    """
    page = 0
    for page, code in enumerate(codes, start=1):
        expected = secrets[page - 1] if page <= len(secrets) else ""
        yield None if code == expected and code else Mismatch(page, expected, code)
    for missing in range(page + 1, len(secrets) + 1):
        yield Mismatch(missing, secrets[missing - 1], "")
