"""Works on jobs: the Celery worker, set up so that rows decide and messages are hints."""

from __future__ import annotations

import logging
import os
import socket
import sys
import warnings
from collections.abc import Callable

import click

from counterfoil.cli import figures
from counterfoil.cli.errors import in_words
from counterfoil.cli.setup import set_up


@click.command()
@click.option(
    "--concurrency", type=click.IntRange(1, 256), help="Jobs done at once.  [default: processors]"
)
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="Port of 127.0.0.1 at which Prometheus finds this host's figures.  [default: none]",
)
def worker(concurrency: int | None, metrics_port: int | None) -> None:
    """Work on jobs (for several hosts; ``serve`` has its own).

    SIGTERM lets it finish the jobs it has begun. A job that is cut off is begun again elsewhere.
    """
    with in_words(), figures.shared():
        set_up()
        if metrics_port:
            figures.show(metrics_port)
        code = run_worker(
            pool="prefork", concurrency=concurrency or os.cpu_count() or 1, started=_announce
        )
    sys.exit(code)


def run_worker(*, pool: str, concurrency: int, started: Callable[[], None]) -> int:
    """Work until told to stop; return the exit code. ``started`` is called before the first job.

    Raises:
        Unavailable: the database is of another version.
    """
    from celery import current_app
    from celery.exceptions import SecurityWarning
    from django.db import connections

    from counterfoil.jobs import registry, schema

    schema.refuse_other()
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


# A request that sends a hint gives up at once when the broker is away; a worker waits for it.
_PATIENCE = {
    "broker_connection_timeout": 4,
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
}


def _announce() -> None:
    click.echo("Counterfoil works on jobs (Ctrl-C ends it).")
