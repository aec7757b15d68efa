"""Hints: messages that tell workers of a job. They may be lost, late or doubled, all harmlessly.

That is why nothing here waits or fails: a request whose hint does not get through has been
accepted all the same, and workers find its job by looking.
"""

from __future__ import annotations

import logging
import time
from uuid import UUID

from django.conf import settings

from counterfoil.jobs import wakeup

logger = logging.getLogger(__name__)

TASK = "jobs.run"
EXPIRES_S = 60
PAUSE_S = 5.0


class _Breaker:
    """Whether to try at all. A broker that swallows packets costs each try its whole timeout."""

    def __init__(self) -> None:
        self._paused_until = 0.0

    def may_try(self) -> bool:
        return time.monotonic() >= self._paused_until

    def pause(self, seconds: float) -> None:
        self._paused_until = time.monotonic() + seconds


_breaker = _Breaker()


def send(job_id: UUID) -> bool:
    """Send a hint; return whether it went out. Never raises, never waits for a broker that is down.

    Without a broker it goes to the workers of this machine. After a broker has failed no hint is
    tried for some seconds.
    """
    if not settings.BROKER_URL:
        return wakeup.notify(wakeup.JOBS)
    if not _breaker.may_try():
        return False
    from counterfoil.jobs import celery_app  # late: Celery is installed where there is a broker

    try:
        celery_app.app.send_task(TASK, args=[str(job_id)], expires=EXPIRES_S, retry=False)
    except Exception as problem:  # noqa: BLE001 - every broker fails in its own words; none matter
        _breaker.pause(PAUSE_S)
        logger.warning("The broker takes no hints (%s); workers will look for jobs.", problem)
        return False
    return True
