"""What the log tells: when a kind of object last changed, and what happened in an organizer."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, QuerySet

from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, Organizer


def last_change(event: Event, kind: str) -> datetime | None:
    """Return when an object of this kind was last made, changed or deleted in the event."""
    newest = LogEntry.objects.filter(event=event, kind=kind).aggregate(at=Max("datetime"))["at"]
    return newest if isinstance(newest, datetime) else None


def entries_of(organizer: Organizer) -> QuerySet[LogEntry]:
    """What happened in an organizer, newest first, with what a list shows."""
    return (
        LogEntry.objects.filter(organizer=organizer)
        .select_related("event", "user", "token", "device")
        .order_by("-datetime", "-pk")
    )
