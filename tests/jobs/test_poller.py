from __future__ import annotations

import threading
from collections.abc import Iterator
from uuid import UUID

import pytest
from celery import Celery, current_app
from django.conf import LazySettings
from django.db import OperationalError, connection

from counterfoil.config.celery import app, configuration
from counterfoil.jobs import migration_check, notifications, services
from counterfoil.jobs.claims import Claim, worker_name
from counterfoil.jobs.models import Job, WorkerHeartbeat
from counterfoil.jobs.periodic import Scheduler
from counterfoil.jobs.poller import Poller
from jobs.asking import again, ask, claim, handling, let_lease_end, use_up_attempts
from servers import eventually

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_queue() -> Iterator[None]:
    """Messages of one test are not the next one's."""
    _empty_queue()
    yield
    _empty_queue()


def _empty_queue() -> None:
    with current_app.connection_for_write() as broker, broker.SimpleQueue("counterfoil") as queue:
        queue.clear()


def _hinted() -> int:
    with current_app.connection_for_write() as broker, broker.SimpleQueue("counterfoil") as queue:
        return queue.qsize()


def _ignore(words: str) -> None:
    raise AssertionError(words)


def test_a_job_that_waits_is_hinted_and_not_hinted_again_at_once() -> None:
    ask()
    poller = Poller(_ignore)

    poller.turn()
    poller.turn()

    assert _hinted() == 1


def test_a_job_that_a_dead_worker_left_is_hinted() -> None:
    job = ask()
    claim(job)
    let_lease_end(job)

    Poller(_ignore).turn()

    assert _hinted() == 1


def test_a_job_under_way_is_not_hinted() -> None:
    claim(ask())

    Poller(_ignore).turn()

    assert _hinted() == 0


def test_a_job_whose_last_attempt_died_fails_in_words() -> None:
    job = ask()
    claim(job)
    let_lease_end(job)
    use_up_attempts(job)

    Poller(_ignore).turn()

    assert again(job).state == Job.State.FAILED
    assert "each time the worker died" in job.message


def test_a_cancelled_job_that_nobody_works_on_is_cancelled() -> None:
    job = ask()
    claim(job)
    services.cancel(job)
    let_lease_end(job)

    Poller(_ignore).turn()

    assert again(job).state == Job.State.CANCELLED


def test_a_job_that_somebody_works_on_is_let_alone() -> None:
    job = ask()
    claim(job)
    use_up_attempts(job)
    services.cancel(job)

    Poller(_ignore).turn()

    assert again(job).state == Job.State.RUNNING


def test_a_worker_says_that_it_lives_but_not_at_every_turn() -> None:
    poller = Poller(_ignore)

    poller.turn()
    WorkerHeartbeat.objects.all().delete()
    poller.turn()

    assert not WorkerHeartbeat.objects.exists()
    Poller(_ignore).turn()
    heartbeat = WorkerHeartbeat.objects.get()
    assert (heartbeat.worker, heartbeat.schema) == (worker_name(), migration_check.fingerprint())


@pytest.mark.django_db(transaction=True)
def test_the_poller_looks_until_it_is_stopped_and_says_goodbye(settings: LazySettings) -> None:
    settings.JOB_POLL_S = 0.01
    ask()
    poller = Poller(_ignore)

    poller.start()
    while not WorkerHeartbeat.objects.exists() or not _hinted():
        threading.Event().wait(0.01)
    poller.stop()

    assert not WorkerHeartbeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_poller_survives_what_nobody_expected(
    settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JOB_POLL_S = 0.01

    def unreadable(_job: UUID) -> str:
        raise KeyError("language")

    died = ask("test.unreadable")
    claim(died)
    let_lease_end(died)
    use_up_attempts(died)

    poller = Poller(_ignore)
    try:
        with handling("test.unreadable", _ignore_claim, language=unreadable):
            poller.start()
            eventually(lambda: "The poller could not look" in caplog.text, "it stumbles")
        eventually(lambda: again(died).state == Job.State.FAILED, "it goes on")
    finally:
        poller.stop()


def _ignore_claim(_claim: Claim) -> None:
    pass


@pytest.mark.django_db(transaction=True)
def test_a_worker_stops_in_words_when_the_database_is_migrated_under_it(
    settings: LazySettings,
) -> None:
    settings.JOB_POLL_S = 0.01
    migration_check.applied_count()
    said: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            ["jobs", "0999_later", "2030-01-01 00:00:00"],
        )

    try:
        poller = Poller(said.append)
        poller.start()
        while not said:
            threading.Event().wait(0.01)
        poller.stop()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = %s", ["0999_later"])
        migration_check.applied_count.cache_clear()

    assert "newer version of Counterfoil" in said[0]


@pytest.mark.django_db(transaction=True)
def test_the_poller_survives_a_database_that_is_gone_for_a_while(
    settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JOB_POLL_S = 0.01
    ask()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_workerheartbeat RENAME TO elsewhere")
    poller = Poller(_ignore)

    try:
        poller.start()
        while "could not look" not in caplog.text:
            threading.Event().wait(0.01)
    finally:
        while True:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("ALTER TABLE elsewhere RENAME TO jobs_workerheartbeat")
                break
            except OperationalError:  # SQLite: the poller is reading just now
                continue
    while not _hinted():
        threading.Event().wait(0.01)
    poller.stop()

    assert not WorkerHeartbeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_goodbye_that_cannot_be_written_is_left_unsaid(settings: LazySettings) -> None:
    settings.JOB_POLL_S = 100
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_workerheartbeat RENAME TO elsewhere")
    poller = Poller(_ignore)

    try:
        poller.start()
        poller.stop()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO jobs_workerheartbeat")

    assert not WorkerHeartbeat.objects.exists()


def test_cleaning_is_a_chore_and_not_of_every_turn() -> None:
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


@pytest.fixture
def broker_down(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A broker's address at which nobody answers. That it was away is forgotten afterwards."""
    monkeypatch.setattr(notifications, "_breaker", notifications._Breaker())
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    other = Celery("other")
    other.add_defaults(configuration)
    try:
        yield
    finally:
        app.set_current()


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
    broker_down: None, done: list[int], settings: LazySettings
) -> None:
    settings.JOB_POLL_S = 0.01
    jobs = [ask("test.number", number=number) for number in range(3)]
    poller = Poller(_ignore)

    poller.start()
    while again(jobs[-1]).state != Job.State.DONE:
        threading.Event().wait(0.01)
    poller.stop()

    assert done == [0, 1, 2]
