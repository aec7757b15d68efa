"""The safety net under the hints: looks for jobs that nobody was told of, or that were left.

One thread in every worker. All it does is a matter of rows, so any number of them do no harm.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from counterfoil.core.refusals import Unavailable
from counterfoil.jobs import lanes, migration_check, notifications, queries, registry
from counterfoil.jobs.claims import worker_name
from counterfoil.jobs.fallback_runner import FallbackRunner
from counterfoil.jobs.models import Job, WorkerHeartbeat

logger = logging.getLogger(__name__)

BATCH = 50
HINT_AGAIN_S = 5.0
DIED = gettext_noop(
    "This was tried %(attempts)d times, and each time the worker died. Nothing was made."
)


class Poller:
    """Looks again and again until told to stop. ``refused`` is called with the words when the
    database turns out to be of another version: this worker must not go on."""

    def __init__(self, refused: Callable[[str], None]) -> None:
        self._refused = refused
        self._hinted: dict[UUID, float] = {}
        self._next_heartbeat = 0.0
        self._over = threading.Event()
        self._stopgap = FallbackRunner()
        self._thread = threading.Thread(target=self._run, name="poller", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._stopgap.end()
        self._thread.join(timeout=settings.JOB_LEASE_S)  # it may wait for SQLite's write lock
        self._stopgap.join()

    def turn(self) -> None:
        """Look once."""
        migration_check.require_current()
        self._beat()
        self._hint(lanes.due(BATCH))
        fail_exhausted()

    def _run(self) -> None:
        while not self._over.wait(settings.JOB_POLL_S):
            self._guarded_turn()
        _say_goodbye()
        connection.close()

    def _guarded_turn(self) -> None:
        try:
            self.turn()
        except Unavailable as refusal:
            self._over.set()
            self._refused(str(refusal))
        except (DatabaseError, InterfaceError, OSError) as problem:
            # Gone for a minute, or locked by a long transaction: there is another turn.
            logger.warning("The poller could not look: %s", problem)
            connection.close()
        except Exception:  # a worker without its poller would look alive and find no jobs
            logger.exception("The poller could not look")

    def _beat(self) -> None:
        if time.monotonic() < self._next_heartbeat:
            return
        self._next_heartbeat = time.monotonic() + settings.JOB_LEASE_S / 2
        WorkerHeartbeat.objects.update_or_create(
            worker=worker_name(), defaults={"seen": Now(), "schema": migration_check.fingerprint()}
        )

    def _hint(self, due: list[UUID]) -> None:
        """Hint each job, but not again and again while its message waits in the queue.

        One whose lane was full meanwhile is hinted again at once: its message had no effect.
        What cannot be hinted is done here: the broker may be away for long.
        """
        now = time.monotonic()
        queued = {job: self._hinted[job] for job in due if job in self._hinted}
        self._hinted = {job: at for job, at in queued.items() if now - at < HINT_AGAIN_S}
        unheard = []
        for job_id in due:
            if job_id in self._hinted:
                continue
            if notifications.send(job_id):
                self._hinted[job_id] = now
            else:
                unheard.append(job_id)
        self._stopgap.offer(unheard)


def fail_exhausted() -> None:
    """End jobs that nobody works on and nobody may start again."""
    for job in queries.cancelled_unowned():
        _end(job, state=Job.State.CANCELLED)
    for job in queries.exhausted():
        with translation.override(registry.language_of(job.kind, job.pk)):
            died = _(DIED) % {"attempts": job.attempt}
        _end(job, state=Job.State.FAILED, message=job.message or died)


def _end(job: Job, **columns: str) -> None:
    same = queries.free().filter(pk=job.pk, attempt=job.attempt, state=job.state)
    same.update(finished=Now(), lease_until=None, **columns)


def _say_goodbye() -> None:
    try:
        WorkerHeartbeat.objects.filter(worker=worker_name()).delete()
    except (DatabaseError, InterfaceError) as problem:
        logger.info("No goodbye to a database that does not answer: %s", problem)
