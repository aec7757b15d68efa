from __future__ import annotations

import pytest

from counterfoil.jobs import recovery, services
from counterfoil.jobs.models import Job
from jobs.jobtools import again, ask, claim, let_lease_end, use_up_attempts

pytestmark = pytest.mark.django_db


def test_a_job_whose_last_attempt_died_fails_in_words() -> None:
    job = ask()
    claim(job)
    let_lease_end(job)
    use_up_attempts(job)

    recovery.fail_exhausted()

    assert again(job).state == Job.State.FAILED
    assert "each time the worker died" in job.message


def test_a_cancelled_job_that_nobody_works_on_is_cancelled() -> None:
    job = ask()
    claim(job)
    services.cancel(job)
    let_lease_end(job)

    recovery.fail_exhausted()

    assert again(job).state == Job.State.CANCELLED


def test_a_job_that_somebody_works_on_is_let_alone() -> None:
    job = ask()
    claim(job)
    use_up_attempts(job)
    services.cancel(job)

    recovery.fail_exhausted()

    assert again(job).state == Job.State.RUNNING
