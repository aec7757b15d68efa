"""Inserts many rows at once, by the fastest way that each database has.

Django's ``bulk_create`` makes an object and prepares every value of every row: six times the
database's own work for 10,000 orders on SQLite, three times on PostgreSQL. In a batch all rows are
alike but for a few columns, so the values they share are prepared once, in a row that serves as
pattern.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import Model

Row = tuple[Any, ...]

_BULK_CACHE_KIB = 65536
_ROWS_TOGETHER = 5_000
#: PostgreSQL looks at 300 rows for each of these. With its usual 100 the next job waits for it.
_STATISTICS = 20
#: A table that has fewer than so many times the new rows has changed for the planner.
_GROWTH_FACTOR = 10


class BulkInserter:
    """Rows like ``sample``, which differ in the columns named ``slots`` (attribute names).

    The sample needs its foreign keys by id. Values for slots are given as the database takes
    them: text, numbers; what is not a slot is prepared by its field.
    """

    def __init__(self, sample: Model, slots: Sequence[str]) -> None:
        fields = sample._meta.concrete_fields
        names = [field.attname for field in fields]
        self.table = sample._meta.db_table
        self.columns = [str(field.column) for field in fields]
        self._slot_indices = [names.index(slot) for slot in slots]
        self._shared = [
            None if field.attname in slots else _prepared(field, sample) for field in fields
        ]

    def insert(self, slots: Iterable[Row]) -> None:
        """Insert a row for each tuple of slot values, as ``insert`` below does.

        On SQLite, where everybody waits for it, the statement holds what the rows share: that takes
        a quarter less time than to bind every column of every row.
        """
        if connection.vendor == "postgresql":
            insert(self.table, self.columns, self.rows(slots))
            return
        shared = [n for n in range(len(self.columns)) if n not in self._slot_indices]
        with connection.cursor() as cursor:
            quotes = ", ".join(["quote(%s)"] * len(shared))
            cursor.execute(f"SELECT {quotes}", [self._shared[n] for n in shared])
            literals = [text.replace("%", "%%") for text in cursor.fetchone()]
        columns = [self.columns[n] for n in (*shared, *self._slot_indices)]
        _insert_into_sqlite(self.table, columns, literals, slots)

    def rows(self, slots: Iterable[Row]) -> Iterator[Row]:
        """Return whole rows, one for each tuple of slot values."""
        row, indices = list(self._shared), self._slot_indices
        for values in slots:
            for place, value in zip(indices, values, strict=True):
                row[place] = value
            yield tuple(row)


class PreparedRows:
    """Rows that may differ in everything, prepared for the database before a lock is held."""

    def __init__(self, rows: Sequence[Model]) -> None:
        self._rows = rows
        self._fields = rows[0]._meta.concrete_fields if rows else []
        self._values = [[_prepared(field, row) for field in self._fields] for row in rows]

    def insert(self, slots: Sequence[str]) -> None:
        """Insert them all. ``slots`` are ids that the rows have got since they were prepared."""
        if not self._rows:
            return
        names = [field.attname for field in self._fields]
        indices = [(names.index(slot), slot) for slot in slots]
        for row, values in zip(self._rows, self._values, strict=True):
            for place, slot in indices:
                values[place] = getattr(row, slot)
        table = self._rows[0]._meta.db_table
        insert(table, [str(field.column) for field in self._fields], map(tuple, self._values))
        for row in self._rows:
            row._state.adding, row._state.db = False, connection.alias


def _prepared(field: Any, sample: Model) -> Any:
    return field.get_db_prep_save(field.pre_save(sample, add=True), connection)


@contextmanager
def room_for_pages() -> Iterator[None]:
    """Let SQLite keep the pages that bulk work writes to in memory, until the work is done.

    New codes and secrets belong anywhere in their indexes: with 1,000,000 tickets, 10,000 new ones
    change as many pages of each.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size=-{_BULK_CACHE_KIB}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size={before}")
            cursor.execute("PRAGMA shrink_memory")


def refresh_statistics(models: Sequence[type[Model]], added: int) -> None:
    """Have PostgreSQL look at tables that have just grown by a good part of their rows.

    It does so by itself, but a minute later; until then it would plan for the few rows it knows.
    SQLite's plans are kept good by ``tasks.keep_plans``.
    """
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL default_statistics_target = {_STATISTICS}")
        for model in models:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
            if cursor.fetchone()[0] < added * _GROWTH_FACTOR:
                cursor.execute(f"ANALYZE {table}")


def check_references() -> None:
    """Have PostgreSQL check now what it would check at the commit: the longest part of bulk work.

    What is written after this, such as the end of a job, is written when the work is over.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def draw_ids(model: type[Model], amount: int) -> list[int]:
    """Reserve primary keys, in ascending order, for rows that are about to be inserted.

    On SQLite they are reserved by the write lock, so it is for use inside a transaction only.
    """
    table = model._meta.db_table
    column = cast(Any, model._meta.pk).column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, column, amount],
            )
            return sorted(number for (number,) in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return list(range(last + 1, last + amount + 1))


def insert(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows in the order given: COPY on PostgreSQL, many rows a statement on SQLite.

    Raises:
        IntegrityError: a row breaks a constraint. None of them is inserted if the caller has a
            transaction of its own around this.
    """
    if connection.vendor == "postgresql":
        _copy(table, columns, rows)
    else:
        _insert_into_sqlite(table, columns, [], rows)


def _target(table: str, columns: Sequence[str]) -> str:
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    return f"{connection.ops.quote_name(table)} ({quoted})"


def _insert_into_sqlite(
    table: str, columns: Sequence[str], constants: Sequence[str], rows: Iterable[Row]
) -> None:
    """Insert rows that begin with the same constants, written in SQL.

    Many rows a statement take a third less time than one, and a thread gives up Python's lock
    once for all of them, where another could keep it while everybody waits for the write lock. OR
    FAIL saves the journal by which SQLite would take back the first rows of a statement.
    """
    slots = len(columns) - len(constants)
    limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    row = f"({', '.join(['%s'] * slots)})"
    values = ", ".join([*constants, *(f"column{number + 1}" for number in range(slots))])
    start = f"INSERT OR FAIL INTO {_target(table, columns)} SELECT {values} FROM (VALUES "  # noqa: S608 - our names
    rows = iter(rows)
    with connection.cursor() as cursor:
        while together := list(itertools.islice(rows, min(_ROWS_TOGETHER, limit // slots))):
            statement = f"{start}{', '.join([row] * len(together))})"
            cursor.execute(statement, list(itertools.chain.from_iterable(together)))


def _copy(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    target = _target(table, columns)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        psycopg_cursor: Any = cursor.cursor
        with psycopg_cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
