"""Keeps a claim alive while its work is done, from a thread with a connection of its own.

The work may sit in one long transaction or in C code; the lease must go on being renewed, and
cancellation be noticed, all the same.
"""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from counterfoil.jobs.claims import Claim

logger = logging.getLogger(__name__)

RENEWALS_PER_LEASE = 3
# A renewal writes progress down too, and people watch that grow.
_LONGEST_S = 1.0


class Lease:
    """Renews a claim every second, or three times in a shorter lease, until the block ends."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._every_s = min(settings.JOB_LEASE_S / RENEWALS_PER_LEASE, _LONGEST_S)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"lease-{claim.job_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._every_s):
            self._renew()
        connection.close()

    def _renew(self) -> None:
        """Renew once. A failure is no loss: the attempt decides, and the next turn tries again.

        On SQLite the order transaction holds the one write lock; nobody can claim the job then
        either, so a renewal that gives up after a while costs nothing.
        """
        try:
            if connection.connection is None:
                _wait_for_locks(settings.JOB_LEASE_S / RENEWALS_PER_LEASE)
            self._claim.renew()
        except (DatabaseError, InterfaceError) as problem:
            logger.info("The lease of job %s was not renewed: %s", self._claim.job_id, problem)
            connection.close()


_PATIENCE = {"sqlite": "PRAGMA busy_timeout = {ms}", "postgresql": "SET lock_timeout = {ms}"}


def _wait_for_locks(seconds: float) -> None:
    """Let this connection wait for others no longer than that."""
    with connection.cursor() as cursor:
        cursor.execute(_PATIENCE[connection.vendor].format(ms=max(1, int(seconds * 1000))))
