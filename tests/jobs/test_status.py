from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from counterfoil.core import clock
from counterfoil.jobs.models import Job
from counterfoil.jobs.status import age_s, database_time, job_status
from jobs.jobtools import ask, claim

pytestmark = pytest.mark.django_db


def test_nothing_has_no_age() -> None:
    nothing = job_status()

    assert (nothing.waiting, nothing.running, nothing.expired_leases) == ({}, {}, 0)
    assert nothing.oldest_wait_s is None
    assert nothing.heartbeat_age_s is None


def test_jobs_are_counted_by_kind_and_state() -> None:
    waiting, running = ask(), ask()
    claim(running)

    now = job_status()

    assert now.waiting == {waiting.kind: 1}
    assert now.running == {running.kind: 1}
    assert now.oldest_wait_s is not None


def test_a_lease_that_ran_out_is_counted() -> None:
    job = ask()
    claim(job)
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))

    assert job_status().expired_leases == 1


def test_ages_are_told_by_the_clock_of_the_database() -> None:
    assert abs((database_time() - clock.now()).total_seconds()) < 60
    assert age_s(database_time() + timedelta(hours=1)) == 0.0


def test_a_job_is_as_old_as_the_database_says_whatever_the_clock_of_its_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: an_hour_ago)

    ask()

    waited = job_status().oldest_wait_s
    assert waited is not None
    assert waited < 600
