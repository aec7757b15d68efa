"""Whether this program and its database are of one version.

Web and worker never meet; they meet in the database. If each refuses to work on a database that
was migrated by another version, they refuse to work together.
"""

from __future__ import annotations

import functools
import hashlib

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from counterfoil.core.refusals import Unavailable

#: Its app and its name.
Migration = tuple[str, str]

NEWER = gettext_noop(
    "The database was made by a newer version of Counterfoil (%(found)s). "
    "Start that version, or restore a backup."
)
#: Until 0.1.0 each room's first migration had this name; the tables of those days are others.
_BEFORE_RELEASES = "0001_initial"
BEFORE_RELEASES = gettext_noop(
    "The database was created by a development version of Counterfoil from before 0.1.0, which "
    "cannot be upgraded. Start with an empty database, or go back to that version."
)
OLDER = gettext_noop(
    "The database is of an older version of Counterfoil (%(missing)s is not applied). "
    "Run `counterfoil migrate`."
)


def refuse_newer() -> None:
    """Refuse a database that a later version has migrated; an older one can be brought up to date.

    Raises:
        Unavailable: it holds migrations that this version does not know, of a later version or of
            one from before releases.
    """
    ours = {app for app, _name in known()}
    unknown = sorted(key for key in _applied() - known() if key[0] in ours)
    if any(name == _BEFORE_RELEASES for _app, name in unknown):
        raise Unavailable(_(BEFORE_RELEASES))
    if unknown:
        raise Unavailable(_(NEWER) % {"found": ".".join(unknown[-1])})


def refuse_other() -> None:
    """Refuse a database of any other version.

    Raises:
        Unavailable: it is newer or older.
    """
    refuse_newer()
    missing = sorted(known() - _applied())
    if missing:
        raise Unavailable(_(OLDER) % {"missing": ".".join(missing[0])})


def require_current() -> None:
    """Refuse to add work to a database that was migrated since this process started.

    One small query; the full comparison runs only when the number of migrations has changed.

    Raises:
        Unavailable: the database is of another version.
    """
    expected = applied_count()
    if _count() != expected:
        applied_count.cache_clear()
        refuse_other()


@functools.cache
def applied_count() -> int:
    """Return how many migrations a database has that is right for this version.

    Raises:
        Unavailable: this one is of another version.
    """
    refuse_other()
    return _count()


@functools.cache
def known() -> frozenset[Migration]:
    """Return the migrations that this version knows.

    To be called when a process starts: files that are found later are those of a newer version that
    was installed while this one runs.
    """
    return frozenset(MigrationLoader(None).disk_migrations)


def names() -> list[str]:
    """Return the migrations that this version knows, as ``app.name``."""
    return sorted(map(".".join, known()))


@functools.cache
def fingerprint() -> str:
    """Return a short name for the set of migrations that this version knows."""
    text = "\n".join(names())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _applied() -> frozenset[Migration]:
    return frozenset(MigrationRecorder(connection).applied_migrations())


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        return int(cursor.fetchone()[0])
