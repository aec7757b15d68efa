"""What the log tells: when a kind of object last changed, and what happened in an organizer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Max, QuerySet

from counterfoil.accounts.models import User
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


def entries_in(event: Event, about: Mapping[str, Iterable[int]]) -> QuerySet[LogEntry]:
    """What happened to some objects of an event, newest first: ids by kind."""
    # Each kind is a look into an index; joined by OR, SQLite would walk the log of the event.
    found: list[int] = []
    for kind, ids in about.items():
        entries = LogEntry.objects.filter(event=event, kind=kind)
        found += entries.filter(object_id__in=[str(pk) for pk in ids]).values_list("pk", flat=True)
    return (
        LogEntry.objects.filter(pk__in=found)
        .select_related("user", "token", "device")
        .order_by("-datetime", "-pk")
    )


def entries_about(user: User) -> QuerySet[LogEntry]:
    """What happened to somebody's account, newest first; it belongs to no organizer."""
    return LogEntry.objects.filter(
        event=None, organizer=None, kind="user", object_id=str(user.pk)
    ).order_by("-datetime", "-pk")
