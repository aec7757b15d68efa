"""Tables from CSV and XLSX files: a header of names, then rows of texts, read as they are needed.

Whatever is wrong is said with the row's number as the file's own program shows it.
"""

from __future__ import annotations

import csv
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from openpyxl.utils import get_column_letter

from counterfoil.core.cells import Cell, has_no_cached_value, read_sheet, written

if TYPE_CHECKING:  # the reader's type has a name for type checkers only
    import _csv


def gettext_noop(message: str) -> str:
    """Mark a sentence for translators. Django's own needs settings, and the engine has none."""
    return message


DAMAGED_WORKBOOK = gettext_noop("this is not an XLSX file, or a damaged one: %(error)s")

_DELIMITERS = ",;\t"
# Excel's own way of naming the delimiter, in a line above the header.
_DECLARED = re.compile(r'(?i)"?sep=([,;\t|])"?\s*')


class TableError(Exception):
    """A table that cannot be used, in words that name the row.

    ``template`` is English, with the places of ``values``. The text of the exception is English,
    too: who reads another language is shown ``translated()``.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template % values if values else template)
        self._template = template
        self._values = values

    def translated(self) -> str:
        """Return the text in the current language."""
        return gettext(self._template) % self._values if self._values else gettext(self._template)


class Table(ABC):
    """A table that can be read from its beginning any number of times."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def columns(self) -> tuple[str, ...]:
        """Return the names of the header.

        Raises:
            TableError: there is none, or a column has no name or that of another one.
        """
        return tuple(_header(next(iter(self._lines()), (1, ()))[1]))

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the numbered rows, each with a text for every column; blank ones are passed over.

        Raises:
            TableError: the file or one of its rows cannot be read.
        """
        lines = iter(self._lines())
        header = _header(next(lines, (1, []))[1])
        for number, cells in lines:
            if not any(cells):
                continue
            if any(cells[len(header) :]):
                raise TableError(
                    gettext_noop("row %(row)d has %(count)d cells, the header %(columns)d."),
                    row=number,
                    count=len(cells),
                    columns=len(header),
                )
            padded = [*cells[: len(header)], *[""] * (len(header) - len(cells))]
            yield number, dict(zip(header, padded, strict=True))

    @abstractmethod
    def _lines(self) -> Iterable[tuple[int, Sequence[str]]]:
        """Yield the lines with their numbers, the header first."""


class CsvTable(Table):
    """Comma-separated values in UTF-8; semicolons and tabs are understood as well."""

    def _lines(self) -> Iterator[tuple[int, Sequence[str]]]:
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            try:
                head = file.readline()
                declared = _DECLARED.fullmatch(head)
                if not declared:
                    file.seek(0)
                delimiter = declared[1] if declared else max(_DELIMITERS, key=head.count)
                reader = csv.reader(file, delimiter=delimiter, strict=True)
                yield from _numbered(reader, above=1 if declared else 0)
            except UnicodeDecodeError as error:
                line = _undecodable_line(self._path)
                raise TableError(
                    gettext_noop("line %(line)d is not in UTF-8; save the file as UTF-8."),
                    line=line,
                ) from error


class XlsxTable(Table):
    """The first sheet of a workbook."""

    def _lines(self) -> Iterator[tuple[int, Sequence[str]]]:
        number = 0
        try:
            with (
                closing(read_sheet(self._path, values=True)) as rows,
                closing(read_sheet(self._path, values=False)) as formulas,
            ):
                for number, cells in rows:
                    _refuse_unknown(number, cells, formulas)
                    yield number, [written(cell.value, cell.number_format) for cell in cells]
        except TableError:
            raise
        except Exception as error:  # what openpyxl stumbles over in damaged files is without end
            what = (
                gettext_noop("this is damaged after row %(row)d: %(error)s")
                if number
                else DAMAGED_WORKBOOK
            )
            raise TableError(what, row=number, error=error) from error


def _refuse_unknown(
    number: int, cells: Sequence[Cell], formulas: Iterator[tuple[int, Sequence[Cell]]]
) -> None:
    """Refuse cells whose values only a spreadsheet program could find out.

    Args:
        formulas: the same sheet; read as far as this row, and only if a cell is there without
            a value.
    """
    for column, cell in enumerate(cells, start=1):
        if cell.data_type == "e":
            raise TableError(
                gettext_noop("row %(row)d, column %(column)s holds the error %(error)s."),
                row=number,
                column=get_column_letter(column),
                error=cell.value,
            )
    hollow = [column for column, cell in enumerate(cells, start=1) if has_no_cached_value(cell)]
    behind = next(row for at, row in formulas if at == number) if hollow else ()
    for column in hollow:
        if behind[column - 1].data_type == "f":
            raise TableError(
                gettext_noop(
                    "row %(row)d, column %(column)s is a formula without its result; "
                    "open the file in a spreadsheet program and save it there."
                ),
                row=number,
                column=get_column_letter(column),
            )


def _numbered(reader: _csv.Reader, above: int) -> Iterator[tuple[int, Sequence[str]]]:
    """Count rows as spreadsheets do: one may take several lines, and blank ones count."""
    number = above
    try:
        for number, cells in enumerate(reader, start=above + 1):
            yield number, cells
    except csv.Error as error:
        raise TableError(
            gettext_noop("row %(row)d is not valid CSV: %(error)s."), row=number + 1, error=error
        ) from error


def _undecodable_line(path: Path) -> int:
    """Return the first line that is not in UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _header(cells: Sequence[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise TableError(
            gettext_noop("The first row must name the variables, such as secret and item.")
        )
    for column, name in enumerate(names, start=1):
        if not name:
            raise TableError(
                gettext_noop("column %(column)d has no name in the first row."), column=column
            )
        if name in names[: column - 1]:
            raise TableError(gettext_noop("two columns are called %(name)s."), name=name)
    return names
