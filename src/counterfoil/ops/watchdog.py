"""Proves that the web process answers: a task goes through the same queue as requests.

The pulse of a process alone says nothing about its request threads. As long as any of them finishes
something, whether it is a request or the probe, the process is alive, however busy it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Protocol


class Dispatcher(Protocol):
    """What waitress hands requests to its threads with."""

    def add_task(self, task: Any) -> None: ...


class Probe:
    """A task that does nothing but say when a thread took it."""

    def __init__(self) -> None:
        self.is_served = False

    def service(self) -> None:
        self.is_served = True

    def cancel(self) -> None:
        """Waitress calls this when it ends."""


class RequestThreads:
    """Tells whether at least one request thread still gets on with its work."""

    def __init__(self, *, stuck_after_s: float) -> None:
        self._stuck_after_s = stuck_after_s
        self._probe = Probe()
        self._probe.is_served = True
        self._progress = 0
        self._progress_then = 0
        self._alive_at = time.monotonic()

    def counted(self, application: Any) -> Any:
        """Return the WSGI application; its answers and each chunk of a long one are progress."""

        def counting(environ: dict[str, Any], start_response: Any) -> Any:
            answer = application(environ, start_response)
            self._progress += 1
            return self._chunks(answer) if getattr(answer, "streaming", False) else answer

        return counting

    def _chunks(self, answer: Any) -> Iterator[bytes]:
        try:
            for chunk in answer:
                self._progress += 1
                yield chunk
        finally:
            answer.close()

    def answer(self, dispatcher: Dispatcher) -> bool:
        """Look once more; False if no thread has got on with anything for too long."""
        now = time.monotonic()
        if self._probe.is_served or self._progress != self._progress_then:
            self._alive_at, self._progress_then = now, self._progress
        if self._probe.is_served:
            self._probe = Probe()
            dispatcher.add_task(self._probe)
        return now - self._alive_at < self._stuck_after_s
