"""Many scanners, one ticket."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from gate import Gate, make_gate

SCANNERS = 8


@pytest.fixture
def gate(transactional_db: None) -> Gate:
    return make_gate()


def at_once(scan: Callable[[int], str | None]) -> list[str | None]:
    """Run a scan in eight threads, each with a connection of its own, released together."""
    together = threading.Barrier(SCANNERS)

    def run(number: int) -> str | None:
        try:
            together.wait()
            return scan(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(SCANNERS) as pool:
        return list(pool.map(run, range(SCANNERS)))


def test_eight_scanners_admit_one_ticket_once(gate: Gate) -> None:
    for _ in range(5):
        ticket = gate.ticket()

        reasons = at_once(lambda _number, ticket=ticket: gate.reason(ticket))  # type: ignore[misc]

        assert sorted(map(str, reasons)) == ["None"] + ["already_redeemed"] * (SCANNERS - 1)
    assert gate.admitted() == 5


def test_one_scan_sent_eight_times_is_one_entry(gate: Gate) -> None:
    ticket = gate.ticket()

    reasons = at_once(lambda _number: gate.reason(ticket, nonce="the same"))

    assert reasons == [None] * SCANNERS
    assert gate.admitted() == 1


def test_a_rule_of_two_entries_lets_in_two(gate: Gate) -> None:
    gate.set(rules={"<": [{"var": "entries_number"}, 2]}, allow_multiple_entries=True)
    ticket = gate.ticket()

    reasons = at_once(lambda number: gate.reason(ticket, nonce=str(number)))

    assert reasons.count(None) == 2
    assert gate.admitted() == 2
