"""A print of 150 MB that a server has to offer, and clients on slow lines that take it."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from e2e.boxoffice import in_world
from servers import Running, World

SIZE = 150 * 1024 * 1024
CLIENTS = 8
THREADS = 4  # fewer than clients: none of them may keep one
GROWTH = 64 * 1024 * 1024


@dataclass
class Large:
    """A served file, and who may have it."""

    served: Running
    address: str
    path: str
    header: str
    digest: str

    @property
    def url(self) -> str:
        return self.address + self.path

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": self.header}


def offered(place: World) -> Large:
    """Serve a migrated world that offers such a print."""
    served = place.serve(COUNTERFOIL_WEB_THREADS=str(THREADS))
    address = served.address
    facts = json.loads(in_world(place, "e2e.finished_print"))
    digest = _write(place.folder / "data" / "files" / "results" / "large.pdf")
    return Large(served, address, digest=digest, **facts)


def _write(place: Path) -> str:
    """Write a file that differs in every megabyte; return its digest."""
    place.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with place.open("wb") as file:
        for number in range(SIZE // 1024**2):
            chunk = number.to_bytes(2, "big") * (1024**2 // 2)
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


@contextmanager
def slow_client(large: Large) -> Iterator[None]:
    """Ask for the file and take it in small sips until the block ends."""
    place = urlsplit(large.address)
    assert place.hostname
    assert place.port
    over = threading.Event()
    with socket.create_connection((place.hostname, place.port)) as line:
        line.sendall(
            f"GET {large.path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: {large.header}\r\n\r\n".encode()
        )
        assert line.recv(4096).startswith(b"HTTP/1.1 200 OK")

        def sip() -> None:
            while not over.wait(0.1) and line.recv(16 * 1024):
                pass

        thread = threading.Thread(target=sip)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
