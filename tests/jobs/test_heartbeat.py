from __future__ import annotations

import pytest
from django.conf import LazySettings

from counterfoil.jobs import migration_check
from counterfoil.jobs.claims import worker_name
from counterfoil.jobs.heartbeat import Heartbeat
from counterfoil.jobs.models import WorkerHeartbeat
from jobs.jobtools import migrated_by_another_version, table_away
from servers import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def _ignore(sentence: str) -> None:
    raise AssertionError(sentence)


def test_a_worker_says_that_it_lives_and_says_goodbye(settings: LazySettings) -> None:
    settings.JOB_LEASE_S = 0.02
    heartbeat = Heartbeat(_ignore)

    heartbeat.start()
    [first] = eventually(lambda: list(WorkerHeartbeat.objects.all()), "it says that it lives")
    eventually(lambda: WorkerHeartbeat.objects.filter(seen__gt=first.seen).exists(), "once more")
    settings.JOB_LEASE_S = 60
    heartbeat.stop()

    assert (first.worker, first.schema) == (worker_name(), migration_check.fingerprint())
    assert not WorkerHeartbeat.objects.exists()


def test_a_worker_is_stopped_in_words_when_the_database_is_migrated_under_it() -> None:
    said: list[str] = []
    heartbeat = Heartbeat(said.append)

    with migrated_by_another_version():
        heartbeat.start()
        eventually(lambda: said, "it is stopped")
        heartbeat.stop()

    assert "newer version of Counterfoil" in said[0]


def test_a_heartbeat_survives_a_database_that_is_gone_for_a_while(
    settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JOB_LEASE_S = 0.02
    heartbeat = Heartbeat(_ignore)

    with table_away("jobs_workerheartbeat"):
        heartbeat.start()
        eventually(lambda: "could not be written" in caplog.text, "it stumbles")
    eventually(WorkerHeartbeat.objects.exists, "it goes on")
    settings.JOB_LEASE_S = 60
    heartbeat.stop()

    assert not WorkerHeartbeat.objects.exists()


def test_a_goodbye_that_cannot_be_written_is_left_unsaid() -> None:
    heartbeat = Heartbeat(_ignore)

    with table_away("jobs_workerheartbeat"):
        heartbeat.start()
        heartbeat.stop()

    assert not WorkerHeartbeat.objects.exists()
