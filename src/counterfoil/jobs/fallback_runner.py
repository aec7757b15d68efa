"""Does jobs without hints while the broker is away: one at a time, in the worker's own process.

A worker's pool is fed by the broker alone. Without it, and without this, jobs that were accepted
would wait for it, however many workers look on.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from counterfoil.jobs import runner


class FallbackRunner:
    """One thread, and only while there is something to do."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def offer(self, jobs: Sequence[UUID]) -> None:
        """Begin with these jobs, unless it is at others. Claims see to it that nobody else does."""
        if jobs and not self._is_at_work():
            self._thread = threading.Thread(target=self._run, args=(jobs,), name="stopgap")
            self._thread.start()

    def end(self) -> None:
        """Have it begin no other job."""
        self._over.set()

    def join(self) -> None:
        """Wait until it has finished the job it is at."""
        if self._thread is not None:
            self._thread.join()

    def _is_at_work(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self, jobs: Sequence[UUID]) -> None:
        for _job in jobs:
            if not self._over.is_set():
                runner.run_next()
        connection.close()
