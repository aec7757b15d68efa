"""The worker: a plain loop of our own, or Celery's where a broker is configured."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

logger = logging.getLogger(__name__)

#: How often a worker looks by itself that is woken for each new job.
IDLE_POLL_S = 5.0
#: The same where new jobs may come from other hosts, and nothing tells it of them.
REMOTE_POLL_S = 0.5


def run_worker(
    *,
    started: Callable[[], None],
    pool: str = "solo",
    concurrency: int = 1,
    poll_s: float | None = None,
    predecessors: Sequence[int] = (),
) -> int:
    """Work until told to stop; return the exit code. ``started`` is called before the first job.

    ``pool`` and ``concurrency`` are for Celery; without a broker it does one job at a time.
    ``poll_s`` is how often it looks if it is woken for each job (by default, found out from the
    database's kind), and ``predecessors`` are the processes of dead workers of this host.

    Raises:
        Unavailable: the database is of another version.
    """
    from django.conf import settings
    from django.db import connection, connections

    from counterfoil.jobs import migration_check, registry

    migration_check.refuse_other()
    registry.discover()
    release_jobs_of(predecessors)
    connections.close_all()  # the pool's processes shall not share ours
    if settings.BROKER_URL:
        from counterfoil.jobs import celery_worker

        return celery_worker.work(pool=pool, concurrency=concurrency, started=started)
    from counterfoil.jobs.worker_loop import WorkerLoop

    if poll_s is None:
        poll_s = IDLE_POLL_S if connection.vendor == "sqlite" else REMOTE_POLL_S
    if settings.JOB_POLL_S is not None:
        loop = WorkerLoop(poll_s=settings.JOB_POLL_S)
    else:
        loop = WorkerLoop(poll_s=poll_s, unreachable_poll_s=REMOTE_POLL_S)
    loop.stop_on_signals()
    started()
    return loop.run()


def release_jobs_of(processes: Sequence[int]) -> None:
    """Have the jobs of dead workers of this host started again without waiting for their leases.

    If the database does not answer, the leases run out by themselves.
    """
    from django.db import DatabaseError, InterfaceError

    from counterfoil.jobs import claims

    if not processes:
        return
    try:
        claims.release([claims.worker_name(process) for process in processes])
    except (DatabaseError, InterfaceError) as problem:
        logger.warning("The jobs of a dead worker wait for the end of their leases: %s", problem)
