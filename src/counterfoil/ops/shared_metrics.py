"""Lets the processes of one command add their figures up, and shows those of a worker host."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the client library's own variable
_MEMORY = "/dev/shm"  # noqa: S108 - the folder in it has a name of its own
_ROOM = 32 * 2**20
_PREFIX = "counterfoil-figures-"
_JUST_MADE_S = 60


@contextmanager
def shared() -> Iterator[None]:
    """Give the processes begun inside the block one folder for their counters.

    The library reads the variable once, when it is imported: begin with this.
    """
    if os.environ.get(FOLDER):
        yield
        return
    home = _roomy() or tempfile.gettempdir()
    _clean_up(Path(home))
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=home) as folder, _locked(folder):
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


def _roomy() -> str | None:
    """Return where the folder is made; None is where temporary files are.

    The library maps files with holes into memory: a disk that is full when a hole is written to
    kills the process (SIGBUS).
    """
    is_there = os.path.isdir(_MEMORY) and os.access(_MEMORY, os.W_OK | os.X_OK)
    return _MEMORY if is_there and shutil.disk_usage(_MEMORY).free >= _ROOM else None


@contextmanager
def _locked(folder: str) -> Iterator[None]:
    """Hold a lock on the folder; the kernel lets go of it when this process is killed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _clean_up(home: Path) -> None:
    """Remove the folders of commands that were killed: they take memory until the next boot."""
    for folder in home.glob(f"{_PREFIX}*"):
        if _is_left(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Tell whether nobody holds it. One that was just made may be about to be held."""
    with suppress(OSError):  # another user's, gone meanwhile, or held
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return time.time() - os.fstat(descriptor).st_mtime > _JUST_MADE_S
        finally:
            os.close(descriptor)
    return False


def show(port: int) -> None:
    """Answer Prometheus at a port of this machine, from a thread of this process."""
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(port, addr="127.0.0.1", registry=registry)
