"""Ticket data from files, row by row: CSV and XLSX with a header of variable names, and JSON.

None of them is held in memory as a whole. Whatever is wrong is told with the row's number as the
file's own program shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast

from counterfoil.cli.jsonstream import JsonError, read_members
from counterfoil.core.tables import CsvTable, Table, TableError, XlsxTable
from counterfoil.render.values import Key

#: A file of ticket data that cannot be used, in words that name the row.
DataError = TableError


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
            return TableData(path, CsvTable(path))
        case ".xlsx":
            return TableData(path, XlsxTable(path))
    raise DataError(f"{path.name}: ticket data is read from .json, .csv and .xlsx files.")


class TableData:
    """A table: a header of variable names, and a row a ticket."""

    locale: str | None = None

    def __init__(self, path: Path, table: Table) -> None:
        self._path = path
        self._table = table

    def count(self) -> int:
        return sum(1 for _ in self.rows())

    def rows(self) -> Iterator[Row]:
        with _named(self._path):
            for number, values in self._table.rows():
                yield Row(f"row {number}", cast(Mapping[Key, str | None], values))

    def columns(self) -> tuple[str, ...]:
        with _named(self._path):
            return self._table.columns()


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Put the file's name before what is wrong with it."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{path.name}: {error}") from error


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
