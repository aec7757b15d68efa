"""The time, by the database's clock: rows are written and read by many hosts, whose clocks differ.

How far apart the two are is measured when a connection is opened, and that is at least once a
minute where requests are served. SQLite has no clock but this host's. Leases are compared in SQL.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.backends.signals import connection_created
from django.utils import timezone

_ahead = timedelta(0)


def now() -> datetime:
    """Return the time as an aware UTC datetime."""
    return timezone.now() - _ahead


def _measure(connection: Any, **_kwargs: Any) -> None:
    global _ahead
    if connection.vendor == "sqlite":
        return
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (database_now,) = cursor.fetchone()
    _ahead = before + (timezone.now() - before) / 2 - database_now


connection_created.connect(_measure, dispatch_uid="clock")
