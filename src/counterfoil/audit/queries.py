"""What the log tells: when a kind of object last changed, and what happened in an organizer."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Model, Q, QuerySet

from counterfoil.accounts.actors import Actor
from counterfoil.accounts.devices import visible_devices
from counterfoil.accounts.models import Device, User
from counterfoil.audit import log_clock
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core import clock


def last_change(event: Event, kind: str) -> datetime | None:
    """Return when an object of this kind was last created, changed or deleted in the event."""
    newest = LogEntry.objects.filter(event=event, kind=kind).aggregate(at=Max("datetime"))["at"]
    return newest if isinstance(newest, datetime) else None


@dataclass(frozen=True, slots=True)
class LastModified:
    """When a kind of object last changed, in whole seconds, as HTTP dates have them.

    ``sent`` is the date that clients get. A client is up to date if the date that it sends back is
    at least ``required``.
    """

    sent: datetime
    required: datetime


def last_modified(event: Event, kind: str) -> LastModified | None:
    """Return the dates by which clients find out whether a kind of object has changed.

    A client that saw one change of a second and not another must not be told that nothing changed.
    So if changes are that close, their date is the second after them; until that is past, no date
    is recent enough.
    """
    newest = last_change(event, kind)
    if newest is None:
        return None
    second = newest.replace(microsecond=0)
    after = second + _SECOND
    near = LogEntry.objects.filter(event=event, kind=kind, datetime__gte=second - _SECOND)
    if near.count() == 1:
        return LastModified(second, second)
    log_clock.wait_for_commits(event.organizer_id)  # of entries from that second
    is_past = clock.now() >= after + _SECOND
    return LastModified(after if is_past else second, after)


_SECOND = timedelta(seconds=1)


def entries_of(organizer: Organizer) -> QuerySet[LogEntry]:
    """What happened in an organizer, newest first, with what a list shows."""
    return (
        LogEntry.objects.filter(organizer=organizer)
        .select_related("event", "user", "token", "device")
        .order_by("-datetime", "-pk")
    )


#: Kinds of the organizer itself that take more than its settings to see.
_NEEDS = {
    "team": "organizer.teams:write",
    "token": "organizer.teams:write",
    "invitation": "organizer.teams:write",
    "device": "organizer.devices:read",
    "webhook": "organizer.settings.general:write",
}
#: What else is logged without an event. Any other kind is of an event that was deleted.
_OF_ORGANIZER = (*_NEEDS, "organizer", "saleschannel", "sheet", "user")
#: Kinds that reveal buyers and tickets.
_ABOUT_ORDERS = (
    *("order", "orderposition", "batchrequest", "offlinesalesbatch", "renderjob", "print"),
    *("checkin", "export"),
)


def entries_for(reader: Actor, organizer: Organizer) -> QuerySet[LogEntry]:
    """What happened in an organizer, as far as the reader may see what it happened to."""
    entries = entries_of(organizer)
    hidden = [
        kind
        for kind, permission in _NEEDS.items()
        if not reader.may_in_organizer(permission, organizer)
        and not (permission.endswith(":read") and _may_write(reader, permission, organizer))
    ]
    entries = entries.exclude(kind__in=hidden)
    visible = Q(event__isnull=True, kind__in=_OF_ORGANIZER)
    if reader.sees_all_events(organizer):
        visible = Q()
    else:
        visible |= Q(event__in=reader.events(organizer))
        unseen = Device.objects.exclude(pk__in=visible_devices(reader, organizer).values("pk"))
        foreign = [
            str(pk) for pk in unseen.filter(organizer=organizer).values_list("pk", flat=True)
        ]
        entries = entries.exclude(kind="device", object_id__in=foreign)
    orders = reader.events_with("event.orders:read", organizer)
    if not orders.all_events:
        entries = entries.filter(~Q(kind__in=_ABOUT_ORDERS) | Q(event__in=orders.events))
    return entries.filter(visible)


def latest_entries(
    reader: Actor, event: Event, actions: Container[str], number: int
) -> QuerySet[LogEntry]:
    """The newest entries of an event with one of these actions, among its last few hundred."""
    recent = LogEntry.objects.filter(event=event).order_by("-datetime", "-pk")
    keys = [pk for pk, action in recent.values_list("pk", "action")[:_RECENT] if action in actions]
    return entries_for(reader, event.organizer).filter(pk__in=keys)[:number]


_RECENT = 300


def _may_write(reader: Actor, permission: str, organizer: Organizer) -> bool:
    return reader.may_in_organizer(permission.replace(":read", ":write"), organizer)


def entries_in(event: Event, about: Mapping[str, Iterable[int]]) -> QuerySet[LogEntry]:
    """What happened to some objects of an event, newest first: ids by kind."""
    # Each kind is a look into an index; joined by OR, SQLite would walk the log of the event.
    keys: list[int] = []
    for kind, ids in about.items():
        entries = LogEntry.objects.filter(event=event, kind=kind)
        keys += entries.filter(object_id__in=[str(pk) for pk in ids]).values_list("pk", flat=True)
    return (
        LogEntry.objects.filter(pk__in=keys)
        .select_related("user", "token", "device")
        .order_by("-datetime", "-pk")
    )


def history_of(kind: str, row: Model, *, organizer: Organizer) -> QuerySet[LogEntry]:
    """What happened to an object of an organizer or one of its events, newest first."""
    entries = LogEntry.objects.filter(organizer=organizer, kind=kind, object_id=str(row.pk))
    # Sorted at once, a database might rather walk the organizer's whole log by its dates.
    keys = list(entries.values_list("pk", flat=True))
    return (
        LogEntry.objects.filter(pk__in=keys)
        .select_related("user", "token", "device")
        .order_by("-datetime", "-pk")
    )


def entries_about(user: User) -> QuerySet[LogEntry]:
    """What happened to somebody's account, newest first; it belongs to no organizer."""
    return LogEntry.objects.filter(
        event=None, organizer=None, kind="user", object_id=str(user.pk)
    ).order_by("-datetime", "-pk")
