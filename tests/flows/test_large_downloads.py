"""A print of 150 MB, eight clients on slow lines, and one embedded server that still answers."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from servers import Running, World

pytestmark = pytest.mark.endurance

SIZE = 150 * 1024 * 1024
CLIENTS = 8
THREADS = 4  # fewer than clients: none of them may keep one
GROWTH = 64 * 1024 * 1024

# A print that is done, as its rows say; the file is put there by the test.
PREPARE = """
import datetime, json, django
django.setup()
from django.utils import timezone
from counterfoil.jobs.models import Job
from counterfoil.printing.models import RenderRequest
from makers import make_event, make_team, make_token
event = make_event()
token, header = make_token(make_team(event.organizer))
job = Job.objects.create(
    kind="printing.render", state="done", result_file="results/large.pdf",
    expires=timezone.now() + datetime.timedelta(hours=1),
)
found = RenderRequest.objects.create(
    job=job, event=event, asker=f"token:{token.pk}", purpose="render_batch", parts=[], layouts=[]
)
path = f"/api/v1/organizers/{event.organizer.slug}/events/{event.slug}"
path = f"{path}/ticketpdfrenderer/download/{found.pk}/{found.file_id}/"
print(json.dumps({"path": path, "header": header}))
"""


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


@pytest.fixture
def large(embedded: World) -> Large:
    embedded.settings = "counterfoil.config.settings"
    served = embedded.serve(COUNTERFOIL_WEB_THREADS=str(THREADS))
    address = served.address
    made = subprocess.run(
        [sys.executable, "-c", PREPARE],
        env=embedded.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    place = embedded.folder / "data" / "files" / "results" / "large.pdf"
    return Large(served, address, digest=_write(place), **json.loads(made.stdout))


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
def _slow_client(large: Large) -> Iterator[None]:
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


def test_slow_clients_take_neither_threads_nor_memory(large: Large) -> None:
    httpx.get(f"{large.address}/readyz", timeout=60)
    web = large.served.child("web")
    before = web.memory_info().rss

    with ExitStack() as clients:
        for _ in range(CLIENTS):
            clients.enter_context(_slow_client(large))
        statuses = set()
        for _ in range(30):
            answer = httpx.get(
                f"{large.address}/api/v1/organizers/", headers=large.headers, timeout=60
            )
            statuses.add(answer.status_code)
            time.sleep(0.02)
        grown = web.memory_info().rss - before

    assert statuses == {200}
    assert grown < GROWTH


def test_a_large_file_arrives_as_it_is_and_costs_no_memory(large: Large) -> None:
    httpx.get(f"{large.address}/readyz", timeout=60)
    web = large.served.child("web")
    before = web.memory_info().rss
    digest, most = hashlib.sha256(), 0

    with httpx.stream("GET", large.url, headers=large.headers, timeout=60) as answer:
        for number, chunk in enumerate(answer.iter_raw(256 * 1024)):
            digest.update(chunk)
            if number % 50 == 0:
                most = max(most, web.memory_info().rss - before)

    assert answer.headers["Content-Length"] == str(SIZE)
    assert digest.hexdigest() == large.digest
    assert most < GROWTH


def test_a_download_that_broke_off_goes_on_where_it_was(large: Large) -> None:
    digest, got = hashlib.sha256(), 0
    with httpx.stream("GET", large.url, headers=large.headers, timeout=60) as answer:
        etag = answer.headers["ETag"]
        for chunk in answer.iter_raw(256 * 1024):
            digest.update(chunk)
            got += len(chunk)
            if got > 20 * 1024**2:
                break  # and the connection is closed

    rest = {**large.headers, "Range": f"bytes={got}-", "If-Range": etag}
    with httpx.stream("GET", large.url, headers=rest, timeout=60) as answer:
        for chunk in answer.iter_raw(256 * 1024):
            digest.update(chunk)

    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {got}-{SIZE - 1}/{SIZE}"
    assert digest.hexdigest() == large.digest


def test_the_middle_of_a_file_is_not_followed_by_its_end(large: Large) -> None:
    part = {**large.headers, "Range": f"bytes={1024**2 - 2}-{1024**2 + 1}"}

    answer = httpx.get(large.url, headers=part, timeout=60)

    assert (answer.status_code, answer.content) == (206, b"\x00\x00\x00\x01")
    assert httpx.get(large.url, timeout=60).status_code == 401


def test_a_body_that_is_too_large_is_not_taken(large: Large) -> None:
    answer = httpx.post(
        f"{large.address}/api/v1/upload",
        headers=large.headers,
        content=b"x" * (13 * 1024**2),
        timeout=60,
    )

    assert answer.status_code == 413
