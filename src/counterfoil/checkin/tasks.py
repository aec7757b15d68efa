"""Periodic tasks of check-in."""

from __future__ import annotations

from counterfoil.checkin import auto_checkout
from counterfoil.core import clock
from counterfoil.jobs.periodic import periodic


@periodic(every_s=60)
def auto_checkout_due_lists() -> None:
    auto_checkout.auto_checkout_where_due(clock.now())
