"""What we depend on: database, storage, broker, workers, and whether they fit several hosts."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from counterfoil.core import summaries
from counterfoil.core.refusals import Unavailable
from counterfoil.files import services as files
from counterfoil.jobs import migration_check, queries
from counterfoil.jobs.status import database_time
from counterfoil.ops.checks.findings import Finding, note, problem
from counterfoil.ops.errors import first_line
from counterfoil.ops.worker import REMOTE_POLL_S

CLOCKS_NOTED_S = 2
CLOCKS_SERIOUS_S = 60


def check_environment() -> Iterator[Finding]:
    yield from _database()
    yield from _storage()
    yield from _broker()
    yield from _long_work()


def _database() -> Iterator[Finding]:
    try:
        migration_check.refuse_other()
        yield from _clocks()
        yield from _hosts()
    except Unavailable as refusal:
        yield problem(str(refusal))
    except DatabaseError as failure:
        yield problem(f"The database cannot be used: {first_line(failure)}.")
    if connection.vendor == "postgresql" and shutil.which("pg_dump") is None:
        yield note(
            "pg_dump is not installed. Install it, or run `counterfoil backup` on another host."
        )


def _clocks() -> Iterator[Finding]:
    apart = abs((timezone.now() - database_time()).total_seconds())
    if apart >= CLOCKS_NOTED_S:
        difference = f"The clocks of this host and of the database are {apart:.0f} seconds apart."
        if apart < CLOCKS_SERIOUS_S:
            yield note(difference)
        else:
            yield problem(f"{difference} Sessions end at the wrong time, and hints are discarded.")


def _hosts() -> Iterator[Finding]:
    """Look for workers, and whether those of several hosts share what they must."""
    workers = list(queries.living_workers().values_list("worker", flat=True))
    if not workers:
        yield note(
            "No worker is running, so jobs wait. Run `counterfoil serve` or `counterfoil worker`."
        )
    others = sorted({name.rpartition(":")[0] for name in workers} - {socket.gethostname()})
    several = f"Workers run on other hosts ({', '.join(others)})"
    if others and _is_local():
        yield problem(
            f"{several}, but files are stored in this host's folder. Set COUNTERFOIL_S3_BUCKET."
        )


def _is_local() -> bool:
    return str(settings.STORAGES["default"]["BACKEND"]).endswith("FileSystemStorage")


def _storage() -> Iterator[Finding]:
    try:
        files.check_writable()
    except OSError as failure:
        yield problem(f"Files cannot be stored: {failure.strerror or failure}.")
    if connection.vendor == "sqlite":
        if settings.BROKER_URL:
            yield problem(
                "COUNTERFOIL_BROKER_URL is for several hosts, but the database is SQLite, which "
                "is for one: set DATABASE_URL."
            )
        if not _is_local():
            yield note("Files are in a bucket, but the database is SQLite. Use only one host.")
    elif _is_local():
        yield note(
            "Files are stored in this host's folder. For several hosts, set COUNTERFOIL_S3_BUCKET."
        )
    if connection.vendor == "postgresql" and (settings.DATA_DIR / "secret-key").exists():
        yield note(
            "The key that signs sessions belongs to this host. For several hosts, set the same "
            "COUNTERFOIL_SECRET_KEY on each."
        )


def _broker() -> Iterator[Finding]:
    if not settings.BROKER_URL:
        if connection.vendor == "postgresql":
            yield note(
                "No broker is configured, so workers look for jobs every "
                f"{settings.JOB_POLL_S or REMOTE_POLL_S:g} s. For many hosts, set "
                "COUNTERFOIL_BROKER_URL."
            )
        return
    from counterfoil.jobs.celery_app import app

    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except Exception as failure:  # noqa: BLE001 - every broker fails in its own words
        yield problem(f"The broker does not respond ({type(failure).__name__}).")


def _long_work() -> Iterator[Finding]:
    if settings.JOB_LEASE_S < 5:
        yield note(
            f"COUNTERFOIL_JOB_LEASE is {settings.JOB_LEASE_S:g} s. A busy worker may be considered "
            "dead, and its job started again."
        )
    if settings.RATE_LIMIT and connection.vendor == "postgresql":
        yield note("COUNTERFOIL_RATE_LIMIT applies to each web process separately.")


def check_stored_counts() -> Iterator[Finding]:
    try:
        wrong = summaries.wrong_counts()
    except DatabaseError:  # another check says so; or nothing is migrated yet
        return
    for table, number in wrong.items():
        yield problem(
            f"{number} of the counts in {table} differ from a full count. Workers repair them "
            "at night. If this happens again, report it."
        )
