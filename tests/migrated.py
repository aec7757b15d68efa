"""Databases with all tables, made once and copied: to migrate takes five seconds of work.

Those of SQLite stay in pytest's cache until a migration changes, those of PostgreSQL for a run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from postgres import database_name, new_database
from servers import TESTS, World, world

_OURS = "counterfoil.config.settings"  # other settings add tables to these
_SOURCES = (TESTS.parent / "src" / "counterfoil", TESTS / "rig")
_TRIGGERS = ("triggers.py", "log_clock.py", "ticket_counts.py", "entry_counts.py")
_DEPENDENCIES = TESTS.parent / "requirements.lock"  # some of their applications have tables


def sqlite_database(cache: Path, settings: str) -> Path:
    """Return a SQLite database that all processes of all runs share: to be copied, not used."""
    made = cache / f"{settings}-{_edition()}.sqlite3"
    template = None if settings == _OURS else sqlite_database(cache, _OURS)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second waits for the first, and then has it
        if not made.exists():
            for old in cache.glob(f"{settings}-*.sqlite3"):
                old.unlink()
            part = made.with_suffix(".part")
            with _migrated(settings, template=template) as migrated:
                shutil.copy(migrated.folder / "data" / "counterfoil.sqlite3", part)
            part.replace(made)
    return made


def postgres_database(server_url: str, run: str, settings: str) -> str:
    """Return the URL of a database that all processes of a run share: to be copied, not used."""
    name = f"tests_{run}_{settings.split('.')[0]}"
    url = urlsplit(server_url)._replace(path=f"/{name}").geturl()
    template = "" if settings == _OURS else postgres_database(server_url, run, _OURS)
    with psycopg.connect(server_url, autocommit=True) as server:
        # Who comes second waits for the first, and then has it. The end of the connection unlocks.
        server.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        if name not in _databases(server, run):
            with new_database(server_url, template) as made_url:
                with _migrated(settings, database_url=made_url):
                    pass
                server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database_name(made_url)}"')
    return url


def drop_postgres_databases(server_url: str, run: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as server:
        for name in _databases(server, run):
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _databases(server: psycopg.Connection, run: str) -> list[str]:
    rows = server.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"tests_{run}_%"]
    )
    return [name for (name,) in rows]


@contextmanager
def _migrated(settings: str, **start: Any) -> Iterator[World]:
    with (
        tempfile.TemporaryDirectory() as folder,
        world(Path(folder), settings=settings, **start) as made,
    ):
        ended = made.run("migrate")
        assert ended.returncode == 0, ended.stderr
        yield made


def _edition() -> str:
    """Return what changes with any migration, ours or a dependency's, and with any trigger."""
    digest = hashlib.sha256(sys.version.encode())
    digest.update(_DEPENDENCIES.read_bytes())
    for source in _SOURCES:
        triggers = (place for name in _TRIGGERS for place in source.glob(f"*/{name}"))
        for place in sorted([*source.glob("**/migrations/*.py"), *triggers]):
            digest.update(os.fsencode(place.relative_to(TESTS.parent)))
            digest.update(place.read_bytes())
    return digest.hexdigest()[:16]
