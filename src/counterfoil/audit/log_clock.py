"""The times of log entries: an entry never appears behind one that somebody was shown.

Clients follow the log with ``since``, and conditional lists compare the newest entry of a kind. An
entry that is written early and committed late would be missed by both, and every service writes
entries in the middle of its work. So the database gives them their times:

- on PostgreSQL a deferred trigger does so at the commit, under a lock of the organizer that is held
  until the commit is visible. Nothing is waited for in between but checks of foreign keys;
- on SQLite, where the writer holds the only lock, ``services.record`` reads the clock under it, and
  a trigger raises a time that lies before the newest entry, as after the clock was set back.

See ``catalog.change_clock`` for orders, tickets and scans, which are stamped per event.
"""

from __future__ import annotations

from django.db import connection

from counterfoil.core.triggers import Trigger

_TABLE = "audit_logentry"
#: The first key of advisory locks; the organizer is the second.
LOCK = 0x4C4F47  # "LOG"

STAMP = Trigger(
    name=f"{_TABLE}_stamp",
    table=_TABLE,
    sqlite=f"""
        AFTER INSERT ON {_TABLE}
        WHEN NEW.datetime < (SELECT max(datetime) FROM {_TABLE}
                             WHERE organizer_id = NEW.organizer_id AND id <> NEW.id)
        BEGIN
            UPDATE {_TABLE}
            SET datetime = (SELECT max(datetime) FROM {_TABLE}
                            WHERE organizer_id = NEW.organizer_id AND id <> NEW.id)
            WHERE id = NEW.id;
        END
    """,  # noqa: S608 - names of ours
    postgresql=f"""
        AFTER INSERT ON {_TABLE} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.organizer_id IS NOT NULL)
    """,
    function=f"""
        DECLARE
            latest timestamptz;
        BEGIN
            PERFORM pg_advisory_xact_lock({LOCK}, (NEW.organizer_id % 2147483647)::int);
            SELECT max(datetime) INTO latest FROM {_TABLE}
            WHERE organizer_id = NEW.organizer_id AND id <> NEW.id;
            UPDATE {_TABLE}
            SET datetime = greatest(clock_timestamp(), latest + interval '1 microsecond')
            WHERE id = NEW.id;
            RETURN NULL;
        END
    """,  # noqa: S608 - names of ours
)


def wait_for_commits(organizer_id: int) -> None:
    """Wait until everything that has got its time is visible."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            key = organizer_id % 2147483647
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCK, key])
