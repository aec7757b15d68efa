"""The times by which clients ask for changes: ``modified_since``, ``created_since``, ``…_since``.

A client keeps the newest time it was shown and asks from there the next time. So a change must
never be committed after one with a later time: it would be missed for good. Each event therefore
has a clock of its own, a row that is locked from reading it until the commit, and that never goes
back. Whoever changes what such lists show

1. does all other work, and locks every row it is going to change,
2. calls ``stamp``, writes the time into the rows, and commits.

Between 2 and the commit it must wait for nobody else's lock: others wait for this one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Max
from django.db.transaction import TransactionManagementError

from counterfoil.catalog.models import ChangeClock
from counterfoil.core import clock

#: No two transactions stamp the same time, so that "after the last one" can be asked for.
_TICK = timedelta(microseconds=1)
#: From where to ask while nothing in an event was ever stamped: then there is nothing to repeat.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)

_TABLE = ChangeClock._meta.db_table
# ON CONFLICT locks the row before it evaluates SET. A plain UPDATE may evaluate clock_timestamp()
# first and wait for the lock with a time that is past.
_NEXT = f"""
    INSERT INTO {_TABLE} AS clock (event_id, latest) VALUES (%s, clock_timestamp())
    ON CONFLICT (event_id) DO UPDATE
    SET latest = greatest(clock_timestamp(), clock.latest + interval '1 microsecond')
    RETURNING latest
"""  # noqa: S608 - names of ours
_START = f"""
    INSERT INTO {_TABLE} (event_id, latest) SELECT unnest(%s), clock_timestamp()
    ON CONFLICT DO NOTHING
"""
_AT_REST = f"""
    SELECT event_id, latest FROM {_TABLE} WHERE event_id = ANY(%s) ORDER BY event_id FOR SHARE
"""  # noqa: S608 - names of ours
_NOW = "SELECT clock_timestamp()"
#: How long to wait for those who hold a clock: far longer than they do.
_PATIENCE = "2s"


def stamp(event_id: int) -> datetime:
    """Return the time to write into changed rows, later than every one before it in the event.

    Others who want a time in this event wait until the caller's transaction ends.

    Raises:
        TransactionManagementError: there is none.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A stamp without a transaction says nothing.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [event_id])
            moment: datetime = cursor.fetchone()[0]
        return moment
    return _stamp_under_the_only_lock(event_id)


def extend(event_id: int, ticks: int, moment: datetime) -> None:
    """Let ``stamp`` stand for so many times, each a microsecond after the one before.

    Where a list gives many rows times of their own, a client that asks from the newest one on is
    not shown all of them again. The next stamp is later than all.
    """
    latest = moment + (ticks - 1) * _TICK
    ChangeClock.objects.filter(event_id=event_id, latest__lt=latest).update(latest=latest)


def _stamp_under_the_only_lock(event_id: int) -> datetime:
    """SQLite has one lock for all writers, so the times of all events are in one order."""
    latest = ChangeClock.objects.aggregate(latest=Max("latest"))["latest"]
    moment = max(clock.now(), latest + _TICK) if latest else clock.now()
    ChangeClock.objects.update_or_create(event_id=event_id, defaults={"latest": moment})
    return moment


def latest(event_id: int) -> datetime:
    """Return the newest stamp of an event that is committed, for who sees what is committed."""
    rows = ChangeClock.objects.filter(event_id=event_id).values_list("latest", flat=True)
    return rows.first() or _EVER


def poll_from(event_ids: Collection[int]) -> datetime:
    """Return from when on to ask for changes next, if what changed is read after this call.

    Whatever is not visible yet will carry this time or a later one, and whatever is visible
    carries an earlier one (or is shown once more, if somebody holds a clock of several for long).
    """
    if connection.vendor != "postgresql":
        return _after(ChangeClock.objects.aggregate(latest=Max("latest"))["latest"])
    if len(event_ids) == 1:
        clocks = ChangeClock.objects.filter(event__in=event_ids)
        return _after(clocks.values_list("latest", flat=True).first())
    try:
        return _poll_at_rest(event_ids)
    except OperationalError:  # somebody holds one of the clocks for long
        return _poll_in_use(event_ids)


def _poll_at_rest(event_ids: Collection[int]) -> datetime:
    """Wait until nobody is between stamp and commit; then now is later than all that is visible."""
    events = sorted(event_ids)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        cursor.execute(_AT_REST, [events])
        latest = dict(cursor.fetchall())
        if missing := [event for event in events if event not in latest]:
            cursor.execute(_START, [missing])  # waits for those who start one
        cursor.execute(_NOW)
        now: datetime = cursor.fetchone()[0]
        return max([now, *map(_after, latest.values())])


def _poll_in_use(event_ids: Collection[int]) -> datetime:
    """Ask from the last times of the clocks that somebody holds: what follows is shown again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NOW)
        now: datetime = cursor.fetchone()[0]
        cursor.execute(f"{_AT_REST} SKIP LOCKED", [list(event_ids)])
        locked = set(event_ids) - {event_id for event_id, _latest in cursor.fetchall()}
    latest = dict(ChangeClock.objects.filter(event__in=locked).values_list("event_id", "latest"))
    return min([now, *(_after(latest.get(event_id)) for event_id in locked)])


def _after(latest: datetime | None) -> datetime:
    return _EVER if latest is None else latest + _TICK
