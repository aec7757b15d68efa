"""Backgrounds that nothing needs any more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from counterfoil.layouts.models import Background, TicketLayout

#: From the last upload, or from when a layout let go of it: somebody may be about to save.
GRACE = timedelta(hours=24)


def unwanted(now: datetime) -> QuerySet[Background]:
    """Backgrounds that no layout has and that nobody has wanted for a day."""
    return Background.objects.filter(layouts=None, last_used__lte=now - GRACE)


@transaction.atomic
def delete(backgrounds: Iterable[int], now: datetime) -> int:
    """Delete those of them that are still unwanted; return how many. Their files are left over.

    The rows are locked first and looked at again then: a layout that takes one in between would
    silently lose it.
    """
    rows = Background.objects.filter(pk__in=list(backgrounds), last_used__lte=now - GRACE)
    locked = set(rows.select_for_update().values_list("pk", flat=True))
    locked.difference_update(
        TicketLayout.objects.filter(background__in=locked).values_list("background", flat=True)
    )
    return Background.objects.filter(pk__in=locked).delete()[0]
