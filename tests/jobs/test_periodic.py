from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError

from counterfoil.jobs import periodic
from counterfoil.jobs.heartbeat import Heartbeat
from counterfoil.jobs.models import Job, WorkerHeartbeat
from counterfoil.jobs.periodic import Scheduler
from counterfoil.jobs.wakeup import PERIODIC, notify
from jobs.jobtools import again, ask, claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def done() -> Iterator[list[str]]:
    """What a chore of the test's own has done: each time ``"done"``."""
    work: list[str] = []

    def do() -> None:
        work.append("done")

    yield from _registered(do, work)


def _registered(do: Callable[[], None], work: list[str]) -> Iterator[list[str]]:
    periodic.periodic(every_s=60)(do)
    yield work
    del periodic._periodic_tasks[do]


def test_a_worker_does_its_chores_at_once_and_not_again_at_once(done: list[str]) -> None:
    worker = Scheduler()

    worker.turn()
    worker.turn()

    assert done == ["done"]


def test_every_worker_does_them(done: list[str]) -> None:
    Scheduler().turn()
    Scheduler().turn()

    assert done == ["done", "done"]


def test_a_chore_that_fails_is_logged_and_the_others_are_done(
    done: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    for _ in _registered(fail, []):
        with caplog.at_level(logging.ERROR):
            Scheduler().turn()

    assert done == ["done"]
    assert "fail" in caplog.text


@pytest.mark.parametrize("problem", [OperationalError, OSError])
def test_what_is_away_ends_one_chore_and_not_the_others(
    done: list[str], caplog: pytest.LogCaptureFixture, problem: type[Exception]
) -> None:
    def fail() -> None:
        raise problem

    for _ in _registered(fail, []):
        with caplog.at_level(logging.WARNING):
            Scheduler().turn()

    assert done == ["done"]
    assert "waits for its next time" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_chore_that_takes_long_keeps_no_worker_from_saying_that_it_lives() -> None:
    begun, over = threading.Event(), threading.Event()

    def take_long() -> None:
        begun.set()
        over.wait(60)
        begun.clear()

    for _ in _registered(take_long, []):
        worker = Scheduler()
        worker.start()
        assert begun.wait(60)

        Heartbeat(print).beat()

        assert begun.is_set(), "the heartbeat waited for the chore"
        assert WorkerHeartbeat.objects.exists()
        worker.stop()
        over.set()


@pytest.mark.django_db(transaction=True)
def test_what_is_notified_is_done_before_its_time() -> None:
    ticks: list[int] = []
    twice = threading.Event()

    def tick() -> None:
        ticks.append(1)
        if len(ticks) == 2:
            twice.set()

    periodic.periodic(every_s=0)(tick)
    worker = Scheduler(poll_s=600)
    try:
        worker.start()
        while not ticks:
            assert notify(PERIODIC)
        assert notify(PERIODIC)
        assert twice.wait(60)
    finally:
        worker.stop()
        del periodic._periodic_tasks[tick]


def test_a_worker_that_ends_begins_no_other_chore(done: list[str]) -> None:
    worker = Scheduler()
    worker.stop()

    worker.turn()

    assert not done


def test_cleaning_is_periodic_and_not_of_every_turn() -> None:
    first, second = ask(), ask()
    worker = Scheduler()
    _expire(first)
    worker.turn()
    _expire(second)

    worker.turn()

    assert (again(first).result_file, again(second).result_file) == (None, "results/gone.pdf")


def _expire(job: Job) -> None:
    claim(job).finish(result_file="results/gone.pdf")
    Job.objects.filter(pk=job.pk).update(expires=job.created)
