"""Check out everybody on a list once a day, so that tickets admit again the next morning."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from counterfoil.catalog import change_clock
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.queries import inside
from counterfoil.orders import bulk


def auto_checkout_where_due(now: datetime) -> int:
    """Check out all tickets of every list that is due; return the number of lists."""
    due = CheckinList.objects.filter(exit_all_at__lte=now).select_related("event").order_by("pk")
    return sum(auto_checkout(checkin_list, now) for checkin_list in due)


def auto_checkout(checkin_list: CheckinList, now: datetime) -> bool:
    """Write an exit for every ticket inside if the list is due; return whether it was."""
    with transaction.atomic():
        exits = write_exits(checkin_list, now)
        if exits is None:
            return False
        stamp_exits(checkin_list, exits)
    return True


def write_exits(checkin_list: CheckinList, now: datetime) -> QuerySet[Checkin] | None:
    """Write exits if the list is due, move its hour to the next day, and return the exits.

    Scans call this too, so that the hour holds even if the periodic task is late. Only one of
    several concurrent calls changes the hour, and that one writes the exits. The caller stamps them
    at the end of its transaction.
    """
    hour = checkin_list.exit_all_at
    if hour is None or hour > now:
        return None
    following = _following(hour, now, checkin_list)
    due = CheckinList.objects.filter(pk=checkin_list.pk, exit_all_at=hour)
    if not due.update(exit_all_at=following):
        return None
    checkin_list.exit_all_at = following
    _insert_exits(checkin_list, hour)
    return Checkin.objects.filter(list=checkin_list, datetime=hour, auto_checked_in=True)


def stamp_exits(checkin_list: CheckinList, exits: QuerySet[Checkin]) -> None:
    exits.update(created=change_clock.stamp(checkin_list.event_id))


def _insert_exits(checkin_list: CheckinList, hour: datetime) -> None:
    """Insert exits in bulk: scans wait for it, and there may be thousands of tickets inside."""
    positions = list(inside(checkin_list, at=hour).values_list("pk", flat=True))
    sample = Checkin(list=checkin_list, type=Checkin.Type.EXIT, datetime=hour, auto_checked_in=True)
    ids = bulk.draw_ids(Checkin, len(positions))
    bulk.BulkInserter(sample, ["id", "position_id"]).insert(zip(ids, positions, strict=True))


def _following(hour: datetime, now: datetime, checkin_list: CheckinList) -> datetime:
    """Return the next time after now with the same local time of the event."""
    local = hour.astimezone(checkin_list.event.tz)
    local += timedelta(days=max(0, (now - hour).days))
    while local <= now:
        local += timedelta(days=1)  # by the wall clock: summer time does not move it
    return local
