"""Two hosts: folders of their own; a database, a broker and a bucket that they share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from flows import books
from flows.boxoffice import BoxOffice
from flows.conftest import SETTINGS, hall_of
from flows.stocking import PRINTED
from servers import Running, world

BUCKET = "tickets"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket, and the environment from which hosts know it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint, region = f"http://{host}:{port}", "us-east-1"
    client = boto3.client("s3", endpoint_url=endpoint, region_name=region)
    client.create_bucket(Bucket=BUCKET)
    client.environment = {
        "COUNTERFOIL_S3_BUCKET": BUCKET,
        "COUNTERFOIL_S3_ENDPOINT": endpoint,
        "COUNTERFOIL_S3_REGION": region,
        "COUNTERFOIL_SECRET_KEY": "the same on every host, and long enough",
    }
    yield client
    server.stop()


@pytest.mark.endurance
@pytest.mark.parametrize("victim", [0, 1])
def test_work_is_spread_over_hosts_and_whichever_dies_the_other_goes_on(
    tmp_path: Path,
    postgres_url: str,
    stocked_postgres: tuple[str, dict[str, Any]],
    bucket: Any,
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
        served = [host.serve(**bucket.environment) for host in (here, there)]
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
        assert books.close(here.world, lambda name: _fetch(bucket, name)) == books.Books(
            batches=18, tickets=PRINTED + 16 * 200 + 10, failed=0, prints=12
        )


def _workers(served: list[Running]) -> set[str]:
    import socket

    return {f"{socket.gethostname()}:{host.child('worker').pid}" for host in served}


def _fetch(bucket: Any, name: str) -> bytes:
    content: bytes = bucket.get_object(Bucket=BUCKET, Key=name)["Body"].read()
    return content
