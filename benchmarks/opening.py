"""A box office to measure: migrated, stocked, on either database; nothing of it is left over."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from broker import broker_server
from e2e.boxoffice import BoxOffice, stock
from postgres import new_database, postgres_server
from servers import world

SETTINGS = "counterfoil.config.settings"


@contextlib.contextmanager
def opened(database: str) -> Iterator[BoxOffice]:
    """Open a box office: on ``sqlite`` alone, or on ``postgresql`` with a broker."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="counterfoil-bench-"))
        urls = {}
        if database == "postgresql":
            server = stack.enter_context(postgres_server())
            urls["database_url"] = stack.enter_context(new_database(server))
            urls["broker_url"] = stack.enter_context(broker_server()).connection_url
        made = stack.enter_context(world(Path(folder), settings=SETTINGS, **urls))
        assert made.run("migrate").returncode == 0
        yield BoxOffice(made, stock(made))
