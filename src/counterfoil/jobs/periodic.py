"""Small work that every worker does now and then, beside the jobs.

Rooms register theirs in their ``tasks.py``; the cleanup of files is one. All workers do all of it,
so it must be right however many do it at once: it decides by rows.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection

from counterfoil.core.refusals import Unavailable
from counterfoil.jobs import migration_check, registry
from counterfoil.jobs.wakeup import PERIODIC, Wakeup

logger = logging.getLogger(__name__)

FIRST_S = 0.5

PeriodicTask = Callable[[], object]

_periodic_tasks: dict[PeriodicTask, float] = {}


def periodic(*, every_s: float) -> Callable[[PeriodicTask], PeriodicTask]:
    """Register what a worker does at its start and then at most once in so many seconds.

    With 0 it is done at each tick: whenever periodic work is notified, and else every few seconds.
    """

    def register(function: PeriodicTask) -> PeriodicTask:
        _periodic_tasks[function] = every_s
        return function

    return register


class Scheduler:
    """Does one worker's periodic work.

    It has a thread of its own: while a slow storage is cleaned up, jobs must be found.
    """

    def __init__(self, *, poll_s: float = 0.5) -> None:
        self._poll_s = poll_s
        self._next: dict[PeriodicTask, float] = {}
        self._is_over = False
        self._wakeup = Wakeup(PERIODIC)
        self._thread = threading.Thread(target=self._run, name="periodic", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begin no other task. One that is under way may be cut off at any place."""
        self._is_over = True
        self._wakeup.wake()

    def turn(self) -> None:
        """Do what is due."""
        registry.discover()
        for do, every_s in list(_periodic_tasks.items()):
            if not self._is_over and time.monotonic() >= self._next.get(do, 0.0):
                self._next[do] = time.monotonic() + every_s
                _do(do)

    def _run(self) -> None:
        self._wakeup.wait(min(self._poll_s, FIRST_S))  # the first job comes before them
        while not self._is_over:
            self.turn()
            self._wakeup.wait(self._poll_s)
        connection.close()


def _do(do: PeriodicTask) -> None:
    name = getattr(do, "__qualname__", do)
    try:
        migration_check.require_current()
        do()
    except (DatabaseError, InterfaceError, OSError, Unavailable) as problem:
        logger.warning("Periodic work waits for its next time: %s: %s", name, problem)
        connection.close()
    except Exception:  # one room's mistake must not end the others' work
        logger.exception("Periodic work failed: %s", name)
