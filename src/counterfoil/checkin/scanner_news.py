"""Which scanners know of the newest revoked and blocked secrets, also when they are offline.

A scanner reads the lists of an event page by page. It knows of a change once it has read a list to
the end in which the change stood when it asked for the first page. That is told by the event's
clock and not by the time of day: what the clock shows has been committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from counterfoil.accounts.models import Device
from counterfoil.catalog import change_clock
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import SecretListReading

List = SecretListReading.List


def note_page(
    *, device: Device, event: Event, name: str, clock: datetime, first: bool, last: bool
) -> None:
    """Note that a device was sent a page of a list.

    ``clock`` is what ``change_clock.latest`` said before the page was read. It writes only if
    the device learns of something.
    """
    mine = SecretListReading.objects.filter(event=event, device=device, list=name)
    row = mine.first()
    if first and row is None:
        known = clock if last else None
        new = SecretListReading(event=event, device=device, list=name, begun=clock, known=known)
        SecretListReading.objects.bulk_create([new], ignore_conflicts=True)
        return
    if first and row is not None and row.begun != clock:
        mine.update(begun=clock, **({"known": clock} if last else {}))
    elif last and row is not None and row.known != row.begun:
        mine.update(known=F("begun"))


def clock_of(event: Event) -> datetime:
    """Return the time to note with a page; read it before the page."""
    return change_clock.latest(event.pk)


def scanners_of(event: Event) -> QuerySet[Device]:
    """Return the devices that are set up and may scan tickets of an event."""
    reached = Q(all_events=True) | Q(limit_events=event)
    live = Device.objects.filter(organizer=event.organizer, revoked=False)
    return live.filter(reached, token_hash__isnull=False).distinct().order_by("device_id")


def behind(event: Event, newest: Mapping[str, datetime | None]) -> list[Device]:
    """Return the scanners that do not know all of the lists up to these times, by list."""
    missing = Q()
    for name, moment in newest.items():
        if moment is not None:
            read = SecretListReading.objects.filter(
                device=OuterRef("pk"), event=event, list=name, known__gte=moment
            )
            missing |= Q(~Exists(read))
    return list(scanners_of(event).filter(missing)) if missing else []
