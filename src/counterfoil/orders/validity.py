"""When a new ticket is valid, by the rule of its product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.dateparse import parse_datetime

from counterfoil.catalog.models import Event, Item

_LAST_SECOND = time(23, 59, 59)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Validity:
    """Both ends belong to it; None is no limit."""

    start: datetime | None = None
    end: datetime | None = None


def validity_of(
    *,
    event: Event,
    item: Item,
    now: datetime,
    requested: datetime | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Validity:
    """Return when a ticket that is made ``now`` is valid.

    A fixed validity is the same for all tickets. A dynamic one begins when the ticket is made, or
    at the time that its buyer has requested where the product lets them, but never in the past.

    Args:
        requested: the buyer's choice.
        start, end: take the place of what the product says; a dynamic end counts from ``start``.
    """
    rule = item.extra
    match rule.get("validity_mode"):
        case "fixed":
            start = start or _moment(rule, "validity_fixed_from")
            end = end or _moment(rule, "validity_fixed_until")
        case "dynamic":
            if start is None:
                chosen = requested if rule.get("validity_dynamic_start_choice") else None
                start = max(now, chosen or now)
            end = end or _dynamic_end(event, item, start)
    return Validity(start, end)


def latest_start(*, event: Event, item: Item, now: datetime) -> datetime | None:
    """Return the latest start that a buyer may request; None: they may request any."""
    rule = item.extra
    limit = rule.get("validity_dynamic_start_choice_day_limit")
    if limit is None or rule.get("validity_mode") != "dynamic":
        return None
    if not rule.get("validity_dynamic_start_choice"):
        return None
    try:
        day = now.astimezone(event.tz).date() + timedelta(days=limit)
    except OverflowError:
        return None
    return datetime.combine(day, _LAST_SECOND, event.tz)


def _moment(rule: dict[str, str | None], name: str) -> datetime | None:
    return parse_datetime(rule.get(name) or "")


def _dynamic_end(event: Event, item: Item, start: datetime) -> datetime | None:
    """Return the end of a duration.

    Days and months are those of the event's calendar, and the first day counts: one day ends with
    the day on which it begins, one month from 15 January with 14 February. Hours and minutes are
    added to that, or to the start.
    """
    months, days, hours, minutes = (
        item.extra.get(f"validity_dynamic_duration_{unit}") or 0
        for unit in ("months", "days", "hours", "minutes")
    )
    if not (months or days or hours or minutes):
        return None
    end = start
    try:
        if months or days:
            after = _months_later(start.astimezone(event.tz).date(), months) + timedelta(days=days)
            end = datetime.combine(after - timedelta(days=1), _LAST_SECOND, event.tz)
        # In UTC, so that an hour is an hour when the clocks change.
        return end.astimezone(UTC) + timedelta(hours=hours, minutes=minutes)
    except (OverflowError, ValueError):  # later than calendars go
        return None


def _months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or the first of the next where it has no such day."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    first = date(day.year + years, month + 1, 1)
    same = first + timedelta(days=day.day - 1)
    return same if same.month == first.month else same.replace(day=1)
