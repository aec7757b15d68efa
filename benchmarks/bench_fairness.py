"""Asks for one ticket while another organizer's many large batches wait.

    python benchmarks/bench_fairness.py [--database postgresql] [--batches 20] [--amount 10000]

A real ``serve`` with one worker. While a large batch is being made, another organizer asks for a
batch of one ticket, several times. Told is how much later than the end of the job that ran, and
than the request itself, its own was begun: at most 0.5 s.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from opening import opened

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bench_jobs import moment
from e2e.boxoffice import BoxOffice, job_of
from servers import World

MOST_S = 0.5
OTHER = {
    "organizers": [
        {
            "slug": "small",
            "name": "Small",
            "teams": [
                {
                    "name": "Full",
                    "all_events": True,
                    "all_event_permissions": True,
                    "all_organizer_permissions": True,
                    "tokens": ["small"],
                }
            ],
            "events": [
                {
                    "slug": "event",
                    "name": {"en": "Event"},
                    "date_from": "2027-06-12T09:00:00+02:00",
                    "timezone": "Europe/Berlin",
                }
            ],
        }
    ]
}


def token_of_other(world: World) -> str:
    """Make the other organizer; return the header of a token."""
    document, tokens = world.folder / "other.json", world.folder / "other-tokens.json"
    document.write_text(json.dumps(OTHER), encoding="utf-8")
    done = world.run("apply", str(document), "--tokens", str(tokens))
    assert done.returncode == 0, done.stderr
    header: str = json.loads(tokens.read_text(encoding="utf-8"))["small"]
    return header


class Other:
    """The other organizer, with a product to sell."""

    def __init__(self, office: BoxOffice, token: str) -> None:
        self._client = httpx.Client(
            base_url=f"{office.address}/api/v1/organizers/small/events/event/",
            headers={"Authorization": token},
            timeout=60,
        )
        self._item = self._send("items/", name={"en": "Ticket"}, default_price="5.00").json()["id"]
        self._send("quotas/", name="All", size=None, items=[self._item], variations=[])

    def ask(self) -> str:
        """Ask for a batch of one ticket; return its job."""
        return job_of(self._send("offlinesalesbatches/", item=self._item, amount=1))

    def _send(self, path: str, **body: Any) -> httpx.Response:
        answer = self._client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer


def excess(office: BoxOffice, other: Other) -> float | None:
    """Return how many seconds later than it could the other's job was begun, or None at the end."""
    while not office.world.rows("SELECT 1 FROM jobs_job WHERE state = 'running'"):
        if not office.world.rows("SELECT 1 FROM jobs_job WHERE state = 'waiting' LIMIT 1"):
            return None
        time.sleep(0.01)
    job = other.ask()
    accepted = time.time()
    office.done(job)
    began = moment(office.world, "started", job)
    # The request itself may have waited for a batch to be written, and the next one have begun.
    ended = [
        moment(office.world, "finished", str(other_job))
        for (other_job,) in office.world.rows("SELECT id FROM jobs_job WHERE state = 'done'")
        if moment(office.world, "started", str(other_job)) < accepted
    ]
    return began - max([accepted, *(end for end in ended if end < began)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--amount", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with opened(options.database) as office:
        token = token_of_other(office.world)
        office.serve()
        office.wait_for_workers(1)
        other = Other(office, token)
        office.done(other.ask())  # warms up
        for _ in range(options.batches):
            office.batch(options.amount)
        rounds = [excess(office, other) for _ in range(options.rounds)]
        waiting = office.world.rows("SELECT count(*) FROM jobs_job WHERE state = 'waiting'")[0][0]
    late = [each for each in rounds if each is not None]
    print(
        f"{options.batches} batches of {options.amount:,} ({options.database}), {waiting} of them "
        f"still waiting at the end: another's batch of 1 began after the job that ran by "
        + ", ".join(f"{each * 1000:.0f}" for each in late)
        + f" ms (at most {MOST_S * 1000:.0f})",
        flush=True,
    )
    return 0 if late and max(late) <= MOST_S else 1


if __name__ == "__main__":
    sys.exit(main())
