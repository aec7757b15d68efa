"""A claim: one worker's right to do one job, for one attempt, until its lease ends.

Every write goes through a condition on the attempt. A worker that was thought dead and wakes up
finds that its attempt is no longer the row's, and can neither finish nor fail the job.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from counterfoil.core import failpoints
from counterfoil.jobs import databaseclock, lanes, migration_check
from counterfoil.jobs.models import Job, WorkerHeartbeat


class Lost(Exception):
    """The job is another's by now, or over: stop, and write nothing."""


class Cancelled(Exception):
    """The person who asked has changed their mind: stop."""


@dataclass(slots=True, kw_only=True)
class Claim:
    """What a handler is given. Its methods may be called from the handler's thread only."""

    job_id: UUID
    kind: str
    attempt: int
    payload: dict[str, Any]
    total: int = 0

    done: int = 0
    end: str = field(default="lost", init=False)  # the state it left the job in
    _lost: bool = field(default=False, init=False)
    _cancelled: bool = field(default=False, init=False)

    @classmethod
    def take(cls, job_id: UUID) -> Self | None:
        """Claim a job, or return None when it is not to be had: a hint may be late or doubled."""
        attempt = _take(job_id)
        if attempt is None:
            return None
        job = Job.objects.get(pk=job_id)
        return cls(
            job_id=job_id,
            kind=job.kind,
            attempt=attempt,
            payload=job.payload,
            total=job.progress_total,
        )

    def progress(self, done: int) -> None:
        """Tell how far it is. The lease thread writes it down when it next renews."""
        self.done = done

    def check(self) -> None:
        """Stop a handler whose work is no longer wanted. Costs nothing: call it in loops.

        Raises:
            Lost: another worker has the job, or it is over.
            Cancelled: whoever asked for it wants it no more.
        """
        if self._lost:
            raise Lost(str(self.job_id))
        if self._cancelled:
            raise Cancelled(str(self.job_id))

    def finish(self, result: dict[str, Any] | None = None, result_file: str | None = None) -> None:
        """Mark the job done: the last statement of the transaction that holds its effects.

        ``result_file`` is the stored name of a published file; it will expire.

        Raises:
            Lost: the job is no longer this claim's. The transaction must roll back.
            Cancelled: somebody was told that it is cancelled. The same.
        """
        failpoints.reach("jobs.before_finish")
        lifetime = timedelta(seconds=settings.RESULT_LIFETIME_S)
        self._end(
            state=Job.State.DONE,
            progress_done=F("progress_total"),
            result=result,
            result_file=result_file,
            expires=Now() + lifetime if result_file else None,
        )

    def fail(self, message: str) -> None:
        """End the job for good, with a sentence for whoever asked.

        Raises:
            Lost: the job is no longer this claim's.
            Cancelled: the job was cancelled meanwhile.
        """
        self._end(state=Job.State.FAILED, message=message)

    def stop(self) -> None:
        """End the job as cancelled.

        Raises:
            Lost: the job is no longer this claim's.
        """
        self._write(
            self._held_job(), state=Job.State.CANCELLED, finished=Now(), lease_until=None, slot=None
        )

    def reschedule(self, seconds: float) -> bool:
        """Give the job back, to be started again not sooner than in so many seconds.

        Returns False, and changes nothing, when this was its last attempt.

        Raises:
            Lost: the job is no longer this claim's.
            Cancelled: the job was cancelled meanwhile.
        """
        if not self._held_job().filter(attempt__lt=F("max_attempts")).exists():
            return False
        later = Now() + timedelta(seconds=seconds)
        self._write(
            self._uncancelled(), state=Job.State.WAITING, lease_until=later, slot=None, worker=""
        )
        return True

    def renew(self) -> None:
        """Prolong the lease, write progress down, and learn of loss and cancellation.

        For the lease's own thread, which has its own connection.
        """
        row = _renew(self.job_id, self.attempt, self.done)
        if row is None:
            self._lost = True
        elif row[0]:
            self._cancelled = True

    def _held_job(self) -> Any:
        return Job.objects.filter(pk=self.job_id, attempt=self.attempt, state=Job.State.RUNNING)

    def _uncancelled(self) -> Any:
        return self._held_job().filter(cancel_requested=False)

    def _end(self, **columns: Any) -> None:
        self._write(self._uncancelled(), finished=Now(), lease_until=None, slot=None, **columns)

    def _write(self, rows: Any, **columns: Any) -> None:
        """Change the row if it is among ``rows``: the comparison is part of the one UPDATE."""
        if not rows.update(**columns):
            raise (Cancelled if self._held_job().exists() else Lost)(str(self.job_id))
        self.end = str(columns["state"])


def worker_name(pid: int | None = None) -> str:
    """Return what a process of this host, by default this one, is called in rows."""
    return f"{socket.gethostname()}:{os.getpid() if pid is None else pid}"


def release(workers: Sequence[str]) -> None:
    """End the leases of workers that are certainly dead: their jobs can be claimed at once.

    Attempts stay as they are. If one of them lived after all, it would lose its job like a worker
    whose lease has run out, and could write nothing.
    """
    claimed = Job.objects.filter(state=Job.State.RUNNING, worker__in=workers)
    claimed.update(lease_until=Now() - timedelta(seconds=1))
    WorkerHeartbeat.objects.filter(worker__in=workers).delete()


def _take(job_id: UUID) -> int | None:
    """Claim in one statement: of any number of workers that try, one gets a row back.

    A worker of another schema gets none: the database was migrated under it. Neither does anybody
    while the job's lane has no slot to spare. Two jobs of a lane that are claimed at once may
    choose the same slot; the unique constraint refuses one of them, which then sees the other's
    and tries again. So no lane ever runs more than it may, and no worker waits for a lock.
    """
    for _try in range(settings.JOBS_PER_LANE):  # each refusal has filled one of its slots
        with suppress(IntegrityError), transaction.atomic():
            return _take_once(job_id)
    return None


def _take_once(job_id: UUID) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE jobs_job AS job
            SET state = 'running', attempt = attempt + 1, worker = %s, progress_done = 0,
                lease_until = {databaseclock.later()},
                started = COALESCE(started, {databaseclock.now()}),
                claimed = {databaseclock.now()},
                slot = {lanes.free_slot()}
            WHERE id = %s AND attempt < max_attempts AND NOT cancel_requested
              AND state IN ('waiting', 'running')
              AND (lease_until IS NULL OR lease_until < {databaseclock.now()})
              AND (SELECT count(*) FROM django_migrations) = %s
              AND ({lanes.free_slot()}) IS NOT NULL
            RETURNING attempt
            """,  # noqa: S608 - the fragments are constants and whole numbers
            [worker_name(), settings.JOB_LEASE_S, _key(job_id), migration_check.applied_count()],
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _renew(job_id: UUID, attempt: int, done: int) -> tuple[bool] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE jobs_job SET lease_until = {databaseclock.later()}, progress_done = %s
            WHERE id = %s AND attempt = %s AND state = 'running'
            RETURNING cancel_requested
            """,  # noqa: S608 - the fragment is a constant
            [settings.JOB_LEASE_S, done, _key(job_id), attempt],
        )
        row: tuple[bool] | None = cursor.fetchone()
    return row


def _key(job_id: UUID) -> Any:
    """Return the id as the database keeps it: SQLite has no UUIDs."""
    return Job._meta.pk.get_db_prep_value(job_id, connection)
