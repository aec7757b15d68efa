"""Small work that every worker does now and then, beside the jobs.

Rooms register theirs in their ``jobs.py``; the cleanup of files is one. All workers do all of it,
so a chore must be right however many do it at once: it decides by rows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError

from counterfoil.jobs import registry

logger = logging.getLogger(__name__)

Chore = Callable[[], object]

_chores: dict[Chore, float] = {}


def chore(*, every_s: float) -> Callable[[Chore], Chore]:
    """Register what a worker does at its start and then at most once in so many seconds."""

    def register(function: Chore) -> Chore:
        _chores[function] = every_s
        return function

    return register


def forget(function: Chore) -> None:
    """Undo a registration, as a test does with its own."""
    del _chores[function]


class Round:
    """One worker's round of the chores."""

    def __init__(self) -> None:
        self._next: dict[Chore, float] = {}

    def turn(self) -> None:
        """Do what is due."""
        registry.discover()
        for do, every_s in list(_chores.items()):
            if time.monotonic() >= self._next.get(do, 0.0):
                self._next[do] = time.monotonic() + every_s
                _do(do)


def _do(do: Chore) -> None:
    try:
        do()
    except (DatabaseError, InterfaceError, OSError):
        raise  # the poller waits until the database is there again
    except Exception:  # one room's mistake must not keep jobs from being found
        logger.exception("A chore failed: %s", getattr(do, "__qualname__", do))
