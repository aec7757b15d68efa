from __future__ import annotations

import errno
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.test import Client
from django.utils import timezone

from counterfoil.jobs import migration_check, services
from counterfoil.jobs.models import Job, WorkerHeartbeat
from counterfoil.ops import health


@pytest.fixture(autouse=True)
def _look_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.CHECKS, "storage", health.Storage())


def _heartbeat(**ago: float) -> None:
    seen = timezone.now() - timedelta(**ago)
    WorkerHeartbeat.objects.create(worker="host:1", seen=seen)


def _ready(query: str = "") -> tuple[int, dict[str, Any]]:
    answer = Client().get(f"/readyz{query}")
    return answer.status_code, answer.json()


def test_that_the_process_answers_is_told_without_a_database() -> None:
    answer = Client().get("/healthz")  # pytest-django refuses any query here

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_all_is_well_while_a_worker_lives() -> None:
    _heartbeat(seconds=1)

    status, told = _ready()

    assert (status, told["status"], told["failed"]) == (200, "ok", [])
    assert list(told["checks"]) == ["database", "storage", "worker", "waiting"]
    assert told["checks"]["waiting"] == {"status": "ok", "oldest_seconds": None}
    assert told["checks"]["worker"]["age_seconds"] < 20


@pytest.mark.django_db
def test_no_worker_is_a_failure_that_has_a_name() -> None:
    status, told = _ready()

    assert (status, told["failed"]) == (503, ["worker"])
    assert told["checks"]["worker"]["why"] == "No worker has said that it lives."


@pytest.mark.django_db
def test_a_worker_that_fell_silent_is_none() -> None:
    _heartbeat(minutes=5)

    status, told = _ready()

    assert (status, told["failed"]) == (503, ["worker"])
    assert told["checks"]["worker"]["age_seconds"] >= 299


@pytest.mark.django_db
def test_a_job_that_waits_for_too_long_is_a_failure(settings: LazySettings) -> None:
    _heartbeat(seconds=1)
    job = services.submit(kind="test.kind", payload={})
    assert _ready()[0] == 200

    Job.objects.filter(pk=job.pk).update(created=timezone.now() - timedelta(minutes=6))
    status, told = _ready()

    assert (status, told["failed"]) == (503, ["waiting"])
    assert 359 <= told["checks"]["waiting"]["oldest_seconds"] < 420


@pytest.mark.django_db
def test_a_load_balancer_asks_for_what_it_depends_on() -> None:
    status, told = _ready("?check=database&check=storage")

    assert (status, list(told["checks"])) == (200, ["database", "storage"])
    assert _ready("?check=moon")[0] == 400


@pytest.mark.django_db
def test_a_storage_that_cannot_be_written_is_a_failure(
    settings: LazySettings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "file")},
        },
    }

    status, told = _ready("?check=storage")

    assert (status, told["checks"]["storage"]["why"]) == (503, "Files cannot be stored.")
    assert str(tmp_path) not in str(told)


class Slow(FileSystemStorage):
    """A storage that answers when the test lets it, and not before."""

    asked = threading.Semaphore(0)
    may_answer = threading.Event()

    def _save(self, name: str, content: File[Any]) -> str:
        self.asked.release()
        assert self.may_answer.wait(60)
        return str(super()._save(name, content))


def test_a_storage_that_is_slow_keeps_one_probe_waiting_and_no_more(settings: LazySettings) -> None:
    slow = {**settings.STORAGES["default"], "BACKEND": f"{__name__}.Slow"}
    settings.STORAGES = {**settings.STORAGES, "default": slow}

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(_ready, "?check=storage")
        assert Slow.asked.acquire(timeout=60)
        meanwhile = _ready("?check=storage")
        Slow.may_answer.set()

    assert meanwhile[0] == 503
    assert meanwhile[1]["checks"]["storage"]["why"] == "The storage has not answered yet."
    assert (first.result()[0], _ready("?check=storage")[0]) == (200, 200)


class Refusing(FileSystemStorage):
    """A storage that takes no files, and counts how many it was given."""

    given = 0

    def _save(self, name: str, content: File[Any]) -> str:
        Refusing.given += 1
        raise OSError(errno.EIO, "not today")


def test_a_storage_that_failed_is_left_alone_for_a_while(settings: LazySettings) -> None:
    refusing = {**settings.STORAGES["default"], "BACKEND": f"{__name__}.Refusing"}
    settings.STORAGES = {**settings.STORAGES, "default": refusing}

    answers = [_ready("?check=storage")[0] for _ in range(3)]

    assert (answers, Refusing.given) == ([503, 503, 503], 1)


@pytest.mark.django_db
def test_a_database_of_another_version_is_a_failure() -> None:
    migration_check.applied_count.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'jobs'")

    status, told = _ready("?check=database")
    migration_check.applied_count.cache_clear()

    assert status == 503
    assert "older version" in told["checks"]["database"]["why"]


def test_probes_are_answered_whatever_host_they_ask_for_and_without_https(
    settings: LazySettings,
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert Client().get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.django_db
def test_whoever_asks_is_told_when_to_ask_again() -> None:
    assert int(Client().get("/readyz?check=worker")["Retry-After"]) > 0
    assert "Retry-After" not in Client().get("/readyz?check=database")
