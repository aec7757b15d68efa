"""How many passwords a web process checks at once.

A check is slow on purpose. Without a limit a few dozen clients that guess passwords would keep all
threads busy, and nobody would answer the scanners at the door.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

#: Of the threads, a quarter checks passwords at most, and as many wait for their turn.
_running = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 4))
_inside = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 2))


@contextmanager
def admitted() -> Iterator[bool]:
    """Wait for a turn; False at once where too many wait already."""
    if not _inside.acquire(blocking=False):
        yield False
        return
    try:
        with _running:
            yield True
    finally:
        _inside.release()
