"""When a message that did not get through is sent again."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

#: After this a message is given up.
PATIENCE = timedelta(days=3)
FACTOR = 3
LONGEST_WAIT = timedelta(hours=8)
LONGEST_REST = timedelta(minutes=5)
_MOST_STEPS = 20


def wait_after(attempt: int) -> timedelta:
    """Return how long a message waits after its attempt of this number, from 1."""
    return _growing(attempt, LONGEST_WAIT)


def rest_after(failures: int) -> timedelta:
    """Return how long a webhook rests after so many failures one after the other."""
    return _growing(failures, LONGEST_REST)


def _growing(times: int, most: timedelta) -> timedelta:
    first: float = settings.WEBHOOK_FIRST_WAIT_S
    factor: int = FACTOR ** min(times - 1, _MOST_STEPS)
    return min(timedelta(seconds=first * factor), most)
