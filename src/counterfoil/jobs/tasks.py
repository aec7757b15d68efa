"""Removes what nobody can ask for any more: expired results, and files that no row names."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from counterfoil.accounts import idempotency
from counterfoil.core import clock
from counterfoil.files import services as files
from counterfoil.files import uploads
from counterfoil.jobs.models import Job, WorkerHeartbeat
from counterfoil.jobs.periodic import periodic

LEAST_AGE = timedelta(hours=1)


@periodic(every_s=600)
def clean() -> None:
    """Expire results and uploads in the database first, then delete what no row names."""
    expire_results()
    uploads.delete_expired()
    files.delete_unnamed(older_than=orphan_age())
    idempotency.forget_old_answers(clock.now())
    WorkerHeartbeat.objects.filter(seen__lt=Now() - timedelta(days=1)).delete()


def orphan_age() -> timedelta:
    """Return how old a file that no row names must be: its row may be about to be written."""
    return max(timedelta(seconds=3 * settings.JOB_LEASE_S), LEAST_AGE)


def expire_results() -> None:
    """Forget results whose time is over, then delete their files.

    In this order a death in between leaves a file without a row, which is cleaned up, and never
    a row without its file.
    """
    expired = Job.objects.filter(expires__lte=Now(), result_file__isnull=False)
    names = [name for name in expired.values_list("result_file", flat=True) if name]
    expired.filter(result_file__in=names).update(result_file=None)
    for name in names:
        files.delete(name)
