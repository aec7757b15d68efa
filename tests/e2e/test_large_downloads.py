"""A print of 150 MB, eight clients on slow lines, and one embedded server that still answers."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from e2e.conftest import SETTINGS
from e2e.large import CLIENTS, GROWTH, SIZE, Large, offered, slow_client
from servers import world


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Large]:
    """One server for all of these: none of them changes anything."""
    folder = tmp_path_factory.mktemp("large")
    with world(folder, template=migrated_sqlite, settings=SETTINGS) as made:
        yield offered(made)


def test_slow_clients_take_neither_threads_nor_memory(large: Large) -> None:
    httpx.get(f"{large.address}/readyz", timeout=60)
    web = large.served.child("web")
    before = web.memory_info().rss

    with ExitStack() as clients:
        for _ in range(CLIENTS):
            clients.enter_context(slow_client(large))
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
