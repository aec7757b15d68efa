"""When a series takes place: every so many weeks, on days of the week, at times of day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Days from ``begin`` to ``until``, both included.

    ``weekdays`` count from Monday, 0. With ``every_weeks`` 2, the week of ``begin`` counts, the
    next does not. ``exceptions`` are left out.
    """

    begin: date
    until: date
    weekdays: frozenset[int]
    times: tuple[time, ...]
    every_weeks: int = 1
    exceptions: frozenset[date] = field(default_factory=frozenset)

    def moments(self, most: int) -> Iterator[datetime]:
        """Yield when it takes place by the clock of the place, at most so many times."""
        first_monday = self.begin - timedelta(days=self.begin.weekday())
        count = 0
        day = self.begin
        while day <= self.until and count < most:
            weeks = (day - first_monday).days // _WEEK
            is_on = day.weekday() in self.weekdays and weeks % self.every_weeks == 0
            if is_on and day not in self.exceptions:
                for moment in sorted(set(self.times)):
                    if count < most:
                        yield datetime.combine(day, moment)
                        count += 1
            day += timedelta(days=1)
