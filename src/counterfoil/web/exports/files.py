"""Tables as files: CSV, XLSX, and PDF for paper. Rows are streamed, so memory stays flat."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone

from counterfoil.core import heavy
from counterfoil.printing.plans import fonts
from counterfoil.render import Ticket, blank_background, compile_plan, read_layout, render_pdf
from counterfoil.render.units import Mm, pt
from counterfoil.render.values import Key
from counterfoil.web.framework.moments import moment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Of more rows than this, a job writes the file.
ROWS_AT_ONCE = 5000
TYPES = {"csv": "text/csv", "xlsx": XLSX, "pdf": "application/pdf"}
#: What programs for tables would take for a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_ROWS_OF_PAGE = 45
_WIDTH, _HEIGHT, _MARGIN, _LINE = 297.0, 210.0, 12.0, 3.9


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be exported. Cells are texts, numbers, amounts, moments or None.

    ``queryset`` has as many rows as the table, if the table grows with the number of tickets.
    """

    name: str
    title: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]
    queryset: QuerySet[Any] | None = None

    @property
    def is_large(self) -> bool:
        """Whether it takes too long to be written in a request."""
        rows = self.queryset
        return rows is not None and rows.order_by()[ROWS_AT_ONCE : ROWS_AT_ONCE + 1].exists()

    def count_rows(self) -> int:
        return 0 if self.queryset is None else self.queryset.order_by().count()


def write_table(file: IO[bytes], table: Table, kind: str) -> None:
    """Write a table into a file; ``kind`` is a key of ``TYPES``."""
    _WRITERS[kind](file, table)


def file_of(table: Table, kind: str) -> FileResponse:
    """Answer with a table as a file.

    Raises:
        TooBusy: too many other large requests are being answered.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
    with heavy.slot():  # not while it is sent: a slow client must not hold it
        write_table(file, table, kind)
    file.seek(0)
    return attachment(file, table.name, kind)


def attachment(file: IO[bytes], name: str, kind: str) -> FileResponse:
    """Answer with a file that is a table. The response closes it."""
    response = FileResponse(
        file, as_attachment=True, filename=f"{name}.{kind}", content_type=TYPES[kind]
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _write_csv(file: IO[bytes], table: Table) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(table.heads)
    for row in table.rows:
        writer.writerow([_harmless(cell) for cell in row])
    text.detach()


def _harmless(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return timezone.localtime(cell).isoformat(timespec="seconds")
    if isinstance(cell, str) and cell.startswith(_FORMULAS):
        return f"'{cell}"
    return cell


def _write_xlsx(file: IO[bytes], table: Table) -> None:
    import xlsxwriter  # late: it takes long, and few ask for a workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        when = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        money = book.add_format({"num_format": "0.00"})
        sheet.write_row(0, 0, table.heads, bold)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(table.heads) - 1, 0), 18)
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    local = timezone.localtime(cell).replace(tzinfo=None)
                    sheet.write_datetime(number, column, local, when)
                elif isinstance(cell, Decimal):
                    sheet.write_number(number, column, cell, money)
                elif cell is not None:
                    sheet.write(number, column, cell)


def _write_pdf(file: IO[bytes], table: Table) -> None:
    """Print a table with a box to tick in front of each row, on A4 in landscape."""
    count = len(table.heads)
    paper = blank_background(pt(Mm(_WIDTH)), pt(Mm(_HEIGHT)))
    plan = compile_plan(read_layout(list(_page(count))), paper, fonts())
    items = ((plan, ticket) for ticket in _pages(table))
    render_pdf(file, items, title=table.title)


def _page(columns: int) -> Iterator[dict[str, Any]]:
    left, width = _MARGIN + 5, (_WIDTH - 2 * _MARGIN - 5) / max(columns, 1)
    top = _HEIGHT - _MARGIN
    yield _text("title", (_MARGIN, top - 6, _WIDTH - 2 * _MARGIN - 40, 6), size=11, bold=True)
    yield _text("page", (_WIDTH - _MARGIN - 40, top - 6, 40, 6), size=8, align="right")
    for row in range(-1, _ROWS_OF_PAGE):
        bottom = top - 12 - (row + 1) * _LINE
        if row >= 0:
            yield {
                "type": "rectangle",
                "left": _MARGIN,
                "bottom": bottom + 0.6,
                "width": 2.6,
                "height": 2.6,
                "condition": {"variable": f"c{row}_0", "empty": False},
            }
        for column in range(columns):
            box = (left + column * width, bottom, width - 1, _LINE)
            name = f"h{column}" if row < 0 else f"c{row}_{column}"
            yield _text(name, box, size=7, bold=row < 0)


def _text(
    content: str,
    box: tuple[float, float, float, float],
    *,
    size: float,
    bold: bool = False,
    align: str = "left",
) -> dict[str, Any]:
    left, bottom, width, height = box
    return {
        "type": "textcontainer",
        "left": left,
        "bottom": bottom,
        "width": width,
        "height": height,
        "fontsize": size,
        "fontfamily": "Open Sans",
        "bold": bold,
        "italic": False,
        "color": [0, 0, 0, 1],
        "content": content,
        "align": align,
        "verticalalign": "middle",
        "autoresize": True,
        "splitlongwords": True,
    }


def _pages(table: Table) -> Iterator[Ticket]:
    heads: dict[Key, str | None] = {f"h{column}": head for column, head in enumerate(table.heads)}
    empty: dict[Key, str | None] = {
        f"c{row}_{column}": "" for row in range(_ROWS_OF_PAGE) for column in range(len(table.heads))
    }
    number = 0
    for number, rows in enumerate(_chunks(table.rows), start=1):
        cells: dict[Key, str | None] = {
            f"c{row}_{column}": _shown(cell)
            for row, line in enumerate(rows)
            for column, cell in enumerate(line)
        }
        page: dict[Key, str | None] = {"title": table.title, "page": str(number)}
        yield Ticket(str(number), {**empty, **heads, **cells, **page})
    if not number:
        yield Ticket("1", {**empty, **heads, "title": table.title, "page": "1"})


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[Sequence[Any], ...]]:
    remaining = iter(rows)
    while page := tuple(islice(remaining, _ROWS_OF_PAGE)):
        yield page


def _shown(cell: Any) -> str:
    if isinstance(cell, datetime):
        return moment(cell)
    return "" if cell is None else str(cell)


_WRITERS = {"csv": _write_csv, "xlsx": _write_xlsx, "pdf": _write_pdf}
