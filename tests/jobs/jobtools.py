"""Asks for jobs, and moves the clock of their leases instead of waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from counterfoil.jobs import migration_check, registry, services
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job


def ask(kind: str = "test.nothing", **payload: Any) -> Job:
    with transaction.atomic():
        return services.submit(kind=kind, payload=payload, total=10)


def claim(job: Job) -> Claim:
    claimed = Claim.take(job.pk)
    assert claimed is not None
    return claimed


def let_lease_end(job: Job) -> None:
    """Make it so that whoever holds the job has not been heard of for long."""
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


def use_up_attempts(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(max_attempts=F("attempt"))


def again(job: Job) -> Job:
    job.refresh_from_db()
    return job


@contextmanager
def handling(
    kind: str,
    function: Callable[[Claim], None],
    *,
    language: registry.LanguageOf | None = None,
    **how: Any,
) -> Iterator[str]:
    """Have jobs of this kind done by a function of the test."""
    registry.discover()
    registry.handler(kind, **how)(function)
    if language is not None:
        registry._kinds[kind] = replace(registry._kinds[kind], language=language)
    try:
        yield kind
    finally:
        del registry._kinds[kind]


@contextmanager
def table_away(name: str) -> Iterator[None]:
    """Let a table be missing for a while, as everything is in a database that is away."""
    _rename(name, "elsewhere")
    try:
        yield
    finally:
        _rename("elsewhere", name)


def _rename(table: str, name: str) -> None:
    while True:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")
            return
        except OperationalError:  # SQLite: another thread is reading just now
            continue


@contextmanager
def migrated_by_another_version() -> Iterator[None]:
    """Let the database be of a newer version than this process for a while."""
    migration_check.applied_count()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            ["jobs", "0999_later", "2030-01-01 00:00:00"],
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = %s", ["0999_later"])
        migration_check.applied_count.cache_clear()
