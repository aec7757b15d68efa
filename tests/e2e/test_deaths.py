"""Batches and prints, whatever dies while they are made, and wherever.

The points are named in the code and fatal to whoever comes by first; whoever is started afterwards
is not armed. ``tests/jobs/test_kill_points.py`` does the same to jobs of any kind.
"""

from __future__ import annotations

import json
import random
import signal
import time
import uuid

import psutil
import pytest

from e2e import invariants
from e2e.boxoffice import BoxOffice, in_world
from e2e.fixtures import PRINTED
from servers import Running, World, eventually, is_alive

AMOUNT = 30

#: Where a web process dies. All three are tried with a category too, at the API's own tests.
OF_A_SERVER = [
    "jobs.committed",
    pytest.param("jobs.submitted", marks=pytest.mark.endurance),
    pytest.param("idempotency.committed", marks=pytest.mark.endurance),
]


@pytest.mark.parametrize("point", OF_A_SERVER)
def test_a_client_that_repeats_what_a_dead_server_did_not_answer_gets_one_batch(
    office: BoxOffice, point: str
) -> None:
    served = office.serve(COUNTERFOIL_FAILPOINTS=f"{point}=kill")

    job = office.batch(AMOUNT)

    assert "the web ended (signal SIGKILL)" in served.said
    assert office.done(job)["attempt"] == 1
    assert office.close() == invariants.Totals(
        batches=2, tickets=PRINTED + AMOUNT, failed=0, prints=0
    )


#: Where workers die that make batches, and those that print. After the last of each what they did
#: stands; before, it must be begun again.
OF_BATCHES = [
    *("jobs.claimed", "batches.quota_taken", "batches.half_inserted"),
    *("jobs.before_finish", "batches.before_commit", "batches.committed"),
]
OF_PRINTS = [
    *("jobs.claimed", "printing.half_rendered", "files.half_written"),
    *("files.before_rename", "files.renamed", "jobs.finished"),
]


def test_wherever_workers_die_they_leave_nothing_half_and_nothing_twice(office: BoxOffice) -> None:
    place = office.world
    jobs = json.loads(in_world(place, "e2e.request_batches", str(AMOUNT), "3"))
    _let_them_be_tried_often(place)
    killed = json.loads(in_world(place, "e2e.killed_workers", *OF_BATCHES))
    jobs += json.loads(in_world(place, "e2e.request_prints", "1"))
    jobs += json.loads(in_world(place, "e2e.request_prints", "1"))
    _let_them_be_tried_often(place)
    killed += json.loads(in_world(place, "e2e.killed_workers", *OF_PRINTS))
    place.start("worker", "--concurrency", "1")

    attempts = [office.done(job)["attempt"] for job in jobs]

    assert killed == ["SIGKILL"] * 12
    assert sum(attempts) == len(jobs) + 10
    assert office.close() == invariants.Totals(
        batches=4, tickets=PRINTED + 3 * AMOUNT, failed=0, prints=3
    )
    assert invariants.unnamed_files(place)
    office.sweep()
    assert not invariants.unnamed_files(place)
    assert office.close().prints == 3


@pytest.mark.parametrize(
    "points", ["one", pytest.param("each", marks=pytest.mark.endurance)], ids=["one", "each"]
)
def test_an_action_on_tickets_is_whole_or_not_there_wherever_its_process_is_killed(
    office: BoxOffice, points: str
) -> None:
    ends = json.loads(in_world(office.world, "e2e.dying", "1100", points))

    assert len(ends) == (14 if points == "one" else 36)
    wrong = [
        end
        for end in ends
        if not end.endswith(": whole" if "stock.committed" in end else ": not at all")
    ]
    assert wrong == []


def _let_them_be_tried_often(place: World) -> None:
    """Twelve workers die, and chance may send five of them to one job."""
    place.rows("UPDATE jobs_job SET max_attempts = 50")


def test_workers_that_stop_are_ended_with_the_locks_they_hold(office: BoxOffice) -> None:
    points = "batches.half_inserted=stop,files.before_rename=stop"
    served = office.serve("--workers", "2", COUNTERFOIL_FAILPOINTS=points)
    office.wait_for_workers(2)

    stopped = office.batch(AMOUNT)  # on SQLite its worker holds the one write lock
    others = [office.print(), office.batch(AMOUNT)]

    assert office.done(stopped)["attempt"] > 1
    for job in others:
        office.done(job)
    assert "is silent and is ended" in served.said
    assert office.close() == invariants.Totals(
        batches=3, tickets=PRINTED + 2 * AMOUNT, failed=0, prints=1
    )


def test_a_worker_of_another_host_that_stops_while_it_copies_rows_holds_up_nobody(
    hall: BoxOffice,
) -> None:
    stopped = hall.world.start(
        "worker", "--concurrency", "1", COUNTERFOIL_FAILPOINTS="batches.copying=stop"
    )
    batch = json.loads(in_world(hall.world, "e2e.request_batches", str(AMOUNT)))[0]
    eventually(lambda: _stopped(stopped), "it stops", lambda: stopped.said)

    hall.world.start("worker", "--concurrency", "1")

    assert hall.done(batch)["attempt"] == 2
    assert hall.close() == invariants.Totals(
        batches=2, tickets=PRINTED + AMOUNT, failed=0, prints=1
    )


@pytest.mark.endurance  # tests/jobs/test_kill_points.py has it with jobs of any kind
def test_workers_that_wake_up_when_others_did_their_work_add_nothing(hall: BoxOffice) -> None:
    points = "batches.before_commit=stop,files.renamed=stop"
    zombies = hall.world.start("worker", "--concurrency", "2", COUNTERFOIL_FAILPOINTS=points)
    jobs = json.loads(in_world(hall.world, "e2e.request_batches", str(AMOUNT)))
    stopped = eventually(lambda: _stopped(zombies, 2), "both stop", lambda: zombies.said)
    hall.world.start("worker", "--concurrency", "2")
    done = [hall.done(job) for job in jobs]

    for process in stopped:
        process.send_signal(signal.SIGCONT)
    for job in jobs:
        _until_it_understands(zombies, stopped, job)

    assert [hall.world.job(job) for job in jobs] == done
    assert [job["attempt"] for job in done] == [2, 2]
    assert hall.close() == invariants.Totals(
        batches=2, tickets=PRINTED + AMOUNT, failed=0, prints=1
    )
    hall.sweep()
    assert not invariants.unnamed_files(hall.world)


def _stopped(worker: Running, number: int = 1) -> list[psutil.Process]:
    """Return its stopped processes, once there are so many."""
    found = [p for p in worker.family() if p.status() == psutil.STATUS_STOPPED]
    return found if len(found) == number else []


def _until_it_understands(worker: Running, woken: list[psutil.Process], job: str) -> None:
    """Wait until a woken worker has ended, or has said of the job that it is not its own."""
    words = [f"Job {uuid.UUID(job)} was lost", f"The end of job {uuid.UUID(job)} could not be"]
    eventually(
        lambda: any(word in worker.said for word in words) or not any(map(is_alive, woken)),
        "it understands",
        lambda: worker.said,
    )


@pytest.mark.endurance  # make chaos does so for longer
def test_workers_that_are_killed_at_random_sell_exactly_what_there_is(office: BoxOffice) -> None:
    served = office.serve("--workers", "2")
    office.wait_for_workers(2)

    for _ in range(5):
        for _ in range(2):
            office.batch(110, "thousand")
        office.print()
        random.choice(_workers(served)).kill()
        time.sleep(0.2)

    assert office.close() == invariants.Totals(
        batches=10, tickets=PRINTED + 9 * 110, failed=1, prints=5
    )
    [(message,)] = office.world.rows("SELECT message FROM jobs_job WHERE state = 'failed'")
    assert "10 left" in message


def _workers(served: Running) -> list[psutil.Process]:
    return eventually(
        lambda: [p for p in served.family()[1:] if p.name() == "counterf-worker"],
        "there is a worker",
    )
