"""What there is to know about jobs: how one stands, and how all of them do."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db.models import F, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.jobs import registry
from counterfoil.jobs.models import Job, JobRequest, WorkerHeartbeat

#: After so many leases without a sign of life a worker counts as dead.
LEASES_OF_SILENCE = 3


class Phase(enum.Enum):
    """How a job stands for whoever asked for it."""

    UNDER_WAY = "under way"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class JobState:
    """``message`` says why, when there will be no result; ``done`` of ``total`` are ready."""

    phase: Phase
    done: int
    total: int
    message: str = ""


_ENDED = {
    Job.State.CANCELLED: (Phase.CANCELLED, _("This was cancelled.")),
    Job.State.DONE: (Phase.DONE, ""),
}


def state_of(job: Job) -> JobState:
    """Return how a job stands. An expired result is gone the moment it expires."""
    if job.state == Job.State.FAILED:
        return _state(job, Phase.FAILED, job.message)
    if job.expires is not None and job.expires <= clock.now():
        return _state(job, Phase.EXPIRED, _("The result has expired. Ask for it again."))
    return _state(job, *_ENDED.get(Job.State(job.state), (Phase.UNDER_WAY, "")))


def _state(job: Job, phase: Phase, message: Any) -> JobState:
    return JobState(phase, job.progress_done, job.progress_total, str(message))


def jobs_of(event: Event) -> QuerySet[Job]:
    """Return the jobs that were requested for an event, of any kind, newest first."""
    requested = Q()
    for kind in registry.requestable():
        requests = cast(type[JobRequest], kind.request)._default_manager.filter(event=event)
        requested |= Q(pk__in=requests.values("pk"))
    return Job.objects.filter(requested).order_by("-created", "-pk")


def exhausted() -> QuerySet[Job]:
    """Jobs whose last attempt died."""
    return free().filter(attempt__gte=F("max_attempts"))


def cancelled_unowned() -> QuerySet[Job]:
    """Jobs that shall be cancelled while nobody works on them."""
    return free().filter(cancel_requested=True)


def free() -> QuerySet[Job]:
    """Jobs that are not over and that no living worker holds."""
    unheld = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    return Job.objects.filter(unheld, state__in=[Job.State.WAITING, Job.State.RUNNING])


def referenced_files() -> set[str]:
    """Return the stored names of all results that rows name."""
    names = Job.objects.filter(result_file__isnull=False).values_list("result_file", flat=True)
    return {name for name in names if name}


def oldest_waiting() -> datetime | None:
    """Return since when the job waits that has waited longest: one put off waits from then on."""
    waiting = Job.objects.filter(state=Job.State.WAITING)
    since = Min(Coalesce("lease_until", "created"))
    oldest: datetime | None = waiting.aggregate(oldest=since)["oldest"]
    return oldest


def last_heartbeat() -> datetime | None:
    """Return when a worker last said that it lives, by the database's clock."""
    last: datetime | None = WorkerHeartbeat.objects.aggregate(last=Max("seen"))["last"]
    return last


def living_workers() -> QuerySet[WorkerHeartbeat]:
    """Workers that have lately said that they live."""
    since = Now() - timedelta(seconds=LEASES_OF_SILENCE * settings.JOB_LEASE_S)
    return WorkerHeartbeat.objects.filter(seen__gte=since).order_by("worker")
