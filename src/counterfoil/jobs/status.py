"""How all jobs and workers stand, for whoever watches over them. A handful of small queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from counterfoil.jobs import databaseclock, queries
from counterfoil.jobs.models import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """Ages are in seconds, by the database's clock; None where there is nothing to be old."""

    waiting: dict[str, int]
    running: dict[str, int]
    expired_leases: int
    oldest_wait_s: float | None
    heartbeat_age_s: float | None
    workers: int


def job_status() -> JobStatus:
    """Look. The rows of finished jobs are not touched, however many there are."""
    running = Job.objects.filter(state=Job.State.RUNNING)
    return JobStatus(
        waiting=_by_kind(Job.objects.filter(state=Job.State.WAITING)),
        running=_by_kind(running),
        expired_leases=running.filter(lease_until__lt=Now()).count(),
        oldest_wait_s=age_s(queries.oldest_waiting()),
        heartbeat_age_s=age_s(queries.last_heartbeat()),
        workers=queries.living_workers().count(),
    )


def age_s(moment: datetime | None) -> float | None:
    """Return for how many seconds something has been so, by the database's clock."""
    return None if moment is None else max(0.0, (database_time() - moment).total_seconds())


def database_time() -> datetime:
    """Return the time by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {databaseclock.now()}", [])
        database_now = cursor.fetchone()[0]
    if isinstance(database_now, datetime):
        return database_now
    return datetime.fromisoformat(database_now).replace(tzinfo=UTC)  # SQLite tells it as text


def _by_kind(jobs: QuerySet[Job]) -> dict[str, int]:
    counted = jobs.values("kind").annotate(number=Count("pk")).order_by()
    return {row["kind"]: row["number"] for row in counted}
