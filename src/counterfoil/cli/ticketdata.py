"""Ticket data from files, row by row: CSV and XLSX with a header of variable names, and JSON.

None of them is held in memory as a whole. Whatever is wrong is told with the row's number as the
file's own program shows it.
"""

from __future__ import annotations

import csv
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from openpyxl.utils import get_column_letter

from counterfoil.cli.cells import Cell, has_no_cached_value, read_sheet, written
from counterfoil.cli.jsonstream import JsonError, read_members
from counterfoil.render.values import Key

if TYPE_CHECKING:  # the reader's type has a name for type checkers only
    import _csv

_DELIMITERS = ",;\t"
# Excel's own way of naming the delimiter, in a line above the header.
_DECLARED = re.compile(r'(?i)"?sep=([,;\t|])"?\s*')


class DataError(Exception):
    """A file of ticket data that cannot be used, in words that name the row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket as the file tells it."""

    label: str
    values: Mapping[Key, str | None]
    images: Mapping[str, str] = field(default_factory=dict)
    """File names of pictures. A table has none of its own: there any column may name one."""


class TicketData(Protocol):
    """A file of ticket data that can be read from its beginning any number of times."""

    @property
    def locale(self) -> str | None:
        """The language the file says it is in."""

    def columns(self) -> tuple[str, ...] | None:
        """Return the variables that every ticket has; None: each has its own."""

    def count(self) -> int: ...

    def rows(self) -> Iterator[Row]: ...


def open_data(path: Path) -> TicketData:
    """Open a file by its suffix: .json, .csv, .tsv or .xlsx.

    Raises:
        DataError: it is none of these, or begins wrong.
    """
    match path.suffix.lower():
        case ".json":
            return JsonData(path)
        case ".csv" | ".tsv" | ".txt":
            return CsvData(path)
        case ".xlsx":
            return XlsxData(path)
    raise DataError(f"{path.name}: ticket data is read from .json, .csv and .xlsx files.")


class _TableData(ABC):
    """A table: a header of variable names, and a row a ticket."""

    locale: str | None = None

    def __init__(self, path: Path) -> None:
        self._path = path

    def count(self) -> int:
        return sum(1 for _ in self.rows())

    def rows(self) -> Iterator[Row]:
        with _named(self._path):
            yield from _table(self._lines())

    def columns(self) -> tuple[str, ...]:
        with _named(self._path):
            return _columns(self._lines())

    @abstractmethod
    def _lines(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the lines with their numbers, the header first."""


class CsvData(_TableData):
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
                raise DataError(f"line {line} is not in UTF-8; save the file as UTF-8.") from error


class XlsxData(_TableData):
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
        except DataError:
            raise
        except Exception as error:  # what openpyxl stumbles over in damaged files is without end
            what = f"damaged after row {number}" if number else "not an XLSX file, or a damaged one"
            raise DataError(f"this is {what}: {error}") from error


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
            raise DataError(f"{_place(number, column)} holds the error {cell.value}.")
    hollow = [column for column, cell in enumerate(cells, start=1) if has_no_cached_value(cell)]
    behind = next(row for at, row in formulas if at == number) if hollow else ()
    for column in hollow:
        if behind[column - 1].data_type == "f":
            raise DataError(
                f"{_place(number, column)} is a formula without its result; "
                "open the file in a spreadsheet program and save it there."
            )


def _place(row: int, column: int) -> str:
    return f"row {row}, column {get_column_letter(column)}"


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Put the file's name before what is wrong with it."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{path.name}: {error}") from error


def _numbered(reader: _csv.Reader, above: int) -> Iterator[tuple[int, Sequence[str]]]:
    """Count rows as spreadsheets do: one may take several lines, and blank ones count."""
    number = above
    try:
        for number, cells in enumerate(reader, start=above + 1):
            yield number, cells
    except csv.Error as error:
        raise DataError(f"row {number + 1} is not valid CSV: {error}.") from error


def _undecodable_line(path: Path) -> int:
    """Return the first line that is not in UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _columns(lines: Iterable[tuple[int, Sequence[str]]]) -> tuple[str, ...]:
    return tuple(_header(next(iter(lines), (1, ()))[1]))


def _table(lines: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Row]:
    """Read lines under a header of variable names; blank lines are passed over."""
    lines = iter(lines)
    header = _header(next(lines, (1, []))[1])
    for number, cells in lines:
        if not any(cells):
            continue
        if any(cells[len(header) :]):
            raise DataError(f"row {number} has {len(cells)} cells, the header {len(header)}.")
        padded = [*cells[: len(header)], *[""] * (len(header) - len(cells))]
        yield Row(f"row {number}", dict(zip(header, padded, strict=True)))


def _header(cells: Sequence[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise DataError("The first row must name the variables, such as secret and item.")
    for column, name in enumerate(names, start=1):
        if not name:
            raise DataError(f"column {column} has no name in the first row.")
        if name in names[: column - 1]:
            raise DataError(f"two columns are called {name}.")
    return names


class JsonData:
    """``{"locale": "en", "tickets": [{"variables": {...}, "images": {...}, ...}]}``.

    A ticket may also have ``event_meta`` and ``item_meta``, which become ``meta:NAME`` and
    ``itemmeta:NAME``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.locale: str | None = None
        self._count = 0
        with _named(path):
            for name, value in self._members():
                if name == "locale" and isinstance(value, str):
                    self.locale = value
                self._count += name == "tickets"

    def columns(self) -> None:
        return None

    def count(self) -> int:
        return self._count

    def rows(self) -> Iterator[Row]:
        tickets = (value for name, value in self._members() if name == "tickets")
        with _named(self._path):
            for number, ticket in enumerate(tickets, start=1):
                yield _ticket(f"ticket {number}", ticket)

    def _members(self) -> Iterator[tuple[str, object]]:
        number = 0
        try:
            with self._path.open(encoding="utf-8-sig") as file:
                for name, value in read_members(file, unrolled="tickets"):
                    number += name == "tickets"
                    yield name, value
        except (JsonError, UnicodeDecodeError) as error:
            place = f" (after ticket {number})" if number else ""
            raise DataError(f"{error}{place}") from error


_GROUPS = {"variables": "", "event_meta": "meta:", "item_meta": "itemmeta:"}


def _ticket(label: str, source: object) -> Row:
    if not isinstance(source, dict):
        raise DataError(f"{label} must be an object with “variables”.")
    for key in source:
        if key not in _GROUPS and key != "images":
            raise DataError(f"{label}, /{key}: is not known here.")
    values: dict[Key, str | None] = {
        prefix + name: value
        for group, prefix in _GROUPS.items()
        for name, value in _texts(label, group, source.get(group, {}))
    }
    images = dict(_texts(label, "images", source.get("images", {})))
    return Row(label, values, images)


def _texts(label: str, group: str, source: object) -> Iterator[tuple[str, str]]:
    if not isinstance(source, dict):
        raise DataError(f"{label}, /{group}: must be an object.")
    for name, value in source.items():
        if isinstance(value, bool | dict | list):
            raise DataError(f"{label}, /{group}/{name}: must be a text, a number or null.")
        yield name, "" if value is None else str(value)
