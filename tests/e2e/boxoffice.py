"""A box office: an event in a world, and a client that sells and prints as well-made clients do."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from e2e import invariants
from servers import DEADLINE_S, Running, World, eventually

#: What a client does not give up on: it sends the same request with the same key again.
TRY_AGAIN = {409, 503}


def stock(world: World) -> dict[str, Any]:
    """Fill a migrated world with an event and a printed-to-be batch; return what is in it."""
    facts: dict[str, Any] = json.loads(in_world(world, "e2e.fixtures"))
    return facts


def in_world(world: World, module: str, *arguments: str, **environment: str) -> str:
    """Run a module in a world's environment; return what it prints."""
    world.begin()
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=world.environment(**environment),
        capture_output=True,
        text=True,
        timeout=4 * DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class BoxOffice:
    """``facts`` is what the world was stocked with."""

    world: World
    facts: dict[str, Any]
    address: str = ""
    patience_s: float = DEADLINE_S  # for how long a client repeats what is not answered
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=DEADLINE_S))

    def serve(self, *arguments: str, **environment: str) -> Running:
        served = self.world.start("serve", "--port", "0", *arguments, **environment)
        self.address = served.address
        return served

    def wait_for_workers(self, number: int) -> None:
        """Wait until so many workers look for jobs."""
        eventually(
            lambda: self.world.rows("SELECT count(*) FROM jobs_workerheartbeat") == [(number,)],
            f"{number} workers look for jobs",
        )

    # --- What a client does -------------------------------------------------------------------

    def send(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Send one request, below the event unless ``path`` is a whole address."""
        base = f"{self.address}/api/v1/organizers/mill/events/fair/"
        url = path if path.startswith("http") else base + path
        headers = {"Authorization": self.facts["authorization"], **given.pop("headers", {})}
        return self._client.request(method, url, headers=headers, **given)

    def insist(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """POST, again and again with one key, until there is an answer to rely on."""
        headers = {"X-Idempotency-Key": uuid.uuid4().hex}
        until = time.monotonic() + self.patience_s
        while True:
            try:
                answer = self.send("POST", path, json=body, headers=headers)
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
            else:
                if answer.status_code not in TRY_AGAIN or time.monotonic() > until:
                    return answer
            time.sleep(0.1)

    def batch(self, amount: int, item: str = "plenty", **given: Any) -> str:
        """Ask for a batch until it is accepted; return its job."""
        body = {"item": self.facts["items"][item], "amount": amount, **given}
        return job_of(self.insist("offlinesalesbatches/", body))

    def made(self, amount: int) -> int:
        """Have a batch made; return its number."""
        job = self.batch(amount)
        self.done(job)
        batch: int = self.send("GET", f"offlinesalesbatches/check/{job}/").json()["id"]
        return batch

    def print(self, batch: int | None = None) -> str:
        """Ask for the print of a batch, by default the one in stock; return its job."""
        return job_of(
            self.insist(f"offlinesalesbatches/{batch or self.facts['batch']}/render/", {})
        )

    # --- What there is in the end -------------------------------------------------------------

    def done(self, job: str) -> dict[str, Any]:
        return self.world.wait_for(job, state="done")

    def close(self) -> invariants.Totals:
        """Wait until all that was accepted is over, and check that it came out right."""
        self.settle()
        return invariants.close(self.world)

    def settle(self, longest_pause_s: float = DEADLINE_S) -> None:
        """Wait until all that was accepted is over: long on a busy machine, but never stuck."""
        least, moved = sys.maxsize, time.monotonic()
        while least:
            with contextlib.suppress(sqlite3.OperationalError, psycopg.OperationalError):
                left = invariants.under_way(self.world)
                if left < least:
                    least, moved = left, time.monotonic()
            stuck = time.monotonic() - moved > longest_pause_s
            assert not stuck, f"{least} jobs are not over, and none ends:\n{self._now()}"
            time.sleep(0.05)

    def sweep(self) -> None:
        """Let two hours pass for the files, and clean up."""
        long_ago = time.time() - 2 * 3600
        folder = self.world.folder / "data" / "files" / "results"
        for place in folder.iterdir():
            os.utime(place, (long_ago, long_ago))
        in_world(self.world, "e2e.cleanup")

    def _now(self) -> str:
        said = "\n".join(running.said[-4000:] for running in self.world.running)
        return f"{invariants.report(self.world)}\n{said}"


def job_of(answer: httpx.Response) -> str:
    """Return the job that an accepted request started."""
    assert answer.status_code == 202, answer.text
    parts = next(iter(answer.json().values())).strip("/").split("/")
    return parts[-1] if "check" in parts else parts[-2]
