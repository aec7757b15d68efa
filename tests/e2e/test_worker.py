from __future__ import annotations

import signal

import pytest

from servers import World, eventually, is_alive

pytestmark = pytest.mark.slow


def test_a_worker_of_another_schema_does_not_start(embedded: World) -> None:
    embedded.begin()
    embedded.rows("DELETE FROM django_migrations WHERE app = 'rig'")

    ended = embedded.run("worker")

    assert ended.returncode == 1
    assert ended.stderr.strip() == (
        "counterfoil: The database is of an older version of Counterfoil"
        " (rig.0001_initial is not applied). Run `counterfoil migrate`."
    )


def test_a_worker_takes_no_more_jobs_once_the_database_is_migrated_under_it(
    embedded: World,
) -> None:
    worker = embedded.start("worker", "--concurrency", "1")
    eventually(lambda: embedded.rows("SELECT * FROM jobs_workerheartbeat"), "it works")

    embedded.rows(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', '0999_later', ?)",
        "2030-01-01 00:00:00",
    )
    job = embedded.insert_job("rig.rows", amount=2)

    assert worker.wait() == 69
    assert "made by a newer version of Counterfoil (jobs.0999_later)" in worker.said
    assert embedded.job(job)["state"] == "waiting"


def test_jobs_are_spread_over_workers(distributed: World) -> None:
    workers = [distributed.start("worker", "--concurrency", "1") for _ in range(2)]
    eventually(
        lambda: distributed.rows("SELECT count(*) FROM jobs_workerheartbeat") == [(2,)],
        "both work",
    )

    jobs = [distributed.insert_job("rig.long", seconds=1) for _ in range(6)]

    doers = {distributed.wait_for(job, state="done")["worker"] for job in jobs}
    assert len(doers) == len(workers)


def test_nothing_outlives_a_killed_worker(embedded: World) -> None:
    worker = embedded.start("worker", "--concurrency", "2")
    eventually(lambda: len(worker.family()) == 3, "its pool is up")
    eventually(lambda: embedded.rows("SELECT * FROM jobs_workerheartbeat"), "it works")
    family = worker.family()

    worker.signal(signal.SIGKILL)

    eventually(lambda: not any(map(is_alive, family)), "no process is left")
