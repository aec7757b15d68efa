"""Works on jobs: the Celery worker, set up so that rows decide and messages are hints."""

from __future__ import annotations

import os
import sys

import click

from counterfoil.core.setup import set_up
from counterfoil.ops import shared_metrics
from counterfoil.ops.errors import readable_errors
from counterfoil.ops.worker import run_worker


@click.command()
@click.option(
    "--concurrency",
    type=click.IntRange(1, 256),
    help="Jobs to run at once.  [default: number of processors]",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="Port on 127.0.0.1 for Prometheus metrics of this host.  [default: none]",
)
def worker(concurrency: int | None, metrics_port: int | None) -> None:
    """Run a worker (for several hosts; ``serve`` has its own).

    After SIGTERM it finishes its running jobs. A job that is cut off starts again elsewhere.
    """
    with readable_errors(), shared_metrics.shared():
        set_up()
        if metrics_port:
            shared_metrics.show(metrics_port)
        code = run_worker(
            pool="prefork", concurrency=concurrency or os.cpu_count() or 1, started=_announce
        )
    sys.exit(code)


def _announce() -> None:
    click.echo("Counterfoil works on jobs (Ctrl-C ends it).")
