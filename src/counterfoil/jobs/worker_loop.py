"""The worker where there is no broker: looks for jobs and does them, one at a time.

It waits to be woken (``jobs.wakeup``), and looks by itself when the next job is due, and otherwise
now and then: for jobs that nobody announced, or that a dead worker of another host left.
"""

from __future__ import annotations

import logging
import os
import signal
from types import FrameType

from django.db import DatabaseError, InterfaceError, connection

from counterfoil.jobs import lanes, recovery, runner
from counterfoil.jobs.heartbeat import Heartbeat
from counterfoil.jobs.periodic import Scheduler
from counterfoil.jobs.wakeup import JOBS, Wakeup, notify

logger = logging.getLogger(__name__)

NO_SERVICE = os.EX_UNAVAILABLE
#: How long after the time that the database named: at that very instant the job is not due yet.
_MARGIN_S = 0.01


class WorkerLoop:
    """Runs in the calling thread until it is told to stop, and then finishes the job at hand.

    ``poll_s`` is how long it waits when nobody wakes it; ``unreachable_poll_s``, if nobody could.
    """

    def __init__(self, *, poll_s: float, unreachable_poll_s: float | None = None) -> None:
        self._wakeup = Wakeup(JOBS)
        if not self._wakeup.is_connected and unreachable_poll_s is not None:
            poll_s = unreachable_poll_s
        self._poll_s = poll_s
        self._is_stopping = False
        self.exit_code = 0

    def run(self) -> int:
        """Work; return the exit code."""
        heartbeat, scheduler = Heartbeat(self.refuse), Scheduler(poll_s=self._poll_s)
        heartbeat.start()
        scheduler.start()
        try:
            is_woken = True
            while not self._is_stopping:
                is_woken = self._wakeup.wait(self._check_for_work(is_woken=is_woken))
        finally:
            scheduler.stop()
            heartbeat.stop()
            self._wakeup.close()
            notify(JOBS)  # what woke this worker just now is for another
            connection.close()
        return self.exit_code

    def stop(self) -> None:
        """Begin no other job; signal handlers and other threads may call it."""
        self._is_stopping = True
        self._wakeup.wake()

    def refuse(self, sentence: str) -> None:
        """Stop, because this worker must not work on this database."""
        logger.critical("%s", sentence)
        self.exit_code = NO_SERVICE
        self.stop()

    def stop_on_signals(self) -> None:
        """Stop at SIGTERM and Ctrl-C; a second one ends this process at once."""

        def handle(number: int, frame: FrameType | None) -> None:
            signal.signal(number, signal.SIG_DFL)
            self.stop()

        signal.signal(signal.SIGTERM, handle)
        signal.signal(signal.SIGINT, handle)

    def _check_for_work(self, *, is_woken: bool) -> float:
        """Do all jobs that are due; return for how long to wait then."""
        due_s = None
        try:
            due_s = None if is_woken else lanes.seconds_until_due()
            if is_woken or (due_s is not None and due_s <= 0):
                while not self._is_stopping and runner.run_next():
                    pass
                due_s = lanes.seconds_until_due()
                if due_s is not None and due_s <= 0:  # nobody could begin it
                    recovery.fail_exhausted()
                    due_s = lanes.seconds_until_due()
        except (DatabaseError, InterfaceError, OSError) as problem:
            # Gone for a minute, or locked by a long transaction: there is another look.
            logger.warning("No job could be looked for: %s", problem)
            connection.close()
        except Exception:  # a worker without this loop would look alive and do no jobs
            logger.exception("No job could be looked for")
        if self._is_stopping:
            return 0.0
        return self._poll_s if due_s is None or due_s <= 0 else min(self._poll_s, due_s + _MARGIN_S)
