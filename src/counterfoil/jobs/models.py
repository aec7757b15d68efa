"""Long work. The row is the truth; messages to workers are hints that may be lost or doubled."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.catalog.models import Event
from counterfoil.core import clock

#: The folder of stored files that ``Job.result_file`` names.
RESULTS = "results"


class Job(models.Model):
    """One piece of long work and what became of it.

    ``attempt`` counts the claims and is the fencing token: whoever writes later must still hold
    the attempt it was given. All times are the database's: hosts' clocks may differ, and who was
    first, who has waited too long and whose lease is over must be the same wherever it is asked.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    lane = models.CharField(
        max_length=64, blank=True, default="", help_text="Whose turn it is: lanes take turns."
    )
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    worker = models.CharField(max_length=190, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    claimed = models.DateTimeField(null=True, blank=True, help_text="When it was last claimed.")
    slot = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Which of its lane's places it runs in."
    )
    cancel_requested = models.BooleanField(default=False)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(db_default=Now(), editable=False)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)
    expires = models.DateTimeField(
        null=True, blank=True, help_text="When its result file is removed."
    )
    result = models.JSONField(null=True, blank=True)
    result_file = models.CharField(max_length=255, null=True, blank=True)
    message = models.TextField(
        blank=True, default="", help_text="Why it failed, for the person who asked."
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["created", "id"], condition=Q(state="waiting"), name="job_waiting"
            ),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_running"),
            models.Index(
                fields=["expires"], condition=Q(result_file__isnull=False), name="job_with_file"
            ),
            models.Index(fields=["lane", "claimed"], name="job_lane_turn"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lane", "slot"],
                condition=Q(state="running") & ~Q(lane=""),
                name="one_job_in_a_slot",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False),
                name="running_job_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(message=""), name="failed_job_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.state})"


class JobRequest(models.Model):
    """Base of the requests for jobs: whose a job is, one row for each.

    The model of a kind of job adds what is requested, in columns (``jobs.registry``).
    """

    job = models.OneToOneField(Job, primary_key=True, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    requested_by = models.CharField(max_length=64)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.job_id)


class WorkerHeartbeat(models.Model):
    """When a worker last said that it lives, by the database's clock."""

    worker = models.CharField(max_length=190, primary_key=True)
    seen = models.DateTimeField()
    schema = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return self.worker
