"""Says in the database that a worker lives, and ends it when the database becomes another's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now

from counterfoil.core.refusals import Unavailable
from counterfoil.jobs import migration_check
from counterfoil.jobs.claims import worker_name
from counterfoil.jobs.models import WorkerHeartbeat

logger = logging.getLogger(__name__)


class Heartbeat:
    """A thread of its own, so that a worker in the middle of a long job counts as alive.

    ``refused`` is called with a sentence when the database turns out to be of another version:
    this worker must not start another job.
    """

    def __init__(self, refused: Callable[[str], None]) -> None:
        self._refused = refused
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(timeout=settings.JOB_LEASE_S)  # it may wait for SQLite's write lock

    def beat(self) -> None:
        """Write it down once.

        Raises:
            Unavailable: the database is of another version.
        """
        migration_check.require_current()
        columns = {"seen": Now(), "schema": migration_check.fingerprint()}
        if not WorkerHeartbeat.objects.filter(worker=worker_name()).update(**columns):
            WorkerHeartbeat.objects.create(worker=worker_name(), **columns)

    def _run(self) -> None:
        self._guarded_beat()
        while not self._over.wait(settings.JOB_LEASE_S / 2):
            self._guarded_beat()
        _say_goodbye()
        connection.close()

    def _guarded_beat(self) -> None:
        try:
            self.beat()
        except Unavailable as refusal:
            self._over.set()
            self._refused(str(refusal))
        except (DatabaseError, InterfaceError, OSError) as problem:
            # Gone for a minute, or locked by a long transaction: there is another beat.
            logger.warning("The heartbeat could not be written: %s", problem)
            connection.close()


def _say_goodbye() -> None:
    try:
        WorkerHeartbeat.objects.filter(worker=worker_name()).delete()
    except (DatabaseError, InterfaceError) as problem:
        logger.info("No goodbye to a database that does not answer: %s", problem)
