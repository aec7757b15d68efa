"""The times that rules refer to: those of the event or date, and the time of the scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from counterfoil.orders.models import OrderPosition


@dataclass(frozen=True, slots=True)
class RuleContext:
    now: datetime
    tz: ZoneInfo
    date_from: datetime
    date_to: datetime | None
    date_admission: datetime


def rule_context_of(position: OrderPosition, now: datetime) -> RuleContext:
    """Return the times of the position's date, or of its event if it is not a series."""
    event = position.order.event
    dated = position.subevent or event
    return RuleContext(
        now=now,
        tz=event.tz,
        date_from=dated.date_from,
        date_to=dated.date_to,
        date_admission=dated.date_admission or dated.date_from,
    )
