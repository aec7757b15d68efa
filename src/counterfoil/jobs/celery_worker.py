"""The worker where there is a broker: Celery's, set up so that rows decide and messages are hints.

Nothing else imports this: Celery is installed where there is a broker, and its worker is loaded
where one runs.
"""

from __future__ import annotations

import logging
import os
import socket
import warnings
from collections.abc import Callable
from typing import Any

from celery import bootsteps, shared_task
from celery.exceptions import SecurityWarning
from celery.worker import state
from django.conf import settings

from counterfoil.jobs import notifications, runner
from counterfoil.jobs.celery_app import app
from counterfoil.jobs.heartbeat import Heartbeat
from counterfoil.jobs.periodic import Scheduler
from counterfoil.jobs.poller import Poller

logger = logging.getLogger(__name__)

#: How often a worker looks for jobs whose hints were lost, unless a setting says otherwise.
POLL_S = 2.0
# A request that sends a hint gives up at once when the broker is away; a worker waits for it.
_PATIENCE = {
    "broker_connection_timeout": 4,
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
}


def work(*, pool: str, concurrency: int, started: Callable[[], None]) -> int:
    """Work until told to stop; return the exit code. ``started`` is called before the first job."""
    app.conf.update(_PATIENCE)
    # Celery warns root of pickled messages that run code; ours are JSON and nothing else is read.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    worker = app.Worker(
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
    worker.start()
    return int(worker.exitcode or 0)


@shared_task(name=notifications.TASK, ignore_result=True)
def run(job_id: str) -> None:
    """Do the job whose turn it is. The hint says that there is one, not which.

    Then pass the word on: of a lane that was full, the next job can be started now, and its own
    hint may have been used up while it could not.
    """
    if runner.run_next():
        for next_id in runner.due(1):
            notifications.send(next_id)


class PollerStep(bootsteps.StartStopStep):
    """Runs all that a worker does besides waiting for hints, as long as it runs."""

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:
        poll_s = settings.JOB_POLL_S or POLL_S
        self.heartbeat = Heartbeat(_refuse)
        self.poller = Poller(poll_s=poll_s)
        self.scheduler = Scheduler(poll_s=poll_s)
        self.heartbeat.start()
        self.poller.start()
        self.scheduler.start()

    def stop(self, parent: Any) -> None:
        self.scheduler.stop()
        self.poller.stop()
        self.heartbeat.stop()


def _refuse(sentence: str) -> None:
    """End this worker: jobs that run are finished, no other is begun."""
    logger.critical("%s", sentence)
    state.should_stop = os.EX_UNAVAILABLE  # type: ignore[assignment]
