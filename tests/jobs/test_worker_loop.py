from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models.functions import Now

from counterfoil.jobs import lanes
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job
from counterfoil.jobs.worker_loop import NO_SERVICE, WorkerLoop
from jobs.jobtools import (
    again,
    ask,
    claim,
    handling,
    let_lease_end,
    migrated_by_another_version,
    table_away,
    use_up_attempts,
)
from servers import eventually

pytestmark = pytest.mark.django_db(transaction=True)
NEVER_S = 3600.0


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def kind() -> Iterator[str]:
    with handling("test.done", lambda claimed: claimed.finish()) as kind:
        yield kind


@contextmanager
def _working(loop: WorkerLoop) -> Iterator[WorkerLoop]:
    def run() -> None:
        loop.run()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield loop
    finally:
        loop.stop()
        thread.join(60)
        assert not thread.is_alive()


def _unannounced(kind: str = "test.done") -> Job:
    return Job.objects.create(kind=kind, progress_total=10)


def _is_done(job: Job) -> bool:
    return again(job).state == Job.State.DONE


def test_a_worker_does_what_waits_when_it_starts_and_what_it_is_told_of_later() -> None:
    waiting = [_unannounced() for _ in range(3)]

    with _working(WorkerLoop(poll_s=NEVER_S)):
        eventually(lambda: all(map(_is_done, waiting)), "what waits is done")
        told = ask("test.done")
        eventually(lambda: _is_done(told), "what it is told of is done")


def test_a_worker_finds_by_itself_what_nobody_told_it_of() -> None:
    with _working(WorkerLoop(poll_s=0.01)):
        first = ask("test.done")
        eventually(lambda: _is_done(first), "it is at work")
        job = _unannounced()
        eventually(lambda: _is_done(job), "it looks")


def test_a_worker_looks_again_when_a_job_that_was_put_off_is_due() -> None:
    job = _unannounced()
    assert claim(job).reschedule(0.3)

    with _working(WorkerLoop(poll_s=NEVER_S)):
        eventually(lambda: _is_done(job), "it is done when it is due")


def test_a_worker_takes_over_when_the_lease_of_a_dead_one_ends() -> None:
    died, cancelled, exhausted = _unannounced(), _unannounced(), _unannounced()
    for job in (died, cancelled, exhausted):
        claim(job)
        Job.objects.filter(pk=job.pk).update(lease_until=Now() + timedelta(seconds=0.3))
    Job.objects.filter(pk=cancelled.pk).update(cancel_requested=True)
    use_up_attempts(exhausted)

    with _working(WorkerLoop(poll_s=NEVER_S)):
        eventually(lambda: _is_done(died), "it is done again")
        eventually(lambda: again(cancelled).state == Job.State.CANCELLED, "it is cancelled")
        eventually(lambda: again(exhausted).state == Job.State.FAILED, "it fails")

    assert died.attempt == 2


def test_jobs_announced_while_two_workers_sleep_keep_both_busy() -> None:
    both, begun = threading.Barrier(2, timeout=60), []

    def meet(claimed: Claim) -> None:
        begun.append(claimed.job_id)
        both.wait()  # no job ends before the other has begun
        claimed.finish()

    first, second = WorkerLoop(poll_s=NEVER_S), WorkerLoop(poll_s=NEVER_S)
    with handling("test.meet", meet), _working(first), _working(second):
        jobs = [ask("test.meet"), ask("test.meet")]
        eventually(lambda: all(map(_is_done, jobs)), "both are done")

    assert len(begun) == 2


def test_a_worker_that_is_told_to_stop_finishes_its_job_and_begins_no_other() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait(claimed: Claim) -> None:
        begun.set()
        assert go_on.wait(60)
        claimed.finish()

    with handling("test.patient", wait):
        first, second = _unannounced("test.patient"), _unannounced()
        with _working(WorkerLoop(poll_s=NEVER_S)) as loop:
            assert begun.wait(60)
            loop.stop()
            go_on.set()

    assert (_is_done(first), again(second).state) == (True, Job.State.WAITING)


def test_a_worker_stops_when_the_database_is_migrated_under_it() -> None:
    loop = WorkerLoop(poll_s=NEVER_S)

    with migrated_by_another_version():
        assert loop.run() == NO_SERVICE


def test_a_worker_survives_a_database_that_is_gone_for_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with _working(WorkerLoop(poll_s=0.01)):
        with table_away("jobs_job"):
            eventually(lambda: "No job could be looked for" in caplog.text, "it stumbles")
        job = _unannounced()
        eventually(lambda: _is_done(job), "it goes on")


def test_a_worker_survives_what_nobody_expected(caplog: pytest.LogCaptureFixture) -> None:
    died = _unannounced("test.unreadable")
    claim(died)
    let_lease_end(died)
    use_up_attempts(died)

    def unreadable(_job: object) -> str:
        raise KeyError("language")

    with _working(WorkerLoop(poll_s=0.01)):
        with handling("test.unreadable", Claim.finish, language=unreadable):
            eventually(lambda: "could be looked for" in caplog.text, "it stumbles")
        eventually(lambda: again(died).state == Job.State.FAILED, "it goes on")


def test_a_worker_that_nobody_could_wake_looks_more_often(folder: Path) -> None:
    (folder / "wakeup-jobs").mkdir()
    job = _unannounced()

    with _working(WorkerLoop(poll_s=NEVER_S, unreachable_poll_s=0.01)):
        eventually(lambda: _is_done(job), "it is at work")
        later = ask("test.done")
        eventually(lambda: _is_done(later), "it looks")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_a_worker_finish_and_the_next_one_does_not(number: signal.Signals) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    loop = WorkerLoop(poll_s=NEVER_S)
    try:
        loop.stop_on_signals()
        with handling("test.signalled", lambda claimed: _signal_and_finish(claimed, number)):
            job, later = ask("test.signalled"), _unannounced()

            assert loop.run() == 0

        assert (_is_done(job), again(later).state) == (True, Job.State.WAITING)
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])


def _signal_and_finish(claimed: Claim, number: int) -> None:
    os.kill(os.getpid(), number)
    claimed.finish()


def test_an_idle_worker_knows_when_something_may_be_due() -> None:
    assert lanes.seconds_until_due() is None
    done = _unannounced()
    claim(done).finish()
    assert lanes.seconds_until_due() is None
    waiting = _unannounced()
    now = lanes.seconds_until_due()
    assert now is not None
    assert now <= 0
    claim(waiting)
    lease = lanes.seconds_until_due()
    assert lease is not None
    assert lease > 0
