from __future__ import annotations

import contextlib
import os
import signal
import threading
import warnings
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from celery import Celery
from django.conf import LazySettings
from django.db import connection

from counterfoil.jobs import celery_app, celery_worker, notifications
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job, WorkerHeartbeat
from counterfoil.jobs.poller import FallbackRunner, Poller
from jobs.jobtools import (
    again,
    ask,
    claim,
    handling,
    let_lease_end,
    table_away,
    use_up_attempts,
)
from servers import eventually

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def broker(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A broker in this process's memory, with an empty queue."""
    _connect("memory://localhost", settings, monkeypatch)
    _empty_queue()
    yield
    settings.BROKER_URL = ""


def _connect(url: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BROKER_URL = url
    app = Celery("test", set_as_current=False)
    app.add_defaults(celery_app.configuration)
    monkeypatch.setattr(celery_app, "app", app)


@contextlib.contextmanager
def _queue() -> Iterator[Any]:
    with celery_app.app.connection_for_write() as to, to.SimpleQueue("counterfoil") as queue:
        yield queue


def _empty_queue() -> None:
    with _queue() as queue:
        queue.clear()


def _hinted() -> int:
    with _queue() as queue:
        return int(queue.qsize())


def _unannounced(kind: str = "test.nothing") -> Job:
    """A job whose hint was lost."""
    return Job.objects.create(kind=kind, progress_total=10)


def test_a_job_that_waits_is_hinted_and_not_hinted_again_at_once() -> None:
    ask()
    poller = Poller(poll_s=0.01)

    poller.turn()
    poller.turn()

    assert _hinted() == 1


def test_a_job_that_a_dead_worker_left_is_hinted() -> None:
    job = ask()
    claim(job)
    let_lease_end(job)

    Poller(poll_s=0.01).turn()

    assert _hinted() == 1


def test_a_job_under_way_is_not_hinted() -> None:
    claim(ask())

    Poller(poll_s=0.01).turn()

    assert _hinted() == 0


@pytest.mark.django_db(transaction=True)
def test_the_poller_looks_until_it_is_stopped() -> None:
    _unannounced()
    poller = Poller(poll_s=0.01)

    poller.start()
    eventually(_hinted, "the job is hinted")
    poller.stop()

    _empty_queue()
    _unannounced()
    assert not _hinted()


@pytest.mark.django_db(transaction=True)
def test_the_poller_survives_what_nobody_expected(caplog: pytest.LogCaptureFixture) -> None:
    died = _unannounced("test.unreadable")
    claim(died)
    let_lease_end(died)
    use_up_attempts(died)
    poller = Poller(poll_s=0.01)

    try:
        with handling("test.unreadable", _ignore_claim, language=_unreadable):
            poller.start()
            eventually(lambda: "The poller could not look" in caplog.text, "it stumbles")
        eventually(lambda: again(died).state == Job.State.FAILED, "it goes on")
    finally:
        poller.stop()


def _unreadable(_job: UUID) -> str:
    raise KeyError("language")


def _ignore_claim(_claim: Claim) -> None:
    pass


@pytest.mark.django_db(transaction=True)
def test_the_poller_survives_a_database_that_is_gone_for_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _unannounced()
    poller = Poller(poll_s=0.01)

    with table_away("jobs_job"):
        poller.start()
        eventually(lambda: "could not look" in caplog.text, "it stumbles")
    eventually(_hinted, "it goes on")
    poller.stop()


@pytest.fixture
def broker_down(broker: None, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker's address at which nobody answers. That it was away is forgotten afterwards."""
    monkeypatch.setattr(notifications, "_breaker", notifications._Breaker())
    _connect("redis://127.0.0.1:1/0", settings, monkeypatch)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_fail_the_request(
    broker_down: None, caplog: pytest.LogCaptureFixture
) -> None:
    job = ask()

    assert again(job).state == Job.State.WAITING
    assert "The broker takes no hints" in caplog.text


def test_after_a_failure_no_hint_is_tried_for_some_seconds(
    broker_down: None, caplog: pytest.LogCaptureFixture
) -> None:
    job = ask()

    assert not notifications.send(job.pk)
    caplog.clear()
    assert not notifications.send(job.pk)

    assert not caplog.records


@pytest.fixture
def done() -> Iterator[list[int]]:
    """Numbers of the jobs that were done."""
    numbers: list[int] = []

    def do(claimed: Claim) -> None:
        numbers.append(claimed.payload["number"])
        claimed.finish()

    with handling("test.number", do):
        yield numbers


@pytest.mark.django_db(transaction=True)
def test_while_the_broker_is_down_jobs_are_done_in_their_order_without_it(
    broker_down: None, done: list[int]
) -> None:
    jobs = [ask("test.number", number=number) for number in range(3)]
    poller = Poller(poll_s=0.01)

    poller.start()
    while again(jobs[-1]).state != Job.State.DONE:
        threading.Event().wait(0.01)
    poller.stop()

    assert done == [0, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_one_job_is_done_at_a_time_and_none_begun_after_the_end() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait(claimed: Claim) -> None:
        begun.set()
        assert go_on.wait(60)
        claimed.finish()

    with handling("test.patient", wait):
        first, second, third = (_unannounced("test.patient") for _ in range(3))
        fallback = FallbackRunner()
        fallback.offer([first.pk, second.pk])
        assert begun.wait(60)
        fallback.offer([third.pk])
        fallback.end()
        go_on.set()
        fallback.join()

    states = [again(job).state for job in (first, second, third)]
    assert states == [Job.State.DONE, Job.State.WAITING, Job.State.WAITING]


def test_a_fallback_that_was_not_needed_is_not_waited_for() -> None:
    fallback = FallbackRunner()

    fallback.offer([])
    fallback.end()
    fallback.join()

    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_hint_could_not_start_in_a_full_lane_is_hinted_when_the_lane_is_free(
    done: list[int],
) -> None:
    for number in (1, 2):
        Job.objects.create(kind="test.number", lane="mill", payload={"number": number})

    celery_worker.run("any")

    assert (done, _hinted()) == ([1], 1)
    celery_worker.run("any")
    celery_worker.run("any")  # a hint that comes too late
    assert (done, _hinted()) == ([1, 2], 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_a_broker_feeds_looks_by_itself_as_long_as_it_runs() -> None:
    job = _unannounced()
    step = celery_worker.PollerStep(None)

    step.start(None)
    eventually(_hinted, "the job is hinted")
    eventually(WorkerHeartbeat.objects.exists, "it says that it lives")
    step.stop(None)

    assert again(job).state == Job.State.WAITING
    assert not WorkerHeartbeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_celerys_worker_works_until_the_database_refuses_it(
    done: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    monkeypatch.setattr(celery_worker, "app", celery_app.app)
    celery_app.app.steps["worker"].add(celery_worker.PollerStep)
    Job.objects.create(kind="test.number", payload={"number": 1})
    with contextlib.ExitStack() as stack, warnings.catch_warnings():
        stack.callback(lambda: setattr(celery_worker.state, "should_stop", None))
        for number, handler in handlers.items():
            if handler is not None and number not in (signal.SIGKILL, signal.SIGSTOP):
                stack.callback(signal.signal, number, handler)

        def migrate_when_done() -> None:
            eventually(lambda: done, "the job is done")
            celery_worker._refuse("The database was made by a newer version.")
            connection.close()

        watcher = threading.Thread(target=migrate_when_done)
        code = celery_worker.work(pool="solo", concurrency=1, started=watcher.start)
        watcher.join(60)

    assert code == os.EX_UNAVAILABLE
    assert done == [1]
