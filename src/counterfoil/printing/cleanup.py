"""Deletes backgrounds that neither a layout nor a print needs any more.

A print pins the layouts of the moment it was asked for, so its background may outlive its layout.
"""

from __future__ import annotations

from counterfoil.core import clock
from counterfoil.jobs.models import Job
from counterfoil.layouts import cleanup
from counterfoil.printing.models import RenderRequest

#: A print that failed may be tried again.
_MAY_PRINT = (Job.State.WAITING, Job.State.RUNNING, Job.State.FAILED)


def delete_unwanted_backgrounds() -> int:
    """Delete them; return how many. The cleanup of files then finds that no row names theirs."""
    now = clock.now()
    found = set(cleanup.unwanted(now).values_list("pk", flat=True))
    if not found:
        return 0
    return cleanup.delete(found - pinned_backgrounds(), now)


def pinned_backgrounds() -> set[int]:
    """Return the backgrounds that some print may yet need."""
    requests = RenderRequest.objects.filter(job__state__in=_MAY_PRINT)
    pinned: set[int] = set()
    for layouts in requests.values_list("layouts", flat=True).iterator():
        pinned.update(each["background"] for each in layouts if each["background"] is not None)
    return pinned
