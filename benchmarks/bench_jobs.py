"""How soon work starts, how soon it is begun again after a death, and how much workers make.

    python benchmarks/bench_jobs.py

Three figures. *To start*: from the 202 to the claim of the job, on an idle machine, embedded
(SQLite, workers look every half second) and with a broker. *From kill to restart*: from the SIGKILL
of a worker in the middle of a print to the claim of its second attempt, with the lease as installed
(10 seconds). *Batches per minute*: batches of 1,000 made on PostgreSQL by 1, 2 and 4 workers.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from broker import broker_server
from flows.boxoffice import BoxOffice, in_world, stock
from postgres import new_database, postgres_server
from servers import World, world

SETTINGS = "counterfoil.config.settings"
LEASE_S = "10"
WORKERS = (1, 2, 4)


@contextlib.contextmanager
def opened(kind: str) -> Iterator[BoxOffice]:
    """Open a box office: ``embedded``, or with PostgreSQL and a broker."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-jobs-")))
        urls = {}
        if kind != "embedded":
            server = stack.enter_context(postgres_server())
            urls["database_url"] = stack.enter_context(new_database(server))
            urls["broker_url"] = stack.enter_context(broker_server()).connection_url
        made = stack.enter_context(world(folder, settings=SETTINGS, **urls))
        assert made.run("migrate").returncode == 0
        yield BoxOffice(made, stock(made))


def moment(made: World, column: str, job: str) -> float:
    """Return a time of a job's row, by the database's clock, which is this machine's."""
    told = made.rows(f"SELECT {column} FROM jobs_job WHERE id = ?", made.key(job))[0][0]
    when = told if isinstance(told, datetime) else datetime.fromisoformat(told)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def time_to_start(kind: str, rounds: int) -> None:
    waits = []
    with opened(kind) as office:
        office.serve(COUNTERFOIL_JOB_LEASE=LEASE_S)
        office.wait_for_workers(1)
        office.done(office.batch(1))  # warms up
        for number in range(rounds):
            time.sleep(0.3 + number % 7 / 10)  # not in step with the poller
            job = office.batch(1)
            answered = time.time()
            office.done(job)
            waits.append(max(0.0, moment(office.world, "started", job) - answered))
    print(
        f"202 to start, {kind}: median {statistics.median(waits) * 1000:.0f} ms, "
        f"longest {max(waits) * 1000:.0f} ms ({rounds} jobs)",
        flush=True,
    )


def time_to_restart(kind: str, rounds: int) -> None:
    waits = []
    with opened(kind) as office:
        served = office.serve(COUNTERFOIL_JOB_LEASE=LEASE_S)
        batch = made_batch(office, 10_000)
        for _ in range(rounds):
            job = office.print(batch)
            office.world.wait_for(job, state="running")
            served.child("worker").kill()
            killed = time.time()
            office.world.wait_for(job, attempt=2)
            waits.append(time.time() - killed)
            office.done(job)
    print(
        f"kill to restart, {kind}, lease {LEASE_S} s: median {statistics.median(waits):.1f} s, "
        f"longest {max(waits):.1f} s ({rounds} kills)",
        flush=True,
    )


def made_batch(office: BoxOffice, amount: int) -> int:
    job = office.batch(amount)
    office.done(job)
    batch: int = office.send("GET", f"offlinesalesbatches/check/{job}/").json()["id"]
    return batch


def throughput(workers: int, batches: int, amount: int) -> float:
    """Return how many batches a minute are made, from the first claim to the last end."""
    with opened("broker") as office:
        made = office.world
        *jobs, _print = json.loads(in_world(made, "flows.asking", str(amount), str(batches)))
        for _ in range(workers):
            made.start("worker", "--concurrency", "1", COUNTERFOIL_JOB_LEASE=LEASE_S)
        for job in jobs:
            office.done(job)
        began = min(moment(made, "started", job) for job in jobs)
        ended = max(moment(made, "finished", job) for job in jobs)
    rate = batches / (ended - began) * 60
    print(
        f"{workers} workers: {rate:.0f} batches of {amount} a minute, "
        f"{rate * amount / 60:.0f} tickets a second",
        flush=True,
    )
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--batches", type=int, default=60)
    parser.add_argument("--amount", type=int, default=1000)
    given = parser.parse_args()
    for kind in ("embedded", "broker"):
        time_to_start(kind, given.rounds)
        time_to_restart(kind, given.kills)
    for workers in WORKERS:
        throughput(workers, given.batches, given.amount)


if __name__ == "__main__":
    main()
