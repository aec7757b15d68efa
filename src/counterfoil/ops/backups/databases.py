"""Copies of the database, taken while it is at work: each is the state of one moment."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection, connections

from counterfoil.files.services import sync_folder
from counterfoil.ops.errors import Stop

_NOT_EMPTY = "The database is not empty. Restore into an empty database."

# pg_dump reads these from its environment: command lines can be seen by everybody on the machine.
_PLACE = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "dbname": "PGDATABASE",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def dump(place: Path) -> None:
    """Write a copy of the database.

    Raises:
        Stop: pg_dump is missing, or fails.
    """
    if connection.vendor == "postgresql":
        _call("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={place}"])
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(place)])


def load(place: Path) -> None:
    """Make an empty database what the copy was.

    Raises:
        Stop: it is not empty any more, or pg_restore is missing or fails; nothing has changed then.
    """
    connections.close_all()
    if connection.vendor == "postgresql":
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        name = str(connection.settings_dict["NAME"])
        _call("pg_restore", [*options, f"--dbname={name}", str(place)])
        return
    with connection.wrap_database_errors:
        _load_sqlite(place, Path(connection.settings_dict["NAME"]))


def refuse_non_empty() -> None:
    """Refuse a database that is not empty.

    Raises:
        Stop: there are tables in it.
    """
    if connection.introspection.table_names():
        raise Stop(_NOT_EMPTY)


def _load_sqlite(place: Path, target: Path) -> None:
    """Copy into the database itself: whoever opens it meanwhile waits, and finds what was restored.

    A file put in its place would leave them with one that has no name any more.
    """
    with (
        closing(sqlite3.connect(place)) as source,
        closing(sqlite3.connect(target, isolation_level=None)) as database,
    ):
        # backup() wants to begin its transaction itself; this keeps the lock until the end.
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("BEGIN EXCLUSIVE")
        if database.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
            raise Stop(_NOT_EMPTY)
        database.execute("COMMIT")
        target.chmod(0o600)
        source.backup(database)
    sync_folder(target.parent)


def _call(program: str, arguments: Sequence[str]) -> None:
    executable = shutil.which(program)
    if executable is None:
        raise Stop(f"{program} is not installed here; it comes with PostgreSQL.")
    ended = subprocess.run(
        [executable, *arguments], env=_environment(), capture_output=True, text=True, check=False
    )
    if ended.returncode:
        lines = ended.stderr.strip().splitlines() or ["it did not say why"]
        raise Stop(f"{program} failed: {lines[0]}")


def _environment() -> dict[str, str]:
    params: dict[str, Any] = connection.get_connection_params()
    return {**os.environ, **{_PLACE[key]: str(params[key]) for key in _PLACE if params.get(key)}}
