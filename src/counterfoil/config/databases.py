"""The database: SQLite in the data folder, or what DATABASE_URL says.

The settings are those that the failure trials found necessary; each says what it is for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from counterfoil.config.extras import require
from counterfoil.core.environment import Environment, EnvironmentRefused

# synchronous=FULL: a 202 must survive power loss. mmap: bulk reads of 10,000 tickets. The caches of
# all threads of a process share one limit; what inserts 10,000 tickets takes a larger one itself.
_PRAGMAS = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA mmap_size=268435456;"
    "PRAGMA cache_size=-8192;"
    "PRAGMA soft_heap_limit=100663296;"
    "PRAGMA journal_size_limit=67108864;"
)


def database(environment: Environment, folder: Path) -> dict[str, Any]:
    """Return Django's settings of the one database.

    Raises:
        EnvironmentRefused: DATABASE_URL is not one of SQLite or PostgreSQL.
    """
    url = environment.text("DATABASE_URL")
    if not url:
        return _sqlite(folder / "counterfoil.sqlite3")
    if url.startswith("sqlite:///"):
        return _sqlite(Path(url.removeprefix("sqlite:///")))
    if url.startswith(("postgres://", "postgresql://")):
        return _postgresql(environment, url)
    raise EnvironmentRefused("DATABASE_URL must begin with postgres:// or sqlite:///.")


def _sqlite(place: Path) -> dict[str, Any]:
    # Connections are not kept between requests, though to open one takes 2 ms: those that were
    # opened while the disk was read-only would be of no use afterwards.
    return {
        "ENGINE": "counterfoil.core.sqlite3",
        "NAME": str(place),
        "OPTIONS": {
            # A transaction that begins by reading and then writes is refused at once ("database
            # is locked") however long the timeout; IMMEDIATE takes the write lock first and waits.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,  # seconds a writer waits for another: above any batch
            "init_command": _PRAGMAS,
        },
    }


def _postgresql(environment: Environment, url: str) -> dict[str, Any]:
    require("postgres", "A PostgreSQL database (DATABASE_URL)")
    import dj_database_url

    idle_s = environment.seconds("COUNTERFOIL_DB_IDLE_IN_TRANSACTION", 12, least=1)
    settings: dict[str, Any] = {
        **dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    }
    settings["OPTIONS"] = {
        # A host that swallows packets must not keep all threads waiting.
        "connect_timeout": 5,
        "tcp_user_timeout": 15000,
        **settings.get("OPTIONS", {}),
        # A worker that is stopped inside its transaction would keep its quota rows locked for
        # ever; the server ends such a session, and the retry goes on.
        "options": f"-c idle_in_transaction_session_timeout={int(idle_s * 1000)}"
        " -c lock_timeout=30000"
        # The server finds out as fast as we do that the other side is gone, and frees its locks.
        " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    return settings
