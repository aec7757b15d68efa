"""Transactions that do not take SQLite's write lock before they write.

SQLite has one lock for all writers, and our transactions take it when they begin, since one that
begins by reading and then writes may be refused at once. Where a request is read, checked and
computed inside a transaction, that would stop every other writer meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

_READS = ("SELECT", "PRAGMA", "EXPLAIN")


@contextmanager
def late_atomic(on_begin: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold one transaction; on SQLite it begins with the first write or nested ``atomic``.

    Until then each read is a transaction of its own, so what decides whether to write must be read
    again, or be guarded by a constraint or a conditional UPDATE, as it must be on PostgreSQL.

    Args:
        on_begin: called once the write lock is held, before anything is written. Elsewhere than on
            SQLite it is never called.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with connection.execute_wrapper(_LateBegin(on_begin)), transaction.atomic():
        yield


def hold_write_lock() -> None:
    """Begin a late transaction now: what is read from here on is not changed by others."""
    for wrapper in connection.execute_wrappers:
        if isinstance(wrapper, _LateBegin):
            wrapper.begin(connection)


class _LateBegin:
    """Holds BEGIN back until a statement needs it."""

    def __init__(self, on_begin: Callable[[], None] | None) -> None:
        self._on_begin = on_begin
        self._begin = ""

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if sql.startswith("BEGIN"):
            self._begin = sql
            return None
        if not sql.lstrip().upper().startswith(_READS):
            self.begin(context["connection"])
        return execute(sql, params, many, context)

    def begin(self, database: Any) -> None:
        if not self._begin:
            return
        database.wait_for_write_lock(lambda: self._execute(database))
        self._begin = ""
        if self._on_begin is not None:
            self._on_begin()

    def _execute(self, database: Any) -> None:
        with database.wrap_database_errors:
            database.connection.execute(self._begin)
