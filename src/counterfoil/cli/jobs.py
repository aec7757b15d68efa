"""``counterfoil jobs``: list, retry and cancel jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import click

from counterfoil.core.setup import set_up
from counterfoil.ops.errors import Stop, readable_errors

if TYPE_CHECKING:
    from counterfoil.catalog.models import Event
    from counterfoil.jobs.models import Job

STATES = ("waiting", "running", "done", "failed", "cancelled")


@click.group()
def jobs() -> None:
    """List, retry and cancel jobs."""
    with readable_errors():
        set_up()


@jobs.command("list")
@click.option("--state", type=click.Choice(STATES), help="Show only jobs in this state.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def list_jobs(state: str | None, limit: int) -> None:
    """List jobs, newest first: id, kind, state, attempt, progress, and why it failed."""
    from counterfoil.jobs.models import Job

    with readable_errors():
        jobs_in_state = Job.objects.filter(state=state) if state else Job.objects.all()
        for job in jobs_in_state.order_by("-created", "-pk")[:limit]:
            click.echo(_line(job))


@jobs.command()
@click.argument("job_id", type=click.UUID)
def retry(job_id: UUID) -> None:
    """Retry a failed job."""
    from django.db import transaction

    from counterfoil.jobs import services

    with readable_errors(), transaction.atomic():
        job = _job(job_id)
        services.retry(job)
        _record(job, "retried")
    click.echo(f"Job {job_id} is waiting for a worker.")


@jobs.command()
@click.argument("job_id", type=click.UUID)
def cancel(job_id: UUID) -> None:
    """Cancel a waiting or running job."""
    from django.db import transaction

    from counterfoil.jobs import services

    with readable_errors(), transaction.atomic():
        job = _job(job_id)
        services.cancel(job)
        _record(job, "cancelled")
    running = " as soon as it can stop" if job.cancel_requested else ""
    click.echo(f"Job {job_id} is cancelled{running}.")


def _job(job_id: UUID) -> Job:
    from counterfoil.jobs.models import Job

    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise Stop(f"There is no job {job_id}.")
    return job


def _record(job: Job, verb: str) -> None:
    from counterfoil.audit import services as audit

    by_hand = {"by": "command line"}
    action = f"counterfoil.job.{verb}"
    audit.record(actor=None, action=action, obj=job, event=_event(job), data=by_hand)


def _event(job: Job) -> Event | None:
    """Return the event whose log has the entry: that of the job's request, if there is one."""
    from counterfoil.jobs import registry

    request = registry.requests_of([job]).get(job.pk)
    return request.event if request else None


def _line(job: Job) -> str:
    progress = f"{job.progress_done}/{job.progress_total}"
    parts = [
        f"{job.created:%Y-%m-%d %H:%M:%S}",
        str(job.pk),
        f"{job.kind:<16}",
        f"{job.state:<9}",
        f"attempt {job.attempt}/{job.max_attempts}",
        f"{progress:>13}",
        job.message,
    ]
    return "  ".join(parts).rstrip()
