from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.conf import settings

from counterfoil.core import heavy
from counterfoil.core.heavy import Slots, TooBusy

DEADLINE_S = 60


@contextmanager
def _busy(requests: int) -> Iterator[None]:
    """Have other threads hold slots."""
    over = threading.Event()
    begun = threading.Semaphore(0)

    def hold() -> None:
        with heavy.slot():
            begun.release()
            over.wait(DEADLINE_S)

    threads = [threading.Thread(target=hold) for _ in range(requests)]
    with ExitStack() as stack:
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
        stack.callback(over.set)
        for _ in threads:
            assert begun.acquire(timeout=DEADLINE_S)
        yield


def test_more_heavy_requests_than_slots_are_refused() -> None:
    slots = Slots(2, queue_length=0)
    slots.take()
    slots.take()

    with pytest.raises(TooBusy):
        slots.take()

    slots.release()
    slots.take()


def test_a_request_waits_for_a_slot_that_gets_free() -> None:
    slots = Slots(1, queue_length=1)
    slots.take()
    waiting = threading.Thread(target=slots.take)
    waiting.start()

    slots.release()
    waiting.join(DEADLINE_S)

    assert not waiting.is_alive()


def test_a_request_that_holds_a_slot_takes_no_second() -> None:
    with _busy(settings.HEAVY_REQUESTS - 1), heavy.slot(), heavy.slot():
        pass


@pytest.mark.slow
def test_the_last_slot_refuses_who_waited_in_vain() -> None:
    with _busy(settings.HEAVY_REQUESTS), pytest.raises(TooBusy), heavy.slot():
        pass
