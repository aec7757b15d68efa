"""Lets the processes of one command add their figures up, and shows those of a worker host."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the client library's own variable
_MEMORY = "/dev/shm"  # noqa: S108 - the folder in it has a name of its own
_ROOM = 32 * 2**20


@contextmanager
def shared() -> Iterator[None]:
    """Give the processes begun inside the block one folder for their counters.

    The library reads the variable once, when it is imported: begin with this.
    """
    if os.environ.get(FOLDER):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="counterfoil-figures-", dir=_roomy()) as folder:
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


def show(port: int) -> None:
    """Answer Prometheus at a port of this machine, from a thread of this process."""
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(port, addr="127.0.0.1", registry=registry)
