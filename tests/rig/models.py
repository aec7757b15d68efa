"""What the rig's jobs leave behind."""

from __future__ import annotations

from django.db import models

from counterfoil.jobs.models import JobRequest


class Entry(models.Model):
    """One row of a job that shall make all of its rows once, or none."""

    job = models.UUIDField()
    number = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.job} {self.number}"


class Start(models.Model):
    """That a job's handler was called, in a transaction of its own."""

    job = models.UUIDField()
    attempt = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.job} {self.attempt}"


class CountRequest(JobRequest):
    """A kind of job that no room of Counterfoil knows: it counts in steps."""

    step = models.PositiveIntegerField(default=1)
