"""Delete backgrounds and pictures that neither a layout nor a print needs any more.

A print request stores a snapshot of its layouts, so they may outlive their layout.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from counterfoil.core import clock
from counterfoil.jobs.models import Job
from counterfoil.layouts import cleanup, pictures
from counterfoil.printing.models import RenderRequest

#: A failed print can be retried.
_MAY_PRINT = (Job.State.WAITING, Job.State.RUNNING, Job.State.FAILED)


def delete_unused_backgrounds() -> int:
    """Delete unused backgrounds; return how many. The cleanup of files deletes their files."""
    now = clock.now()
    unused = set(cleanup.unwanted(now).values_list("pk", flat=True))
    if not unused:
        return 0
    return cleanup.delete(unused - pinned_backgrounds(), now)


def delete_unused_pictures() -> int:
    """Delete unused pictures of layouts; return how many."""
    now = clock.now()
    unused = pictures.unwanted(now)
    if not unused:
        return 0
    pinned = _pinned_pictures({each.event_id for each in unused})
    free = [each for each in unused if each.key not in pinned]
    return pictures.delete_unwanted(free, now)


def _pinned_pictures(events: set[int]) -> set[str]:
    requests = _needed_requests().filter(event__in=events)
    pinned: set[str] = set()
    for layouts in requests.values_list("layouts", flat=True).iterator():
        pinned |= pictures.keys_in(layouts)
    return pinned


def _needed_requests() -> QuerySet[RenderRequest]:
    may_print = Q(job__state__in=_MAY_PRINT) | Q(print__values_file__isnull=False)
    return RenderRequest.objects.filter(may_print)


def pinned_backgrounds() -> set[int]:
    """Return the ids of the backgrounds that prints need: pending ones, and those kept."""
    pinned: set[int] = set()
    for layouts in _needed_requests().values_list("layouts", flat=True).iterator():
        pinned.update(each["background"] for each in layouts if each["background"] is not None)
    return pinned
