"""Copies of the database, taken while it is at work: each is the state of one moment."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection, connections

from counterfoil.cli.errors import Stop

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
        Stop: pg_restore is missing, or fails; nothing has changed then.
    """
    connections.close_all()
    if connection.vendor == "postgresql":
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        name = str(connection.settings_dict["NAME"])
        _call("pg_restore", [*options, f"--dbname={name}", str(place)])
        return
    target = Path(connection.settings_dict["NAME"])
    for suffix in ("", "-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    draft = target.with_name(f".{target.name}.part")
    shutil.copyfile(place, draft)
    draft.chmod(0o600)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(draft, target)


def is_empty() -> bool:
    return not connection.introspection.table_names()


def _call(program: str, arguments: Sequence[str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise Stop(f"{program} is not installed here; it comes with PostgreSQL.")
    ended = subprocess.run(
        [found, *arguments], env=_environment(), capture_output=True, text=True, check=False
    )
    if ended.returncode:
        lines = ended.stderr.strip().splitlines() or ["it did not say why"]
        raise Stop(f"{program} failed: {lines[0]}")


def _environment() -> dict[str, str]:
    given: dict[str, Any] = connection.get_connection_params()
    return {**os.environ, **{_PLACE[key]: str(given[key]) for key in _PLACE if given.get(key)}}
