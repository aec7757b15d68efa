"""Ask for long work, and change one's mind."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.core import failpoints
from counterfoil.core.refusals import Conflict
from counterfoil.jobs import migration_check, notifications
from counterfoil.jobs.models import Job, JobRequest

ATTEMPTS = 5


def submit(
    *, kind: str, payload: dict[str, Any] | None = None, total: int = 0, lane: str = ""
) -> Job:
    """Write a job down inside the caller's transaction: it exists exactly if that commits.

    ``total`` is what its progress counts up to. Jobs of one ``lane`` wait for each other; lanes
    take turns (``jobs.lanes``).

    Raises:
        Unavailable: the database was migrated by another version since this process started.
    """
    migration_check.require_current()
    job = Job.objects.create(kind=kind, lane=lane, payload=payload or {}, progress_total=total)
    failpoints.reach("jobs.submitted")
    transaction.on_commit(partial(_announce, job.pk))
    return job


def cancel(job: Job) -> None:
    """Cancel a job. One that runs stops at its next check, and cannot finish any more.

    Raises:
        Conflict: it is over.
    """
    unfinished = Job.objects.filter(pk=job.pk, state__in=[Job.State.WAITING, Job.State.RUNNING])
    waits = Q(state=Job.State.WAITING)
    if not unfinished.update(
        cancel_requested=Case(When(waits, then=F("cancel_requested")), default=Value(True)),
        finished=Case(When(waits, then=Now()), default=F("finished")),
        lease_until=Case(When(waits, then=None), default=F("lease_until")),
        state=Case(When(waits, then=Value(Job.State.CANCELLED)), default=F("state")),
    ):
        raise Conflict(_("This job is over; it can no longer be cancelled."))
    job.refresh_from_db()


@transaction.atomic
def cancel_requested(*, actor: Actor, request: JobRequest) -> None:
    """Cancel the job of a request.

    Raises:
        Conflict: the job has ended.
    """
    cancel(request.job)
    audit.record(
        actor=actor, action="counterfoil.job.cancelled", obj=request.job, event=request.event
    )


def retry(job: Job) -> None:
    """Give a job that failed a fresh set of attempts.

    Raises:
        Conflict: it has not failed.
    """
    failed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED)
    if not failed.update(
        state=Job.State.WAITING,
        lease_until=Now() - timedelta(seconds=1),  # it waits from now on, and is free
        max_attempts=F("attempt") + ATTEMPTS,
        cancel_requested=False,
        message="",
        finished=None,
    ):
        raise Conflict(_("Only a job that failed can be tried again."))
    transaction.on_commit(partial(notifications.send, job.pk))
    job.refresh_from_db()


def _announce(job_id: UUID) -> None:
    failpoints.reach("jobs.committed")
    notifications.send(job_id)
