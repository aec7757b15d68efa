"""Wakes the workers of this machine: named pipes in the data folder.

A process that adds work writes a byte into a pipe, and the workers wait for it there. Writers and
workers need not know each other: each may start, end or be killed at any time, and a gunicorn on
the same machine wakes a ``counterfoil worker`` like ``counterfoil serve`` wakes its own. A byte
may be lost; that is why workers also look by themselves now and then.
"""

from __future__ import annotations

import logging
import os
import select
import stat
from contextlib import suppress
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

#: A job can be started.
JOBS = "jobs"
#: Periodic work has something to do before its time.
PERIODIC = "periodic"


def notify(name: str) -> bool:
    """Wake the workers that wait for this; return whether there are any. Never waits or raises."""
    try:
        pipe = os.open(_path(name), os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:  # most often ENXIO: no worker runs on this machine
        return False
    try:
        if not _is_pipe(pipe):
            return False
        with suppress(BlockingIOError, BrokenPipeError):  # it is full, or they have just ended
            os.write(pipe, b".")
        return True
    finally:
        os.close(pipe)


class Wakeup:
    """What a worker's thread waits with, until it is notified, woken or its time is over."""

    def __init__(self, name: str) -> None:
        self._own, self._own_writer = os.pipe()
        self._shared = _open_pipe(name)
        self._poll = select.poll()
        os.set_blocking(self._own_writer, False)
        for pipe in self._pipes():
            os.set_blocking(pipe, False)
            self._poll.register(pipe, select.POLLIN)

    @property
    def is_connected(self) -> bool:
        """Whether other processes can reach it."""
        return self._shared is not None

    def wait(self, timeout_s: float) -> bool:
        """Wait; return whether there was a notification or a call of ``wake``."""
        return self._drain(self._poll.poll(timeout_s * 1000))

    def wake(self) -> None:
        """End the wait of this worker alone; signal handlers and other threads may call it."""
        with suppress(OSError):  # it was closed meanwhile, or has been woken a thousand times
            os.write(self._own_writer, b".")

    def close(self) -> None:
        writer, self._own_writer = self._own_writer, -1
        for pipe in (*self._pipes(), writer):
            os.close(pipe)

    def _drain(self, ready: list[tuple[int, int]]) -> bool:
        for pipe, _events in ready:
            with suppress(BlockingIOError):  # all workers wake up, and another was faster
                os.read(pipe, 65536)
        return bool(ready)

    def _pipes(self) -> list[int]:
        return [pipe for pipe in (self._own, self._shared) if pipe is not None]


def _path(name: str) -> Path:
    return Path(settings.DATA_DIR) / f"wakeup-{name}"


def _open_pipe(name: str) -> int | None:
    path = _path(name)
    try:
        with suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        # Opened for writing too, it does not end when its last writer does.
        pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as problem:
        logger.warning("Workers cannot be woken through %s: %s", path, problem)
        return None
    if _is_pipe(pipe):
        return pipe
    os.close(pipe)
    logger.warning("Workers cannot be woken through %s: it is not a pipe.", path)
    return None


def _is_pipe(descriptor: int) -> bool:
    return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
