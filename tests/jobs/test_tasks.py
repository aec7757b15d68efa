from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from counterfoil.files import services as files
from counterfoil.jobs import queries, tasks
from counterfoil.jobs.models import Job, WorkerHeartbeat
from jobs.jobtools import again, ask, claim

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: Path) -> Path:
    local = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": local}
    return tmp_path


def _store(name: str) -> str:
    with files.publish("results", name) as stream:
        stream.write(b"a result")
    return f"results/{name}"


def _make_old(place: Path) -> None:
    os.utime(place, (0, 0))


def _finished(name: str) -> Job:
    job = ask()
    claim(job).finish(result_file=_store(name))
    return again(job)


def test_an_expired_result_is_forgotten_and_its_file_deleted() -> None:
    job = _finished("a.pdf")
    Job.objects.filter(pk=job.pk).update(expires=Now() - timedelta(seconds=1))

    tasks.clean()

    assert again(job).result_file is None
    assert queries.state_of(job).phase == queries.Phase.EXPIRED
    assert not default_storage.exists("results/a.pdf")


def test_a_result_that_can_still_be_fetched_is_kept(own_files: Path) -> None:
    job = _finished("a.pdf")
    _make_old(own_files / "results/a.pdf")

    tasks.clean()

    assert again(job).result_file == "results/a.pdf"
    assert default_storage.exists("results/a.pdf")


def test_an_old_file_that_no_row_names_is_deleted_and_a_young_one_is_not(own_files: Path) -> None:
    _store("old.pdf")
    _store("young.pdf")
    (own_files / "results/.half.pdf.part").write_bytes(b"half")
    _make_old(own_files / "results/old.pdf")
    _make_old(own_files / "results/.half.pdf.part")

    tasks.clean()

    assert os.listdir(own_files / "results") == ["young.pdf"]


def test_a_file_outlives_three_leases_before_it_counts_as_left_over(
    settings: LazySettings,
) -> None:
    settings.JOB_LEASE_S = 10
    assert tasks.orphan_age() == timedelta(hours=1)

    settings.JOB_LEASE_S = 3600

    assert tasks.orphan_age() == timedelta(hours=3)


def test_workers_that_died_long_ago_are_forgotten() -> None:
    WorkerHeartbeat.objects.create(worker="dead", seen=Now() - timedelta(days=2))
    WorkerHeartbeat.objects.create(worker="silent", seen=Now() - timedelta(hours=2))

    tasks.clean()

    assert [str(worker) for worker in WorkerHeartbeat.objects.all()] == ["silent"]
