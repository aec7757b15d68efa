"""Many at once, through the door that clients use, with real workers behind it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.boxoffice import BoxOffice, job_of
from e2e.conftest import hall_of, kiosk_of


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BoxOffice]:
    """One box office for all of these: each is about products of its own."""
    folder: Path = tmp_path_factory.mktemp("crowds")
    stocked: Any = request.getfixturevalue(f"stocked_{request.param}")
    if request.param == "sqlite":
        opened = kiosk_of(folder, stocked)
    else:
        opened = hall_of(folder, request.getfixturevalue("postgres_url"), stocked)
    with opened as made:
        made.serve("--workers", "2")
        yield made
        made.close()


def _at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _ends(office: BoxOffice, jobs: list[str]) -> Counter[str]:
    office.close()
    return Counter(office.world.job(job)["state"] for job in jobs)


def test_of_fifty_batches_at_once_as_many_are_made_as_the_quota_holds(office: BoxOffice) -> None:
    jobs = _at_once([lambda: office.batch(100, "thousand")] * 50)

    assert _ends(office, jobs) == {"done": 10, "failed": 40}
    refused = next(job for job in jobs if office.world.job(job)["state"] == "failed")
    answer = office.send("GET", f"offlinesalesbatches/check/{refused}/")
    assert answer.status_code == 410
    assert "0 left" in answer.json()["message"]


def test_batches_of_overlapping_quotas_neither_wait_for_ever_nor_oversell(
    office: BoxOffice,
) -> None:
    left, right = (lambda: office.batch(50, "left")), (lambda: office.batch(50, "right"))

    jobs = _at_once([left, right] * 8)

    assert _ends(office, jobs) == {"done": 10, "failed": 6}


def test_a_key_sent_a_hundred_times_at_once_makes_one_batch(office: BoxOffice) -> None:
    body = {"item": office.facts["items"]["plenty"], "amount": 7}
    before = _wishes(office)

    def ask() -> httpx.Response:
        headers = {"X-Idempotency-Key": "the same"}
        return office.send("POST", "offlinesalesbatches/", json=body, headers=headers)

    answers = _at_once([ask] * 100)

    codes = Counter(answer.status_code for answer in answers)
    assert codes.keys() <= {202, 409}
    assert len({job_of(answer) for answer in answers if answer.status_code == 202}) == 1
    assert _wishes(office) == before + 1


def test_a_batch_and_single_orders_sell_the_last_ten_tickets_and_no_more(
    office: BoxOffice,
) -> None:
    item = office.facts["items"]["few"]
    body = {"positions": [{"item": item}], "status": "p", "payment_provider": "manual"}

    def order() -> int:
        return office.insist("orders/", body).status_code

    batch, *codes = _at_once([lambda: office.batch(8, "few"), *[order] * 12])

    ends = _ends(office, [batch])
    orders = Counter(codes)
    assert orders.keys() <= {201, 400}
    assert orders[201] + 8 * ends["done"] == 10
    assert office.world.rows(
        "SELECT count(*) FROM orders_orderposition WHERE item_id = ?", item
    ) == [(10,)]


def _wishes(office: BoxOffice) -> int:
    count: int = office.world.rows("SELECT count(*) FROM batches_batchrequest")[0][0]
    return count
