"""The gate stays open while strangers hold connections open and guess passwords."""

from __future__ import annotations

import contextlib
import itertools
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from e2e.boxoffice import BoxOffice
from servers import DEADLINE_S

pytestmark = pytest.mark.slow

HALF_OPEN = 1200
GUESSERS = 24
TICKETS = 4


@contextmanager
def half_open(address: str) -> Iterator[list[socket.socket]]:
    """Hold connections open whose requests never end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, HALF_OPEN + 500)), hard))
    place = urlsplit(address)
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(HALF_OPEN):
            each = socket.create_connection((place.hostname, place.port or 80), DEADLINE_S)
            stack.enter_context(each)
            each.sendall(b"POST /signin/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n")
            opened.append(each)
        yield opened


@contextmanager
def guessing(address: str) -> Iterator[list[int]]:
    """Have clients guess the passwords of many accounts; gives what they were answered."""
    statuses: list[int] = []
    names, is_over = itertools.count(), threading.Event()

    def guess() -> None:
        with httpx.Client(base_url=address, timeout=DEADLINE_S) as client:
            while not is_over.is_set():
                with contextlib.suppress(httpx.TransportError):
                    client.get("/signin/")
                    sent = {
                        "csrfmiddlewaretoken": client.cookies.get("csrftoken", ""),
                        "username": f"somebody{next(names)}@example.org",
                        "password": "a guess",
                    }
                    statuses.append(client.post("/signin/", data=sent).status_code)

    threads = [threading.Thread(target=guess) for _ in range(GUESSERS)]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_the_gate_stays_open(kiosk: BoxOffice) -> None:
    kiosk.serve()
    kiosk.made(TICKETS)
    gate = {"name": "Gate", "all_products": True, "limit_products": []}
    checkin_list = kiosk.send("POST", "checkinlists/", json=gate).json()["id"]
    rows = kiosk.world.rows("SELECT secret FROM orders_orderposition ORDER BY id DESC")
    redeem = f"{kiosk.address}/api/v1/organizers/mill/checkinrpc/redeem/"

    with half_open(kiosk.address), guessing(kiosk.address) as guesses:
        for (secret,) in rows[:TICKETS]:
            scan = kiosk.send("POST", redeem, json={"secret": secret, "lists": [checkin_list]})
            assert scan.json()["status"] == "ok"
            assert httpx.get(f"{kiosk.address}/healthz", timeout=DEADLINE_S).status_code == 200

    assert guesses
    assert 302 not in guesses
