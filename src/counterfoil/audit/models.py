"""Who did what to which object. Append-only; also tells when a kind of object last changed."""

from __future__ import annotations

from django.db import models

from counterfoil.accounts.models import APIToken, Device, User
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core import clock


class LogEntry(models.Model):
    """One change. ``action`` reads ``counterfoil.<kind>.<verb>``, as ``….quota.changed``."""

    datetime = models.DateTimeField(default=clock.now, editable=False)
    organizer = models.ForeignKey(Organizer, null=True, on_delete=models.SET_NULL, related_name="+")
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    token = models.ForeignKey(APIToken, null=True, on_delete=models.SET_NULL, related_name="+")
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.CharField(max_length=255, blank=True, default="")
    action = models.CharField(max_length=190)
    kind = models.CharField(max_length=50)
    object_id = models.CharField(max_length=64)
    object_repr = models.CharField(max_length=255, blank=True, default="")
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "log entries"
        indexes = [
            models.Index(fields=["event", "kind", "datetime"], name="log_last_change"),
            models.Index(fields=["organizer", "datetime"], name="log_of_organizer"),
            models.Index(fields=["event", "datetime", "id"], name="log_of_event"),
            models.Index(fields=["event", "kind", "object_id"], name="log_of_object"),
            models.Index(
                fields=["organizer", "kind", "object_id"], name="log_of_object_in_organizer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.datetime:%Y-%m-%d %H:%M} {self.action} {self.object_repr}"
