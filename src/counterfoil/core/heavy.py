"""At most a few requests at once may do heavy work in one process, so that the others are answered.

Heavy are previews, background compilation, exports and large bodies. A request that finds no free
slot waits a few seconds, unless many wait already; then it is refused and may come again. Two
threads never run or wait for heavy work, so scanners and probes always find one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils.translation import gettext as _

from counterfoil.core.refusals import Unavailable

_WAIT_S = 5.0
_FOR_OTHERS = 2


class TooBusy(Unavailable):
    """All slots for heavy work are taken."""

    def __init__(self) -> None:
        super().__init__(_("The server is busy with other large requests. Try again shortly."))


class Slots:
    """A number of slots, and of places to wait for one."""

    def __init__(self, slots: int, *, queue_length: int) -> None:
        self._free = threading.BoundedSemaphore(slots)
        self._queue = threading.BoundedSemaphore(queue_length)

    def take(self) -> None:
        """Take a slot.

        Raises:
            TooBusy: none gets free soon enough.
        """
        if self._free.acquire(blocking=False):
            return
        if not self._queue.acquire(blocking=False):
            raise TooBusy
        try:
            if not self._free.acquire(timeout=_WAIT_S):
                raise TooBusy
        finally:
            self._queue.release()

    def release(self) -> None:
        self._free.release()


_slots = Slots(
    settings.HEAVY_REQUESTS,
    queue_length=max(0, settings.WEB_THREADS - settings.HEAVY_REQUESTS - _FOR_OTHERS),
)
_has_slot: ContextVar[bool] = ContextVar("holds_slot", default=False)


@contextmanager
def slot() -> Iterator[None]:
    """Hold a slot during the block. A request that holds one already takes no second.

    Raises:
        TooBusy: none gets free soon enough.
    """
    if _has_slot.get():
        yield
        return
    _slots.take()
    token = _has_slot.set(True)
    try:
        yield
    finally:
        _has_slot.reset(token)
        _slots.release()
