"""Small work that every worker does now and then, beside the jobs.

Rooms register theirs in their ``jobs.py``; the cleanup of files is one. All workers do all of it,
so a chore must be right however many do it at once: it decides by rows.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from counterfoil.core.refusals import Unavailable
from counterfoil.jobs import migration_check, registry

logger = logging.getLogger(__name__)

PeriodicTask = Callable[[], object]

_periodic_tasks: dict[PeriodicTask, float] = {}


def periodic(*, every_s: float) -> Callable[[PeriodicTask], PeriodicTask]:
    """Register what a worker does at its start and then at most once in so many seconds."""

    def register(function: PeriodicTask) -> PeriodicTask:
        _periodic_tasks[function] = every_s
        return function

    return register


class Scheduler:
    """One worker's round of the chores.

    It has a thread of its own: while a slow storage is cleaned up, jobs must be found.
    """

    def __init__(self) -> None:
        self._next: dict[PeriodicTask, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chores", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begin no other chore. One that is under way may be cut off at any place."""
        self._over.set()

    def turn(self) -> None:
        """Do what is due."""
        registry.discover()
        for do, every_s in list(_periodic_tasks.items()):
            if time.monotonic() >= self._next.get(do, 0.0):
                self._next[do] = time.monotonic() + every_s
                _do(do)

    def _run(self) -> None:
        while not self._over.wait(settings.JOB_POLL_S):
            self.turn()
            connection.close()


def _do(do: PeriodicTask) -> None:
    name = getattr(do, "__qualname__", do)
    try:
        migration_check.require_current()
        do()
    except (DatabaseError, InterfaceError, OSError, Unavailable) as problem:
        logger.warning("A chore waits for its next time: %s: %s", name, problem)
        connection.close()
    except Exception:  # one room's mistake must not end the others' chores
        logger.exception("A chore failed: %s", name)
