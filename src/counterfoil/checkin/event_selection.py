"""Select the event, date and check-in list for a scanner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Least

from counterfoil.catalog.models import Event, SubEvent
from counterfoil.checkin.models import CheckinList

#: The assumed duration of an event without an end.
_WITHOUT_END = timedelta(days=1)
#: How long before admission an event counts as running.
_PREPARED = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContext:
    """An event or a date of a series. ``begins`` is the time of admission."""

    event: Event
    subevent: SubEvent | None
    begins: datetime
    ends: datetime

    def runs(self, now: datetime) -> bool:
        return self.begins - _PREPARED <= now < self.ends

    def lists(self) -> QuerySet[CheckinList]:
        """Return the check-in lists, those of the date itself first."""
        lists = CheckinList.objects.filter(event=self.event)
        if self.subevent is None:
            return lists.filter(subevent=None).order_by("pk")
        own = lists.filter(subevent=self.subevent) | lists.filter(subevent=None)
        return own.order_by(F("subevent").asc(nulls_last=True), "pk")

    def is_of(self, event: str, subevent: int | None) -> bool:
        return (
            self.event.slug == event and (self.subevent.pk if self.subevent else None) == subevent
        )


def select_event(events: QuerySet[Event], now: datetime) -> EventContext | None:
    """Return what is running and began last, else what begins next, else what ended last."""
    nearest = [
        context for context in map(_context_of, _nearest(events, now)) if context is not None
    ]
    running = [context for context in nearest if context.runs(now)]
    if running:
        return max(running, key=lambda context: context.begins)
    coming = [context for context in nearest if context.begins > now]
    if coming:
        return min(coming, key=lambda context: context.begins)
    return max(nearest, key=lambda context: context.begins, default=None)


def running_event(
    events: QuerySet[Event], now: datetime, *, event: str, subevent: int | None
) -> EventContext | None:
    """Return this event or date if it is live and running."""
    dated: Any
    for dated in (
        _timed(_dates(events).filter(event__slug=event, pk=subevent))
        if subevent is not None
        else _timed(_plain(events).filter(slug=event))
    ):
        context = _context_of(dated)
        return context if context and context.runs(now) else None
    return None


def _nearest(events: QuerySet[Event], now: datetime) -> list[Any]:
    """Return the last three that began and the next one, of single events and of dates."""
    nearest: list[Any] = []
    for rows in (_timed(_plain(events)), _timed(_dates(events))):
        nearest += rows.filter(begins__lte=now + _PREPARED).order_by("-begins", "-pk")[:3]
        nearest += rows.filter(begins__gt=now).order_by("begins", "pk")[:1]
    return nearest


def _plain(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.filter(live=True, has_subevents=False)


def _dates(events: QuerySet[Event]) -> QuerySet[SubEvent]:
    dates = SubEvent.objects.filter(active=True, event__in=events.filter(live=True))
    return dates.select_related("event")


def _timed(rows: Any) -> Any:
    return rows.annotate(begins=Least(Coalesce("date_admission", "date_from"), "date_from"))


def _context_of(dated: Any) -> EventContext | None:
    is_date = isinstance(dated, SubEvent)
    return EventContext(
        event=dated.event if is_date else dated,
        subevent=dated if is_date else None,
        begins=dated.begins,
        ends=dated.date_to or dated.date_from + _WITHOUT_END,
    )
