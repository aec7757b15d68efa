from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, InternalError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import translation

from counterfoil.core.refusals import Gone, Invalid, Unavailable
from counterfoil.jobs import celery_worker, runner, services
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job, WorkerHeartbeat
from jobs.jobtools import again, ask, claim, handling, let_lease_end, use_up_attempts

pytestmark = pytest.mark.django_db


def _raising(problem: Exception) -> Callable[[Claim], None]:
    def handle(claimed: Claim) -> None:
        raise problem

    return handle


def test_a_hint_gets_the_job_done() -> None:
    job = ask("test.echo", word="one")

    with handling("test.echo", lambda claimed: claimed.finish({"said": claimed.payload["word"]})):
        celery_worker.run(str(job.pk))

    assert (again(job).state, job.result) == ("done", {"said": "one"})


def test_twenty_hints_for_one_job_start_it_once() -> None:
    job = ask("test.count")
    starts: list[int] = []

    def count(claimed: Claim) -> None:
        starts.append(claimed.attempt)
        claimed.finish()

    with handling("test.count", count):
        for _ in range(20):
            runner.run(job.pk)

    assert starts == [1]


def test_a_refusal_fails_the_job_in_its_own_words() -> None:
    job = ask("test.refused")

    with handling("test.refused", _raising(Gone("Only 3 are left."))):
        runner.run(job.pk)

    assert (again(job).state, job.message) == ("failed", "Only 3 are left.")


def test_invalid_fields_fail_the_job_in_their_own_words() -> None:
    job = ask("test.invalid")
    problem = Invalid({"item": ["It is not sold."], "amount": ["Too many."]})

    with handling("test.invalid", _raising(problem)):
        runner.run(job.pk)

    assert again(job).message == "It is not sold. Too many."


@pytest.mark.parametrize(
    "problem",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OperationalError("server closed the connection unexpectedly"),
        InternalError("terminating connection due to idle-in-transaction timeout"),
        IntegrityError("violates foreign key constraint"),
        Unavailable("The storage does not answer."),
    ],
)
def test_what_may_pass_is_tried_again(problem: Exception) -> None:
    job = ask("test.passing")

    with handling("test.passing", _raising(problem)):
        runner.run(job.pk)

    assert again(job).state == Job.State.WAITING
    let_lease_end(job)
    assert claim(job).attempt == 2


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (OSError("/srv/secret"), "the storage does not answer"),
        (OperationalError("SELECT secret"), "the database does not answer"),
        (IntegrityError("(id)=(secret)"), "something that it needs was changed meanwhile"),
        (Unavailable("The storage is away."), "The storage is away."),
    ],
)
def test_what_does_not_pass_fails_the_job_with_its_reason(problem: Exception, reason: str) -> None:
    job = ask("test.passing")
    use_up_attempts(job)
    Job.objects.filter(pk=job.pk).update(max_attempts=1)

    with handling("test.passing", _raising(problem)):
        runner.run(job.pk)

    assert again(job).state == Job.State.FAILED
    assert job.message == f"This was tried 1 times and could not be done: {reason}"


def test_a_bug_fails_the_job_in_general_words_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    job = ask("test.bug")

    with handling("test.bug", _raising(KeyError("secret"))):
        runner.run(job.pk)

    assert (again(job).state, job.message) == ("failed", runner.GENERIC)
    assert any(record.exc_info for record in caplog.records if record.levelno == logging.ERROR)


def test_a_job_of_an_unknown_kind_fails_in_words() -> None:
    job = ask("test.unheard_of")

    runner.run(job.pk)

    assert again(job).state == Job.State.FAILED
    assert "test.unheard_of" in job.message


def test_a_handler_that_forgets_to_finish_fails_its_job() -> None:
    job = ask("test.forgetful")

    with handling("test.forgetful", lambda claimed: None):
        runner.run(job.pk)

    assert (again(job).state, job.message) == ("failed", runner.GENERIC)


def test_a_handler_that_stops_because_it_was_cancelled_leaves_a_cancelled_job() -> None:
    job = ask("test.cancelled")

    def cancel_midway(claimed: Claim) -> None:
        services.cancel(job)
        claimed.renew()
        claimed.check()

    with handling("test.cancelled", cancel_midway):
        runner.run(job.pk)

    assert again(job).state == Job.State.CANCELLED


def test_a_worker_that_lost_its_job_leaves_it_alone() -> None:
    job = ask("test.lost")

    def sleep_too_long(claimed: Claim) -> None:
        let_lease_end(job)
        claim(job)
        claimed.finish()

    with handling("test.lost", sleep_too_long):
        runner.run(job.pk)

    assert (again(job).state, job.attempt) == ("running", 2)


def test_a_worker_that_lost_its_job_cannot_fail_it_either() -> None:
    job = ask("test.lost")

    def sleep_too_long(claimed: Claim) -> None:
        let_lease_end(job)
        claim(job)
        raise Gone("The zombie's words.")

    with handling("test.lost", sleep_too_long):
        runner.run(job.pk)

    assert (again(job).state, job.message) == ("running", "")


@pytest.mark.django_db(transaction=True)
def test_effects_of_a_handler_that_fails_are_undone() -> None:
    job = ask("test.half")

    def half(claimed: Claim) -> None:
        with transaction.atomic():
            WorkerHeartbeat.objects.create(worker="an effect", seen=Now())
            raise Gone("Nothing is left.")

    with handling("test.half", half):
        runner.run(job.pk)

    assert not WorkerHeartbeat.objects.exists()
    assert again(job).message == "Nothing is left."


@pytest.mark.django_db(transaction=True)
def test_a_job_longer_than_its_lease_keeps_it(settings: LazySettings) -> None:
    settings.JOB_LEASE_S = 0.3
    job = ask("test.long")
    claimable: list[Any] = []

    def take_long(claimed: Claim) -> None:
        threading.Event().wait(1)
        claimable.append(Claim.take(job.pk))
        claimed.finish()

    with handling("test.long", take_long):
        runner.run(job.pk)

    assert claimable == [None]
    assert (again(job).state, job.attempt) == ("done", 1)


@pytest.mark.django_db(transaction=True)
def test_progress_and_cancellation_travel_with_the_lease(settings: LazySettings) -> None:
    settings.JOB_LEASE_S = 0.3
    job = ask("test.cancelled")
    seen: list[int] = []

    def work_until_told(claimed: Claim) -> None:
        claimed.progress(6)
        while not seen:
            seen.extend(Job.objects.filter(progress_done=6).values_list("progress_done", flat=True))
        services.cancel(job)
        while True:
            claimed.check()

    with handling("test.cancelled", work_until_told):
        runner.run(job.pk)

    assert again(job).state == Job.State.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_does_not_cost_the_claim(settings: LazySettings) -> None:
    settings.JOB_LEASE_S = 0.3
    job = ask("test.locked")

    def hold_the_write_lock(claimed: Claim) -> None:
        with transaction.atomic():
            WorkerHeartbeat.objects.create(worker="an effect", seen=Now())
            threading.Event().wait(0.5)
            claimed.finish()

    with handling("test.locked", hold_the_write_lock):
        runner.run(job.pk)

    assert again(job).state == Job.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_connection_cut_in_a_job_costs_an_attempt_and_no_more() -> None:
    job = ask("test.cut")

    def lose_connection(claimed: Claim) -> None:
        with transaction.atomic():
            WorkerHeartbeat.objects.create(worker="an effect", seen=Now())
            _cut()

    with handling("test.cut", lose_connection):
        runner.run(job.pk)

    assert not WorkerHeartbeat.objects.exists()
    assert again(job).state == Job.State.WAITING


@pytest.mark.django_db(transaction=True)
def test_an_ending_that_cannot_be_written_is_left_to_the_lease() -> None:
    job = ask("test.gone")

    def lose_the_table(claimed: Claim) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE jobs_job RENAME TO elsewhere")
        raise Gone("Nothing is left.")

    with handling("test.gone", lose_the_table):
        runner.run(job.pk)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO jobs_job")

    assert again(job).state == Job.State.RUNNING
    let_lease_end(job)
    assert claim(job).attempt == 2


@pytest.mark.django_db(transaction=True)
def test_a_hint_that_comes_while_the_database_is_away_is_let_go(
    caplog: pytest.LogCaptureFixture,
) -> None:
    job = ask("test.kind")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_job RENAME TO elsewhere")

    runner.run(job.pk)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO jobs_job")

    assert "cannot be claimed now" in caplog.text
    assert again(job).state == Job.State.WAITING


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_looks_while_the_database_is_away_finds_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    job = ask("test.kind")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_job RENAME TO elsewhere")

    assert not runner.run_next()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO jobs_job")

    assert "No job can be looked for now" in caplog.text
    assert again(job).state == Job.State.WAITING


def _cut() -> None:
    """End our own session from the server's side; SQLite has no server that could."""
    if connection.vendor == "sqlite":
        raise OperationalError("disk I/O error")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_job_says_what_went_wrong_in_the_language_of_whoever_asked() -> None:
    job = ask("test.german")

    with handling("test.german", _raising(KeyError("secret")), language=lambda _job: "de"):
        runner.run(job.pk)

    assert again(job).message.startswith("Dabei ist hier etwas schiefgegangen.")
    assert translation.get_language() == "en"


def test_a_job_is_tried_although_the_language_of_whoever_asked_cannot_be_read() -> None:
    job = ask("test.silent")
    away = _raising(OperationalError("the connection is closed"))

    with handling("test.silent", _raising(Gone("It is no longer there.")), language=away):
        runner.run(job.pk)

    assert again(job).message == "It is no longer there."
