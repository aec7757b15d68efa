"""Long computations of a worker give way to people who wait for an answer.

Only the thread that computes does: a whole process that gives way would also be kept waiting while
it holds SQLite's one write lock, and everybody else with it. Nobody but root takes niceness back,
so the thread is one of its own, and ends with the job.
"""

from __future__ import annotations

import contextvars
import os
import sys
import threading
from collections.abc import Callable

from django.db import connections
from django.utils import translation

_niceness = 0


def give_way(niceness: int) -> None:
    """From now on, have jobs that compute give way to others by so much. Linux only."""
    global _niceness
    _niceness = niceness if sys.platform == "linux" else 0  # elsewhere it is the whole process's


def run_giving_way(work: Callable[[], None]) -> None:
    """Work, and give way to others meanwhile where this process does; wait until it is done."""
    if not _niceness:
        work()
        return
    problems: list[BaseException] = []
    language = translation.get_language()

    def run() -> None:
        os.nice(_niceness)  # of this thread alone
        try:
            with translation.override(language):
                work()
        except BaseException as problem:  # noqa: BLE001 - it is raised where it is waited for
            problems.append(problem)
        finally:
            connections.close_all()

    context = contextvars.copy_context()  # what log lines are about
    thread = threading.Thread(target=context.run, args=(run,), name="giving way")
    thread.start()
    thread.join()
    if problems:
        raise problems[0]
