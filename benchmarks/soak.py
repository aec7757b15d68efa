"""Fifty requests a second for half an hour, with two prints always under way.

    python benchmarks/soak.py                  # 30 minutes of `counterfoil serve`, on SQLite
    python benchmarks/soak.py --minutes 3
    python benchmarks/soak.py --database postgresql   # with a broker

Fails if any answer is a 5xx, if anybody is told that the database is locked, or if the memory of
web and workers together grows by more than 5 % from the second tenth of the time to the last.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import random
import statistics
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from opening import opened

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from e2e.boxoffice import BoxOffice
from servers import Running

RATE = 50
SENDERS = 16
PRINTED = 5_000
MOST_DRIFT = 0.05
LOOK_S = 1.0


@dataclass
class Soak:
    office: BoxOffice
    served: Running
    minutes: float
    answers: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    prints: int = 0
    _check: str = "offlinesalesbatches/"  # where to ask for the batch that was wanted last
    _over: threading.Event = field(default_factory=threading.Event)
    _ticks: itertools.count[int] = field(default_factory=itertools.count)

    def run(self) -> None:
        self._began = time.monotonic()
        threads = [threading.Thread(target=self._send_all) for _ in range(SENDERS)]
        threads += [threading.Thread(target=self._print_all) for _ in range(2)]
        for thread in threads:
            thread.start()
        while time.monotonic() - self._began < self.minutes * 60:
            time.sleep(LOOK_S)
            self.memory.append(self._held())
        self._over.set()
        for thread in threads:
            thread.join()

    def _held(self) -> int:
        """Return what the processes hold, without pages of files: SQLite maps its database."""
        total = 0
        for process in self.served.family():
            with contextlib.suppress(psutil.Error):
                used = process.memory_info()
                total += used.rss - used.shared
        return total

    def _send_all(self) -> None:
        """Send what falls to this sender, each when its time has come."""
        office = BoxOffice(self.office.world, self.office.facts, self.office.address)
        chance = random.Random()
        while not self._over.is_set():
            due = self._began + next(self._ticks) / RATE
            self._over.wait(max(0.0, due - time.monotonic()))
            began = time.monotonic()
            answer = self._one(office, chance)
            self.seconds.append(time.monotonic() - began)
            self.answers[answer.status_code] += 1

    def _one(self, office: BoxOffice, chance: random.Random) -> httpx.Response:
        item = office.facts["items"]["plenty"]
        kind = chance.random()
        if kind < 0.02:
            body = {"item": item, "amount": chance.choice([1, 10, 100])}
            accepted = office.send("POST", "offlinesalesbatches/", json=body)
            if accepted.status_code == 202:
                self._check = accepted.json()["check"]
            return accepted
        if kind < 0.15:
            body = {"positions": [{"item": item}], "status": "p", "payment_provider": "manual"}
            return office.send("POST", "orders/", json=body)
        if kind < 0.45:
            return office.send("GET", self._check)  # as clients do that wait for a batch
        reads = ["items/", "offlinesalesbatches/", "quotas/", "orders/?page_size=10"]
        return office.send("GET", chance.choice(reads))

    def _print_all(self) -> None:
        office = BoxOffice(self.office.world, self.office.facts, self.office.address)
        while not self._over.is_set():
            asked = office.insist(f"offlinesalesbatches/{office.facts['batch']}/render/", {})
            download = asked.json()["download"]
            while not self._over.wait(0.5):
                answer = office.send("GET", download, headers={"Range": "bytes=0-1023"})
                if answer.status_code != 409:
                    self.answers[answer.status_code] += 1
                    self.prints += 1
                    break

    def drift(self) -> float:
        """Return by how much memory grew from the second tenth of the time to the last."""
        tenth = max(1, len(self.memory) // 10)
        first = statistics.median(self.memory[tenth : 2 * tenth])
        return statistics.median(self.memory[-tenth:]) / first - 1

    def locked(self) -> list[str]:
        """Return where the log speaks of the lock that SQLite has for all writers.

        A lease that could not be renewed for that reason is noted as INFO: nobody can take the job
        meanwhile either, and nobody is told.
        """
        return [line for line in self.served.said.splitlines() if "database is locked" in line]

    def problems(self) -> list[str]:
        found = [f"{number} answers {code}" for code, number in self.answers.items() if code >= 500]
        locked = [line for line in self.locked() if " INFO " not in line]
        if locked:
            found.append(f"the log says {len(locked)} times: {locked[0]}")
        if self.drift() > MOST_DRIFT:
            found.append(f"memory grew by {self.drift():.1%}")
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    with opened(given.database) as office:
        served = office.serve("--workers", "2")
        office.facts["batch"] = office.made(PRINTED)
        soak = Soak(office, served, given.minutes)
        soak.run()
        code = report(soak)
        print(f"  {office.close().tickets} tickets were made; the books are right")
        return code


def report(soak: Soak) -> int:
    took = statistics.quantiles(soak.seconds, n=100)
    sent = sum(soak.answers.values())
    print(f"{soak.minutes:g} minutes: {sent} answers, {sent / soak.minutes / 60:.1f} a second")
    print("  by status: " + ", ".join(f"{c}: {n}" for c, n in sorted(soak.answers.items())))
    print(f"  median {took[49] * 1000:.0f} ms, p95 {took[94] * 1000:.0f} ms, p99 {took[98]:.2f} s")
    print(f"  {soak.prints} prints of {PRINTED}")
    high = max(soak.memory) / 2**20
    print(f"  memory of all processes: at most {high:.0f} MiB, drift {soak.drift():+.1%}")
    print(f"  {len(soak.locked())} renewals of leases gave up waiting for others to write")
    problems = soak.problems()
    for problem in problems:
        print(f"  FAILED: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
