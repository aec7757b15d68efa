"""How soon work starts, how soon it is begun again after a death, and how much workers make.

    python benchmarks/bench_jobs.py

*To start*: from the 202 to the claim of the job, on an idle machine, embedded (SQLite) and on
PostgreSQL with a broker. *From kill to restart*: from the SIGKILL of a worker in the middle of a
print to the claim of its second attempt, with the lease as installed (10 seconds). *Ready*: from
``counterfoil serve`` to its first answer, on a database that is up to date. *Idle*: what its
processes take of a core, and ask of the database (PostgreSQL counts it), while nobody wants
anything. *Per minute*: batches of 1,000 made, and prints of 1,000, on PostgreSQL by 1, 2 and 4
workers, and what a ticket takes in the database. *Scans*: what one costs the web process. *The
race*: fifty clients ask at once for 1,000 of 10,000 tickets; exactly ten get them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx

from opening import opened

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from e2e.boxoffice import in_world
from servers import Running, World

DATABASES = ("sqlite", "postgresql")
LEASE_S = "10"
MOST_START_S = 0.05
MOST_RESTART_S = 1.0
MOST_IDLE, MOST_QUESTIONS = 0.005, 1.0
#: As installed; the tests' workers look more often and give up sooner.
AS_INSTALLED = {"COUNTERFOIL_JOB_LEASE": LEASE_S, "COUNTERFOIL_JOB_POLL": ""}
RACERS, RACED, RACED_FOR = 50, 1_000, 10_000
WORKERS = (1, 2, 4)


def moment(made: World, column: str, job: str) -> float:
    """Return a time of a job's row, by the database's clock, which is this machine's."""
    told = made.rows(f"SELECT {column} FROM jobs_job WHERE id = ?", made.key(job))[0][0]
    when = told if isinstance(told, datetime) else datetime.fromisoformat(told)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def time_to_start(kind: str, rounds: int) -> bool:
    """Return whether that was soon enough."""
    waits = []
    with opened(kind) as office:
        office.serve(**AS_INSTALLED)
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
        f"longest {max(waits) * 1000:.0f} ms ({rounds} jobs, at most {MOST_START_S * 1000:.0f} ms)",
        flush=True,
    )
    return statistics.median(waits) <= MOST_START_S


def time_to_ready(rounds: int) -> None:
    waits, cpu, memory = [], [], []
    with opened("sqlite") as office:
        office.world.is_cold = True
        for _ in range(rounds):
            began = time.monotonic()
            served = office.serve(**AS_INSTALLED)
            httpx.get(f"{office.address}/api/v1/docs/", timeout=60)
            waits.append(time.monotonic() - began)
            cpu.append(_cpu_s(served))
            memory.append(sum(one.memory_full_info().pss for one in served.family()) / 2**20)
            served.end()
    print(
        f"ready: {min(waits):.1f} s at best of {rounds}, {min(cpu):.1f} s CPU,"
        f" {max(memory):.0f} MB in all processes",
        flush=True,
    )


def idle(database: str, seconds: float) -> bool:
    """Return whether a server without a broker, that nobody uses, takes little enough."""
    with opened(database) as office:
        served = office.serve(**AS_INSTALLED, COUNTERFOIL_BROKER_URL="")
        office.wait_for_workers(1)
        office.done(office.batch(1))
        time.sleep(15)  # what is done at the start and after a job
        before, asked = _cpu_s(served), _questions(office.world)
        time.sleep(seconds)
        share = (_cpu_s(served) - before) / seconds
        per_s = (_questions(office.world) - asked) / seconds
    counted = f", {per_s:.2f} questions/s" if office.world.database_url else ""
    print(f"idle, {database}: {share:.2%} of a core{counted} ({seconds:.0f} s)", flush=True)
    return share <= MOST_IDLE and per_s <= MOST_QUESTIONS


def _cpu_s(served: Running) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in served.family())


def _questions(made: World) -> int:
    """Return how many statements PostgreSQL has counted; each stands alone."""
    if not made.database_url:
        return 0
    time.sleep(2)  # it counts late
    sql = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
    counted: int = made.rows(sql)[0][0]
    return counted


def time_to_restart(kind: str, rounds: int) -> bool:
    """Return whether that was soon enough, each time."""
    waits = []
    with opened(kind) as office:
        served = office.serve(**AS_INSTALLED)
        batch = office.made(10_000)
        for _ in range(rounds):
            job = office.print(batch)
            office.world.wait_for(job, state="running")
            served.child("worker").kill()
            killed = time.time()
            office.world.wait_for(job, attempt=2)
            waits.append(time.time() - killed)
            office.done(job)
    print(
        f"kill to restart, {kind}, lease {LEASE_S} s: median {statistics.median(waits):.2f} s, "
        f"longest {max(waits):.2f} s ({rounds} kills, at most {MOST_RESTART_S} s)",
        flush=True,
    )
    return statistics.median(waits) <= MOST_RESTART_S


def throughput(workers: int, jobs: int, amount: int) -> None:
    """Measure how many batches a minute are made and printed, from first claim to last end."""
    with opened("postgresql") as office:
        made = office.world
        *batches, _print = json.loads(in_world(made, "e2e.request_batches", str(amount), str(jobs)))
        for _ in range(workers):
            made.start("worker", "--concurrency", "1", COUNTERFOIL_JOB_LEASE=LEASE_S)
        empty = size(made)
        for job in batches:
            office.done(job)
        if workers == WORKERS[0]:
            grown = (size(made) - empty) / (jobs * amount)
            print(f"a ticket takes {grown:,.0f} bytes of PostgreSQL", flush=True)
        prints = json.loads(in_world(made, "e2e.request_prints", str(jobs)))
        for job in prints:
            office.done(job)
        tell(f"{workers} workers, batches made", amount, rate(made, batches))
        tell(f"{workers} workers, batches printed", amount, rate(made, prints))


def size(made: World) -> int:
    found: int = made.rows("SELECT pg_database_size(current_database())")[0][0]
    return found


def rate(made: World, jobs: list[str]) -> float:
    """Return how many of these jobs were done in a minute."""
    began = min(moment(made, "started", job) for job in jobs)
    ended = max(moment(made, "finished", job) for job in jobs)
    return len(jobs) / (ended - began) * 60


def tell(what: str, amount: int, per_minute: float) -> None:
    tickets = per_minute * amount / 60
    print(f"{what}: {per_minute:.0f} of {amount} a minute, {tickets:,.0f} tickets/s", flush=True)


def scans(database: str, amount: int) -> None:
    """Measure what it costs the web process to admit a ticket."""
    with opened(database) as office:
        web = office.serve().child("web")
        office.made(amount)
        gate = {"name": "Gate", "all_products": True, "limit_products": []}
        gates = [office.send("POST", "checkinlists/", json=gate).json()["id"]]
        redeem = f"{office.address}/api/v1/organizers/mill/checkinrpc/redeem/"
        before = sum(web.cpu_times()[:2])
        for (secret,) in office.world.rows("SELECT secret FROM orders_orderposition"):
            answer = office.send("POST", redeem, json={"secret": secret, "lists": gates})
            assert answer.json()["status"] == "ok", answer.text
        cost = (sum(web.cpu_times()[:2]) - before) / amount
    print(f"a scan, {database}: {cost * 1000:.1f} ms CPU of the web process", flush=True)


def race(database: str) -> None:
    """Have more batches asked for at once than there are tickets."""
    with opened(database) as office, ThreadPoolExecutor(RACERS) as pool:
        office.serve("--workers", "2", COUNTERFOIL_JOB_LEASE=LEASE_S)
        began = time.monotonic()
        jobs = list(pool.map(lambda _: office.batch(RACED, "myriad"), range(RACERS)))
        office.close()
        took = time.monotonic() - began
        ends = Counter(office.world.job(job)["state"] for job in jobs)
    assert ends == {"done": RACED_FOR // RACED, "failed": RACERS - RACED_FOR // RACED}, ends
    print(
        f"{RACERS} x {RACED} for {RACED_FOR}, {database}: {ends['done']} made,"
        f" {ends['failed']} refused, in {took:.1f} s",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--idle", type=float, default=60.0, help="seconds")
    parser.add_argument("--quick", action="store_true", help="start, restart and idle only")
    parser.add_argument("--batches", type=int, default=60)
    parser.add_argument("--amount", type=int, default=1000)
    given = parser.parse_args()
    is_soon = []
    for kind in DATABASES:
        is_soon.append(time_to_start(kind, given.rounds))
        is_soon.append(time_to_restart(kind, given.kills))
        is_soon.append(idle(kind, given.idle))
    time_to_ready(3)
    if given.quick:
        return 0 if all(is_soon) else 1
    for workers in WORKERS:
        throughput(workers, given.batches, given.amount)
    for kind in DATABASES:
        scans(kind, given.amount)
        race(kind)
    return 0 if all(is_soon) else 1


if __name__ == "__main__":
    sys.exit(main())
