"""Works on jobs: in a loop of our own, or through Celery where a broker is configured."""

from __future__ import annotations

import math
import os
import sys
from functools import partial

import click

from counterfoil.core.setup import set_up
from counterfoil.ops import children, shared_metrics
from counterfoil.ops.errors import Stop, readable_errors
from counterfoil.ops.supervisor import Child, supervise, worker_names
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
        from django.conf import settings

        from counterfoil.jobs import migration_check

        number = concurrency or os.cpu_count() or 1
        if settings.BROKER_URL or number == 1:
            if metrics_port:
                shared_metrics.show(metrics_port)
            code = run_worker(pool="prefork", concurrency=number, started=_announce)
        else:
            migration_check.refuse_other()
            family = [Child(name, children.worker, role="worker") for name in worker_names(number)]
            if metrics_port:
                family.append(Child("metrics", partial(children.metrics, port=metrics_port)))
            try:
                supervise(family, ready=_announce, grace_s=math.inf)
                code = 0
            except Stop as stop:
                stop.show()
                code = os.EX_UNAVAILABLE  # the database was migrated since we started
    sys.exit(code)


def _announce() -> None:
    click.echo("Counterfoil works on jobs (Ctrl-C ends it).")
