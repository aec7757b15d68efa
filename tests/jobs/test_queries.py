from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db.models.functions import Now

from counterfoil.core import clock
from counterfoil.jobs import queries, services
from counterfoil.jobs.models import Job, WorkerHeartbeat
from counterfoil.jobs.queries import Phase
from jobs.jobtools import again, ask, claim

pytestmark = pytest.mark.django_db


def test_a_job_that_waits_is_under_way() -> None:
    state = queries.state_of(ask())

    assert (state.phase, state.done, state.total) == (Phase.UNDER_WAY, 0, 10)


def test_a_job_that_runs_is_under_way_and_tells_how_far() -> None:
    job = ask()
    claimed = claim(job)
    claimed.progress(4)
    claimed.renew()

    state = queries.state_of(again(job))

    assert (state.phase, state.done) == (Phase.UNDER_WAY, 4)


def test_a_job_that_is_done_has_all_of_its_progress() -> None:
    job = ask()
    claim(job).finish()

    state = queries.state_of(again(job))

    assert (state.phase, state.done, state.message) == (Phase.DONE, 10, "")


def test_a_job_that_failed_says_why() -> None:
    job = ask()
    claim(job).fail("Only 3 are left.")

    state = queries.state_of(again(job))

    assert (state.phase, state.message) == (Phase.FAILED, "Only 3 are left.")


def test_a_cancelled_job_says_so() -> None:
    job = ask()
    services.cancel(job)

    assert queries.state_of(again(job)).phase == Phase.CANCELLED


def test_a_result_is_gone_the_moment_it_expires(settings: LazySettings) -> None:
    job = ask()
    claim(job).finish(result_file="results/a.pdf")
    assert queries.state_of(again(job)).phase == Phase.DONE

    Job.objects.filter(pk=job.pk).update(expires=clock.now() - timedelta(seconds=1))

    assert queries.state_of(again(job)).phase == Phase.EXPIRED


def test_the_oldest_waiting_job_is_known() -> None:
    assert queries.oldest_waiting() is None
    first, second = ask(), ask()

    assert queries.oldest_waiting() == first.created
    claim(first)
    assert queries.oldest_waiting() == second.created


def test_workers_that_were_heard_of_lately_are_alive() -> None:
    assert queries.last_heartbeat() is None
    WorkerHeartbeat.objects.create(worker="dead", seen=Now() - timedelta(hours=1))
    WorkerHeartbeat.objects.create(worker="alive", seen=Now())

    assert [str(worker) for worker in queries.living_workers()] == ["alive"]
    assert queries.last_heartbeat() == WorkerHeartbeat.objects.get(worker="alive").seen


def test_a_job_calls_itself_by_kind_and_state() -> None:
    job = ask("test.kind")

    assert str(job) == f"test.kind {job.pk} (waiting)"
