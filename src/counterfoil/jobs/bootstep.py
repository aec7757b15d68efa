"""What a Celery worker does besides waiting for hints: look for jobs by itself, and the chores.

Named by a string in config/celery.py, so that web processes do not load Celery's worker.
"""

from __future__ import annotations

import logging
from typing import Any

from celery import bootsteps
from celery.worker import state

from counterfoil.jobs.periodic import Scheduler
from counterfoil.jobs.poller import Poller

logger = logging.getLogger(__name__)

_NO_SERVICE = 69  # EX_UNAVAILABLE of sysexits.h


class PollerStep(bootsteps.StartStopStep):
    """Runs the poller and the chores as long as the worker runs."""

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:
        self.poller = Poller(_refused)
        self.poller.start()
        self.chores = Scheduler()
        self.chores.start()

    def stop(self, parent: Any) -> None:
        self.chores.stop()
        self.poller.stop()


def _refused(words: str) -> None:
    """End this worker: jobs that run are finished, no other is begun."""
    logger.critical("%s", words)
    state.should_stop = _NO_SERVICE  # type: ignore[assignment]
