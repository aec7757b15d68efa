"""Ends jobs that nobody works on and nobody may start again."""

from __future__ import annotations

from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from counterfoil.jobs import queries, registry
from counterfoil.jobs.models import Job

DIED = gettext_noop(
    "This was tried %(attempts)d times, and each time the worker died. Nothing was made."
)


def fail_exhausted() -> None:
    """Cancel those that were to be cancelled, and fail those without an attempt left."""
    for job in queries.cancelled_unowned():
        _end(job, state=Job.State.CANCELLED)
    for job in queries.exhausted():
        with translation.override(registry.language_of(job.kind, job.pk)):
            died = _(DIED) % {"attempts": job.attempt}
        _end(job, state=Job.State.FAILED, message=job.message or died)


def _end(job: Job, **columns: str) -> None:
    same = queries.free().filter(pk=job.pk, attempt=job.attempt, state=job.state)
    same.update(finished=Now(), lease_until=None, **columns)
