from __future__ import annotations

import threading

import pytest

from counterfoil.jobs.claims import Claim
from counterfoil.jobs.fallback_runner import FallbackRunner
from counterfoil.jobs.models import Job
from jobs.asking import again, ask, handling

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_job_is_done_at_a_time_and_none_is_begun_after_the_end() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait(claimed: Claim) -> None:
        begun.set()
        assert go_on.wait(60)
        claimed.finish()

    with handling("test.patient", wait):
        first, second, third = ask("test.patient"), ask("test.patient"), ask("test.patient")
        stopgap = FallbackRunner()
        stopgap.offer([first.pk, second.pk])
        assert begun.wait(60)
        stopgap.offer([third.pk])
        stopgap.end()
        go_on.set()
        stopgap.join()

    states = [again(job).state for job in (first, second, third)]
    assert states == [Job.State.DONE, Job.State.WAITING, Job.State.WAITING]


def test_where_nothing_was_to_be_done_nothing_is_waited_for() -> None:
    stopgap = FallbackRunner()

    stopgap.offer([])
    stopgap.end()
    stopgap.join()

    assert not Job.objects.exists()
