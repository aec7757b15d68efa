"""Webhooks: addresses that get messages, and the delivery of each message.

A message is written in the transaction of the change that it tells of, so it is there exactly if
the change is. It is sent later, by whichever worker finds it.
"""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q

from counterfoil.catalog.models import Event, Organizer
from counterfoil.core import clock


class Webhook(models.Model):
    """An address of somebody else's server.

    ``secret`` signs what is sent there, so it must be readable here. After failures the whole
    webhook rests until ``rests_until``: a server that is down costs one attempt now and then,
    however many messages wait for it.
    """

    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="webhooks")
    enabled = models.BooleanField(default=True)
    target_url = models.CharField(max_length=1024)
    all_events = models.BooleanField(default=False)
    limit_events = models.ManyToManyField(Event, blank=True, related_name="+")
    action_types = models.JSONField(default=list)
    comment = models.CharField(max_length=255, null=True, blank=True)
    secret = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Name it in the log without its path, which may hold a key of the receiver's."""
        return self.comment or urlsplit(self.target_url).hostname or f"#{self.pk}"


class Notification(models.Model):
    """Something that happened, in the words of one action. Its id is the ``notification_id``."""

    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=190)
    payload = models.JSONField()
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["created"], name="notification_by_time")]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class Delivery(models.Model):
    """A notification on its way to one webhook.

    ``attempt`` counts the claims and is the fencing token. ``due`` is when it may be claimed: while
    a worker sends, the time after which that worker counts as dead.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    class Problem(models.TextChoices):
        """Why there was no answer, or none that counts."""

        STATUS = "status"
        TIMEOUT = "timeout"
        UNKNOWN_NAME = "unknown_name"
        PRIVATE_ADDRESS = "private_address"
        REFUSED = "refused"
        CERTIFICATE = "certificate"
        TLS = "tls"
        NOT_HTTP = "not_http"
        CONNECTION = "connection"
        SWITCHED_OFF = "switched_off"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="deliveries"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField(default=clock.now)
    give_up_at = models.DateTimeField()
    created = models.DateTimeField(default=clock.now, editable=False)
    last_attempt = models.DateTimeField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    response = models.TextField(blank=True, default="", help_text="The beginning of the answer.")
    problem = models.CharField(max_length=32, choices=Problem.choices, blank=True, default="")
    problem_detail = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["webhook", "due"], condition=Q(state="waiting"), name="delivery_waiting"
            ),
            models.Index(fields=["webhook", "-created", "id"], name="delivery_of_webhook"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.state})"

    @property
    def payload(self) -> dict[str, Any]:
        """The body as it is sent."""
        return {"notification_id": self.notification_id, **self.notification.payload}
