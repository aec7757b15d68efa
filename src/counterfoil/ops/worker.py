"""The Celery worker, set up so that rows decide and messages are only notifications."""

from __future__ import annotations

import logging
import os
import socket
import warnings
from collections.abc import Callable

# A request that sends a hint gives up at once when the broker is away; a worker waits for it.
_PATIENCE = {
    "broker_connection_timeout": 4,
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
}


def run_worker(*, pool: str, concurrency: int, started: Callable[[], None]) -> int:
    """Work until told to stop; return the exit code. ``started`` is called before the first job.

    Raises:
        Unavailable: the database is of another version.
    """
    from celery import current_app
    from celery.exceptions import SecurityWarning
    from django.db import connections

    from counterfoil.jobs import migration_check, registry

    migration_check.refuse_other()
    registry.discover()
    connections.close_all()  # the pool's processes shall not share ours
    current_app.conf.update(_PATIENCE)
    # Celery warns root of pickled messages that run code; ours are JSON and nothing else is read.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    celery_worker = current_app.Worker(
        hostname=f"counterfoil@{socket.gethostname()}.{os.getpid()}",
        pool_cls=pool,
        concurrency=concurrency,
        loglevel=logging.WARNING,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    started()
    celery_worker.start()
    return int(celery_worker.exitcode or 0)
