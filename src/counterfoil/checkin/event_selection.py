"""Which event, date and list a scanner should be set to now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Least

from counterfoil.catalog.models import Event, SubEvent
from counterfoil.checkin.models import CheckinList

#: How long something without an end is taken to last.
_WITHOUT_END = timedelta(days=1)
#: How long before the doors open a scanner is prepared for it.
_PREPARED = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContext:
    """An event, or a date of a series. ``begins``: when people start to come."""

    event: Event
    subevent: SubEvent | None
    begins: datetime
    ends: datetime

    def runs(self, now: datetime) -> bool:
        return self.begins - _PREPARED <= now < self.ends

    def lists(self) -> QuerySet[CheckinList]:
        """Its check-in lists, those made for the date itself first."""
        lists = CheckinList.objects.filter(event=self.event)
        if self.subevent is None:
            return lists.filter(subevent=None).order_by("pk")
        own = lists.filter(subevent=self.subevent) | lists.filter(subevent=None)
        return own.order_by(F("subevent").asc(nulls_last=True), "pk")

    def is_of(self, event: str, subevent: int | None) -> bool:
        return (
            self.event.slug == event and (self.subevent.pk if self.subevent else None) == subevent
        )


def occasion_for(events: QuerySet[Event], now: datetime) -> EventContext | None:
    """Choose what runs now and began last, else what begins next, else what was last."""
    nearest = [found for found in map(_occasion, _nearest(events, now)) if found is not None]
    running = [occasion for occasion in nearest if occasion.runs(now)]
    if running:
        return max(running, key=lambda occasion: occasion.begins)
    coming = [occasion for occasion in nearest if occasion.begins > now]
    if coming:
        return min(coming, key=lambda occasion: occasion.begins)
    return max(nearest, key=lambda occasion: occasion.begins, default=None)


def running_occasion(
    events: QuerySet[Event], now: datetime, *, event: str, subevent: int | None
) -> EventContext | None:
    """Return this occasion, if it may be scanned for and runs now."""
    dated: Any
    for dated in (
        _timed(_dates(events).filter(event__slug=event, pk=subevent))
        if subevent is not None
        else _timed(_plain(events).filter(slug=event))
    ):
        found = _occasion(dated)
        return found if found and found.runs(now) else None
    return None


def _nearest(events: QuerySet[Event], now: datetime) -> list[Any]:
    """Return of plain events and of dates the last three that began and the next."""
    found: list[Any] = []
    for rows in (_timed(_plain(events)), _timed(_dates(events))):
        found += rows.filter(begins__lte=now + _PREPARED).order_by("-begins", "-pk")[:3]
        found += rows.filter(begins__gt=now).order_by("begins", "pk")[:1]
    return found


def _plain(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.filter(live=True, has_subevents=False)


def _dates(events: QuerySet[Event]) -> QuerySet[SubEvent]:
    dates = SubEvent.objects.filter(active=True, event__in=events.filter(live=True))
    return dates.select_related("event")


def _timed(rows: Any) -> Any:
    return rows.annotate(begins=Least(Coalesce("date_admission", "date_from"), "date_from"))


def _occasion(dated: Any) -> EventContext | None:
    is_date = isinstance(dated, SubEvent)
    return EventContext(
        event=dated.event if is_date else dated,
        subevent=dated if is_date else None,
        begins=dated.begins,
        ends=dated.date_to or dated.date_from + _WITHOUT_END,
    )
