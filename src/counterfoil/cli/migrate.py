"""``counterfoil migrate``: update the database to this version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from counterfoil.core.setup import set_up
from counterfoil.ops.errors import readable_errors

_LOCK = 0x436F756E746572  # any number nobody else locks: "Counter"


@click.command()
def migrate() -> None:
    """Update the database to this version. Safe to run on several hosts at once."""
    with readable_errors():
        set_up()
        bring_up_to_date()
    click.echo("The database is up to date.")


def bring_up_to_date() -> None:
    """Apply the migrations that are missing.

    Raises:
        Unavailable: the database is a newer version's.
    """
    from django.core.management import call_command

    from counterfoil.jobs import migration_check

    with _alone():
        migration_check.refuse_newer()
        call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other hosts from migrating at the same time (SQLite has one writer anyway)."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")  # the other host's migrations may take long
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
