"""Looks for jobs whose hints were lost, in a worker that a broker feeds.

One thread in every such worker. All it does is a matter of rows, so any number of them do no harm.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from counterfoil.jobs import lanes, notifications, recovery, runner

logger = logging.getLogger(__name__)

BATCH = 50
HINT_AGAIN_S = 5.0


class FallbackRunner:
    """Does jobs while the broker is away: one at a time, in the worker's own process.

    A worker's pool is fed by the broker alone. Without it, and without this, jobs that were
    accepted would wait for it, however many workers look on.
    """

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread: threading.Thread | None = None  # only while there is something to do

    def offer(self, jobs: Sequence[UUID]) -> None:
        """Begin with these jobs, unless it is at others. Claims see to it that nobody else does."""
        if jobs and not (self._thread is not None and self._thread.is_alive()):
            self._thread = threading.Thread(target=self._run, args=(jobs,), name="fallback")
            self._thread.start()

    def end(self) -> None:
        """Have it begin no other job."""
        self._over.set()

    def join(self) -> None:
        """Wait until it has finished the job it is at."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, jobs: Sequence[UUID]) -> None:
        for _job in jobs:
            if not self._over.is_set():
                runner.run_next()
        connection.close()


class Poller:
    """Looks at once, and then again and again until told to stop."""

    def __init__(self, *, poll_s: float) -> None:
        self._poll_s = poll_s
        self._hinted: dict[UUID, float] = {}
        self._over = threading.Event()
        self._fallback = FallbackRunner()
        self._thread = threading.Thread(target=self._run, name="poller", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._fallback.end()
        self._thread.join(timeout=settings.JOB_LEASE_S)  # it may wait for SQLite's write lock
        self._fallback.join()

    def turn(self) -> None:
        """Look once."""
        self._hint(lanes.due(BATCH))
        recovery.fail_exhausted()

    def _run(self) -> None:
        self._guarded_turn()
        while not self._over.wait(self._poll_s):
            self._guarded_turn()
        connection.close()

    def _guarded_turn(self) -> None:
        try:
            self.turn()
        except (DatabaseError, InterfaceError, OSError) as problem:
            # Gone for a minute, or locked by a long transaction: there is another turn.
            logger.warning("The poller could not look: %s", problem)
            connection.close()
        except Exception:  # a worker without its poller would look alive and find no jobs
            logger.exception("The poller could not look")

    def _hint(self, due: list[UUID]) -> None:
        """Hint each job, but not again and again while its message waits in the queue.

        One whose lane was full meanwhile is hinted again at once: its message had no effect.
        What cannot be hinted is done here: the broker may be away for long.
        """
        now = time.monotonic()
        queued = {job: self._hinted[job] for job in due if job in self._hinted}
        self._hinted = {job: at for job, at in queued.items() if now - at < HINT_AGAIN_S}
        unheard = []
        for job_id in due:
            if job_id in self._hinted:
                continue
            if notifications.send(job_id):
                self._hinted[job_id] = now
            else:
                unheard.append(job_id)
        self._fallback.offer(unheard)
