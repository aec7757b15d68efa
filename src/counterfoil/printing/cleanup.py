"""Delete backgrounds that neither a layout nor a print needs any more.

A print request stores a snapshot of its layouts, so a background may outlive its layout.
"""

from __future__ import annotations

from django.db.models import Q

from counterfoil.core import clock
from counterfoil.jobs.models import Job
from counterfoil.layouts import cleanup
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


def pinned_backgrounds() -> set[int]:
    """Return the ids of the backgrounds that prints need: pending ones, and those kept."""
    may_print = Q(job__state__in=_MAY_PRINT) | Q(print__values_file__isnull=False)
    requests = RenderRequest.objects.filter(may_print)
    pinned: set[int] = set()
    for layouts in requests.values_list("layouts", flat=True).iterator():
        pinned.update(each["background"] for each in layouts if each["background"] is not None)
    return pinned
