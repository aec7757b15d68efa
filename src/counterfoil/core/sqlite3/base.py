"""Django's backend for SQLite, which notices soon that the write lock is free.

SQLite waits for the lock by sleeping, up to 100 ms at a time once it has waited long. A scan that
waits for a batch would come that much later than it could, or miss the moment between two batches.

Of the threads of a process only one asks at a time, and the others wait for their turn: if all of
them asked, the one that holds the lock would hardly get to its work.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable

from django.db import OperationalError
from django.db.backends.sqlite3 import base

#: SQLite sleeps 1, 2, 5, 10 and 15 ms, and then starts again.
_TRY_MS = 33
_PAUSE_S = 0.001


class _Turn:
    """Whose turn it is to ask for the lock, among the threads of this process."""

    def __init__(self) -> None:
        self.renew()
        os.register_at_fork(after_in_child=self.renew)

    def renew(self) -> None:
        self.lock = threading.Lock()


_turn = _Turn()


class DatabaseWrapper(base.DatabaseWrapper):
    def wait_for_write_lock(self, begin: Callable[[], object]) -> None:
        """Call ``begin``, again and again while others hold the lock, for the usual busy timeout.

        Raises:
            OperationalError: the lock is still held after that.
        """
        (patience_ms,) = self.connection.execute("PRAGMA busy_timeout").fetchone()
        deadline = time.monotonic() + patience_ms / 1000
        turn = _turn.lock
        has_turn = turn.acquire(timeout=patience_ms / 1000)
        self._wait_at_most(min(_TRY_MS, patience_ms))
        try:
            while True:
                try:
                    begin()
                except OperationalError as refusal:
                    if not _is_busy(refusal) or time.monotonic() >= deadline:
                        raise
                    time.sleep(_PAUSE_S)
                else:
                    return
        finally:
            if has_turn:
                turn.release()
            self._wait_at_most(patience_ms)

    def _start_transaction_under_autocommit(self) -> None:
        self.wait_for_write_lock(super()._start_transaction_under_autocommit)  # type: ignore[misc]

    def _wait_at_most(self, milliseconds: int) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {milliseconds}").fetchone()


def _is_busy(refusal: OperationalError) -> bool:
    code: int = getattr(refusal.__cause__, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY  # the rest of an extended code says why
