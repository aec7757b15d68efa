"""Starts workers, each a process of its own that is killed at a point of its own; waits until all
are dead, and prints what killed them as JSON.

    python -m e2e.killed_workers POINT...
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys

from counterfoil.core.setup import set_up
from counterfoil.ops.children import die_with_parent


def main(points: list[str]) -> None:
    set_up()
    _import_all()
    workers = [_born(point) for point in points]
    ends = [os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in workers]
    print(json.dumps([signal.Signals(-end).name if end < 0 else end for end in ends]))


def _import_all() -> None:
    """Import what a worker does: before they are born it costs time once and not for each."""
    from django.conf import settings

    if settings.BROKER_URL:
        import celery.apps.worker
        import celery.concurrency.solo
        import celery.worker.consumer  # noqa: F401
    from django.core import checks
    from django.db import connections

    from counterfoil.jobs import migration_check, registry

    registry.discover()
    migration_check.refuse_other()
    checks.run_checks()
    connections.close_all()  # they shall not share ours


def _born(point: str) -> int:
    us = os.getpid()
    worker = os.fork()
    if not worker:
        os._exit(_work(point, us))
    return worker


def _work(point: str, parent: int) -> int:
    die_with_parent(parent)
    from counterfoil.core import failpoints
    from counterfoil.ops.worker import run_worker

    os.environ["COUNTERFOIL_FAILPOINTS"] = f"{point}=kill"
    importlib.reload(failpoints)  # it reads the environment once
    return run_worker(started=lambda: None)


if __name__ == "__main__":
    main(sys.argv[1:])
