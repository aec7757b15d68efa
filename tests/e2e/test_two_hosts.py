"""Two hosts: folders of their own; a database, a broker and a bucket that they share."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bucket import Bucket, bucket_server
from e2e import invariants
from e2e.boxoffice import BoxOffice
from e2e.conftest import SETTINGS, hall_of
from e2e.fixtures import PRINTED
from servers import Running, world

SECRET_KEY = "the same on every host, and long enough"


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with bucket_server() as server:
        yield server


@pytest.mark.parametrize("victim", [0, pytest.param(1, marks=pytest.mark.endurance)])
def test_work_is_spread_over_hosts_and_whichever_dies_the_other_goes_on(
    tmp_path: Path,
    postgres_url: str,
    stocked_postgres: tuple[str, dict[str, Any]],
    bucket: Bucket,
    victim: int,
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    with (
        hall_of(tmp_path / "here", postgres_url, stocked_postgres) as here,
        world(
            tmp_path / "there",
            database_url=here.world.database_url,
            broker_url=here.world.broker_url,
            settings=SETTINGS,
        ) as elsewhere,
    ):
        there = BoxOffice(elsewhere, here.facts)
        shared = {**bucket.settings, "COUNTERFOIL_SECRET_KEY": SECRET_KEY}
        served = [host.serve(**shared) for host in (here, there)]
        here.wait_for_workers(2)
        jobs = [host.batch(200) for _ in range(5) for host in (here, there)]
        prints = [host.print() for _ in range(3) for host in (here, there)]
        for job in jobs:
            here.done(job)
        assert {here.world.job(job)["worker"] for job in jobs} == _workers(served)

        survivor = [here, there][1 - victim]
        jobs += [host.batch(200) for _ in range(3) for host in (here, there)]
        prints += [host.print() for _ in range(3) for host in (here, there)]
        served[victim].end()
        jobs.append(survivor.batch(10))

        for job in [*jobs, *prints]:
            here.done(job)
        assert invariants.close(here.world, bucket.fetch) == invariants.Totals(
            batches=18, tickets=PRINTED + 16 * 200 + 10, failed=0, prints=12
        )


def _workers(served: list[Running]) -> set[str]:
    return {f"{socket.gethostname()}:{host.child('worker').pid}" for host in served}
