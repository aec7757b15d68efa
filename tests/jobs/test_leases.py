from __future__ import annotations

import logging
import threading

import pytest
from django.conf import LazySettings
from django.db import connection

from counterfoil.jobs.leases import Lease
from counterfoil.jobs.models import Job
from jobs.jobtools import again, ask, claim

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_renewal_that_fails_is_tried_again(
    settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JOB_LEASE_S = 0.06
    caplog.set_level(logging.INFO)
    job = ask()
    claimed = claim(job)
    claimed.progress(-1)  # the database refuses this

    with Lease(claimed):
        while "was not renewed" not in caplog.text:
            threading.Event().wait(0.01)
        claimed.progress(3)
        while again(job).progress_done != 3:
            threading.Event().wait(0.01)

    assert job.state == Job.State.RUNNING


@pytest.mark.sqlite
def test_a_locked_database_is_waited_for_no_longer_than_a_turn(
    settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JOB_LEASE_S = 0.06
    caplog.set_level(logging.INFO)
    job = ask()
    claimed = claim(job)

    with Lease(claimed):
        with connection.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            while "database is locked" not in caplog.text:
                threading.Event().wait(0.01)
            cursor.execute("COMMIT")
        claimed.progress(3)
        while again(job).progress_done != 3:
            threading.Event().wait(0.01)

    claimed.check()
