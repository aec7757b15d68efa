from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from counterfoil.accounts.actors import UserActor
from counterfoil.audit.models import LogEntry
from counterfoil.core.refusals import Conflict, Unavailable
from counterfoil.jobs import migration_check, migrations, registry, services
from counterfoil.jobs.models import Job
from counterfoil.jobs.queries import jobs_of
from counterfoil.stock.models import ActionRequest
from jobs.jobtools import again, ask, claim
from makers import make_event, make_user

pytestmark = pytest.mark.django_db


class _ChangeOfMind(Exception):
    pass


@transaction.atomic
def _ask_and_change_mind() -> None:
    services.submit(kind="test.kind", payload={})
    raise _ChangeOfMind


def _note_migration(app: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            [app, name, "2030-01-01 00:00:00"],
        )


def _forget_migration(app: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = %s", [app])


def test_a_job_waits_with_what_it_needs_to_know() -> None:
    job = ask("test.kind", amount=3)

    assert (again(job).state, job.kind, job.payload) == ("waiting", "test.kind", {"amount": 3})
    assert job.progress_total == 10


@pytest.mark.django_db(transaction=True)
def test_there_is_no_job_when_its_transaction_rolls_back() -> None:
    with pytest.raises(_ChangeOfMind):
        _ask_and_change_mind()

    assert not Job.objects.exists()


def test_a_waiting_job_is_cancelled_at_once() -> None:
    job = ask()

    services.cancel(job)

    assert job.state == again(job).state == Job.State.CANCELLED
    assert job.finished is not None


def test_a_running_job_is_asked_to_stop() -> None:
    job = ask()
    claim(job)

    services.cancel(job)

    assert job.cancel_requested
    assert again(job).state == Job.State.RUNNING
    assert job.cancel_requested


def test_a_job_that_is_over_cannot_be_cancelled() -> None:
    job = ask()
    claim(job).finish()

    with pytest.raises(Conflict):
        services.cancel(job)


def test_jobs_of_any_kind_are_listed_described_and_cancelled_by_their_requests() -> None:
    event = make_event()
    user = make_user(event.organizer)
    job = services.submit(kind="stock.act", payload={}, total=3)
    request = ActionRequest.objects.create(job=job, event=event, requested_by=UserActor(user).key)

    assert list(jobs_of(event)) == [job]
    assert list(jobs_of(make_event())) == []
    assert registry.describe(job) == "Change 3 tickets"
    assert str(registry.requests_of([job])[job.pk]) == str(job.pk)
    assert registry.language_of("stock.act", job.pk) == "en"

    services.cancel_requested(actor=UserActor(user), request=request)

    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert LogEntry.objects.filter(action="counterfoil.job.cancelled", event=event).exists()


def test_a_job_that_failed_can_be_tried_again() -> None:
    job = ask()
    claim(job).fail("The disk was full.")

    services.retry(job)

    assert (job.state, job.message, job.finished) == ("waiting", "", None)
    assert claim(job).attempt == 2


def test_a_job_that_did_not_fail_cannot_be_tried_again() -> None:
    job = ask()

    with pytest.raises(Conflict):
        services.retry(job)


def test_a_database_of_a_newer_version_takes_no_jobs_from_us() -> None:
    ask()
    _note_migration("jobs", "0999_later")

    with pytest.raises(Unavailable, match=r"newer version of Counterfoil \(jobs.0999_later\)"):
        ask()

    migration_check.applied_count.cache_clear()


def test_a_database_from_before_releases_is_told_so() -> None:
    ask()
    _note_migration("jobs", "0001_initial")

    with pytest.raises(Unavailable, match=r"development version .* before 0\.1\.0"):
        ask()

    migration_check.applied_count.cache_clear()


def test_a_database_of_an_older_version_takes_no_jobs_from_us() -> None:
    ask()
    _forget_migration("batches")

    with pytest.raises(Unavailable, match=r"Run `counterfoil migrate`"):
        ask()

    migration_check.applied_count.cache_clear()


def test_what_is_installed_while_we_run_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    migration_check.known()
    later = tmp_path / "later_migrations"
    shutil.copytree(Path(migrations.__file__).parent, later)
    (later / "0999_later.py").write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"jobs": "later_migrations"}
    ask()
    _note_migration("jobs", "0999_later")

    with pytest.raises(Unavailable, match="newer version"):
        ask()

    migration_check.applied_count.cache_clear()


def test_a_stranger_in_the_table_of_migrations_does_not_matter() -> None:
    ask()
    _note_migration("somebody", "0001_else")

    ask()
    job = ask()

    assert claim(job).attempt == 1
    migration_check.applied_count.cache_clear()
