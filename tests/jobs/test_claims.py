from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.db.models.functions import Now

from counterfoil.jobs import claims, migration_check, services
from counterfoil.jobs.claims import Cancelled, Claim, Lost, worker_name
from counterfoil.jobs.models import Job, WorkerHeartbeat
from jobs.jobtools import again, ask, claim, let_lease_end, use_up_attempts

pytestmark = pytest.mark.django_db


def test_a_waiting_job_can_be_claimed_and_then_runs() -> None:
    job = ask("test.kind", amount=3)

    claimed = claim(job)

    assert (claimed.attempt, claimed.kind, claimed.payload) == (1, "test.kind", {"amount": 3})
    assert again(job).state == Job.State.RUNNING
    assert job.worker == worker_name()
    assert job.started is not None


def test_a_running_job_cannot_be_claimed_while_its_lease_lasts() -> None:
    job = ask()
    claim(job)

    assert Claim.take(job.pk) is None


def test_a_job_whose_lease_has_ended_is_claimed_by_another_with_the_next_attempt() -> None:
    job = ask()
    claim(job)
    let_lease_end(job)

    second = claim(job)

    assert second.attempt == 2


def test_the_first_start_is_remembered_and_progress_begins_anew() -> None:
    job = ask()
    first = claim(job)
    first.progress(7)
    first.renew()
    started = again(job).started
    let_lease_end(job)

    claim(job)

    assert (again(job).started, job.progress_done) == (started, 0)


def test_a_job_out_of_attempts_cannot_be_claimed() -> None:
    job = ask()
    claim(job)
    let_lease_end(job)
    use_up_attempts(job)

    assert Claim.take(job.pk) is None


def test_a_job_that_shall_be_cancelled_cannot_be_claimed() -> None:
    job = ask()
    claim(job)
    services.cancel(job)
    let_lease_end(job)

    assert Claim.take(job.pk) is None


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_job_that_is_over_cannot_be_claimed(state: str) -> None:
    job = ask()
    Job.objects.filter(pk=job.pk).update(state=state, message="Over.")

    assert Claim.take(job.pk) is None


def test_a_job_that_does_not_exist_cannot_be_claimed() -> None:
    assert Claim.take(uuid4()) is None


def test_a_worker_claims_nothing_once_the_database_was_migrated_under_it() -> None:
    job = ask()
    migration_check.applied_count()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            ["jobs", "0999_later", "2030-01-01 00:00:00"],
        )

    assert Claim.take(job.pk) is None


def test_the_lease_is_measured_by_the_clock_of_the_database(settings: LazySettings) -> None:
    settings.JOB_LEASE_S = 100
    job = ask()

    claim(job)

    lasting = Job.objects.filter(
        lease_until__gt=Now() + timedelta(seconds=95),
        lease_until__lt=Now() + timedelta(seconds=101),
    )
    assert lasting.exists()


def test_finishing_is_the_end_of_a_job() -> None:
    job = ask()

    claim(job).finish({"rows": 3})

    assert (again(job).state, job.result, job.progress_done) == ("done", {"rows": 3}, 10)
    assert job.finished is not None
    assert (job.lease_until, job.expires) == (None, None)


def test_a_result_file_expires(settings: LazySettings) -> None:
    settings.RESULT_LIFETIME_S = 60
    job = ask()

    claim(job).finish(result_file="results/a.pdf")

    assert again(job).result_file == "results/a.pdf"
    assert job.expires is not None
    assert job.finished is not None
    assert timedelta(seconds=59) < job.expires - job.finished < timedelta(seconds=61)


@pytest.mark.parametrize("end", ["finish", "fail", "stop", "reschedule"])
def test_who_has_lost_a_job_can_end_it_in_no_way(end: str) -> None:
    job = ask()
    zombie = claim(job)
    let_lease_end(job)
    claim(job)
    arguments = {"fail": ["No."], "reschedule": [0]}.get(end, [])

    if end == "reschedule":
        use_up_attempts(job)
        assert not zombie.reschedule(0)
    else:
        with pytest.raises(Lost):
            getattr(zombie, end)(*arguments)

    assert (again(job).state, job.attempt) == ("running", 2)


@transaction.atomic
def _work_and_finish(claimed: Claim) -> None:
    WorkerHeartbeat.objects.create(worker="an effect", seen=Now())
    claimed.finish()


@pytest.mark.django_db(transaction=True)
def test_losing_a_job_undoes_what_was_done_in_the_same_transaction() -> None:
    job = ask()
    zombie = claim(job)
    let_lease_end(job)
    claim(job)

    with pytest.raises(Lost):
        _work_and_finish(zombie)

    assert not WorkerHeartbeat.objects.exists()


def test_failing_says_why() -> None:
    job = ask()

    claim(job).fail("Only 3 are left.")

    assert (again(job).state, job.message) == ("failed", "Only 3 are left.")


def test_a_job_put_off_waits_until_it_is_due() -> None:
    job = ask()

    assert claim(job).reschedule(60)

    assert again(job).state == Job.State.WAITING
    assert Claim.take(job.pk) is None
    let_lease_end(job)
    assert claim(job).attempt == 2


def test_the_last_attempt_cannot_be_put_off() -> None:
    job = ask()
    claimed = claim(job)
    use_up_attempts(job)

    assert not claimed.reschedule(60)

    assert again(job).state == Job.State.RUNNING


def test_renewing_prolongs_the_lease_and_writes_progress_down() -> None:
    job = ask()
    claimed = claim(job)
    let_lease_end(job)

    claimed.progress(4)
    claimed.renew()
    claimed.check()

    assert Claim.take(job.pk) is None
    assert again(job).progress_done == 4


def test_a_handler_learns_that_its_job_is_lost() -> None:
    job = ask()
    zombie = claim(job)
    let_lease_end(job)
    claim(job)

    zombie.renew()

    with pytest.raises(Lost):
        zombie.check()


def test_a_handler_learns_that_its_job_is_cancelled() -> None:
    job = ask()
    claimed = claim(job)
    services.cancel(job)

    claimed.renew()

    with pytest.raises(Cancelled):
        claimed.check()


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_that_claim_at_once_one_succeeds() -> None:
    jobs = [ask() for _ in range(5)]
    taken: list[object] = []

    def take_all() -> None:
        taken.extend(found for job in jobs if (found := Claim.take(job.pk)))
        connection.close()

    threads = [threading.Thread(target=take_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 5
    assert set(Job.objects.values_list("attempt", flat=True)) == {1}


def test_jobs_of_a_worker_that_is_certainly_dead_can_be_claimed_at_once() -> None:
    dead, other = ask(), ask()
    zombie, living = claim(dead), claim(other)
    Job.objects.filter(pk=dead.pk).update(worker=worker_name(1))
    for worker in (worker_name(1), worker_name()):
        WorkerHeartbeat.objects.create(worker=worker, seen=Now())

    claims.release([worker_name(1)])

    assert claim(dead).attempt == 2
    with pytest.raises(Lost):
        zombie.finish()
    assert Claim.take(other.pk) is None
    living.finish()
    assert [heartbeat.worker for heartbeat in WorkerHeartbeat.objects.all()] == [worker_name()]


def test_what_a_dead_worker_had_finished_stays_as_it_is() -> None:
    job = ask()
    claim(job).finish({"rows": 3})

    claims.release([worker_name()])

    assert (again(job).state, job.lease_until) == ("done", None)
