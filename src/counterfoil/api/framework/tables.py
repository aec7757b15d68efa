"""Tables as CSV and XLSX files, streamed: memory use does not grow with the number of rows."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.http import FileResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer

from counterfoil.core import heavy

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """An export: names of columns, and rows that may be read once. Amounts have ``decimals``."""

    columns: tuple[str, ...]
    rows: Iterable[Row]
    decimals: int
    title: str = "Tickets"

    def formats(self) -> dict[str, str]:
        """Return the formats of columns in a workbook; others are as they come."""
        amount = f"0.{'0' * self.decimals}"
        return {"price": amount, "value": amount, "date": "yyyy-mm-dd hh:mm"}


class FileRenderer(BaseRenderer):
    """Declares a media type; the view writes the file."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return JSONRenderer().render(data)


class CsvRenderer(FileRenderer):
    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"


class XlsxRenderer(FileRenderer):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"
    charset = None


def table_answer(renderer: BaseRenderer, table: Table, *, name: str) -> FileResponse:
    """Return a table as the file that was asked for; ``name`` has no extension."""
    write = _WRITERS[type(renderer)]
    return file_answer(renderer, lambda file: write(file, table), name=name)


def file_answer(
    renderer: BaseRenderer, write: Callable[[IO[bytes]], None], *, name: str
) -> FileResponse:
    """Return the file that ``write`` writes, as an attachment."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
    with heavy.slot():  # not while the file is sent: a slow client must not hold it
        write(file)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{name}.{renderer.format}",
        content_type=renderer.media_type,
    )


def _write_csv(file: IO[bytes], table: Table) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow(
            value.isoformat() if isinstance(value, datetime) else value for value in row
        )
    text.detach()


def _write_xlsx(file: IO[bytes], table: Table) -> None:
    """Write a sheet row by row: with ``constant_memory`` each goes to disk as the next begins."""
    import xlsxwriter  # late: it takes long, and few ask for a workbook

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(table.title)
        formats = {
            name: book.add_format({"num_format": code}) for name, code in table.formats().items()
        }
        by_column = [formats.get(name) for name in table.columns]
        sheet.write_row(0, 0, table.columns)
        for number, row in enumerate(table.rows, start=1):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value, by_column[column])


_WRITERS: dict[type[BaseRenderer], Callable[[IO[bytes], Table], None]] = {
    CsvRenderer: _write_csv,
    XlsxRenderer: _write_xlsx,
}
