"""The dates of an event series, with their own prices: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy as copy_of
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from counterfoil.catalog import change_clock, saving
from counterfoil.catalog.models import (
    Event,
    Quota,
    SubEvent,
    SubEventItem,
    SubEventItemVariation,
)
from counterfoil.core.refusals import Invalid

Overrides = Sequence[Mapping[str, Any]]

_DATETIME_FIELDS = ("date_from", "date_to", "date_admission", "presale_start", "presale_end")
MOST_COPIES = 366
#: With prices and quotas; about a tenth of a second of SQLite's write lock.
MOST_ROWS = 10_000


@transaction.atomic
def create_subevent(
    *,
    event: Event,
    fields: Mapping[str, Any],
    items: Overrides | None = None,
    variations: Overrides | None = None,
) -> SubEvent:
    """Make a date of a series.

    Raises:
        Invalid: the event is no series, or see ``change_subevent``.
    """
    if not event.has_subevents:
        raise Invalid(_("This event is not a series, so it has no dates."))
    return change_subevent(
        subevent=SubEvent(event=event), fields=fields, items=items, variations=variations
    )


@transaction.atomic
def change_subevent(
    *,
    subevent: SubEvent,
    fields: Mapping[str, Any],
    items: Overrides | None = None,
    variations: Overrides | None = None,
) -> SubEvent:
    """Write a date. Lists of overrides replace what was there; None leaves it.

    Raises:
        Invalid: it would end before it begins, or a product is priced twice.
    """
    _check_dates(subevent, fields)
    saving.write(subevent, fields)
    if items is not None:
        _check_once(items, "item", "item_price_overrides")
        subevent.item_overrides.all().delete()
        SubEventItem.objects.bulk_create(SubEventItem(subevent=subevent, **row) for row in items)
    if variations is not None:
        _check_once(variations, "variation", "variation_price_overrides")
        subevent.variation_overrides.all().delete()
        SubEventItemVariation.objects.bulk_create(
            SubEventItemVariation(subevent=subevent, **row) for row in variations
        )
    _stamp([subevent])
    return subevent


def _stamp(subevents: Sequence[SubEvent]) -> None:
    """Write down when these dates of one event changed, as the last thing before the commit."""
    moment = change_clock.stamp(subevents[0].event_id)
    rows = SubEvent.objects.filter(pk__in=[subevent.pk for subevent in subevents])
    rows.update(last_modified=moment)
    for subevent in subevents:
        subevent.last_modified = moment


def _check_dates(subevent: SubEvent, fields: Mapping[str, Any]) -> None:
    def value(name: str) -> Any:
        return fields.get(name, getattr(subevent, name))

    words = _("The date cannot end before it starts.")
    saving.check_period(value("date_from"), value("date_to"), "date_to", words)
    words = _("The presale cannot end before it starts.")
    saving.check_period(value("presale_start"), value("presale_end"), "presale_end", words)


def _check_once(overrides: Overrides, key: str, field: str) -> None:
    rows = [row[key].pk for row in overrides]
    if len(set(rows)) < len(rows):
        raise Invalid({field: [_("There are two entries for the same product.")]})


def repeat_subevent(
    *, subevent: SubEvent, every_days: int, times: int, with_quotas: bool
) -> list[SubEvent]:
    """Make further dates like one, a number of days apart, at the same time on the clock.

    They begin inactive, have the same prices and, if wanted, quotas of the same sizes.

    Raises:
        Invalid: too many at once.
    """
    if not 1 <= times <= MOST_COPIES:
        raise Invalid(
            {"times": [_("At most %(count)d dates can be made at once.") % {"count": MOST_COPIES}]}
        )
    shifts = [timedelta(days=number * every_days) for number in range(1, times + 1)]
    return _copied(subevent, shifts, with_quotas=with_quotas)


def repeat_by_rule(
    *, subevent: SubEvent, rule: Recurrence, with_quotas: bool, active: bool = False
) -> list[SubEvent]:
    """Make further dates like one wherever a rule says; the date itself is not made again.

    Raises:
        Invalid: the rule names no further date, or too many.
    """
    shifts = [moment - _local_begin(subevent) for moment in further_dates(subevent, rule)]
    if not shifts:
        raise Invalid({"until": [_("This rule names no further date.")]})
    if len(shifts) > MOST_COPIES:
        raise Invalid(
            {"until": [_("At most %(count)d dates can be made at once.") % {"count": MOST_COPIES}]}
        )
    return _copied(subevent, shifts, with_quotas=with_quotas, active=active)


def further_dates(subevent: SubEvent, rule: Recurrence) -> list[datetime]:
    """Return when a rule has further dates, by the clock of the place; one too many at most."""
    existing = {
        moment.astimezone(subevent.event.tz).replace(tzinfo=None)
        for moment in subevent.event.subevents.filter(name=subevent.name).values_list(
            "date_from", flat=True
        )
    } | {_local_begin(subevent)}
    return [each for each in rule.moments(MOST_COPIES + 1 + len(existing)) if each not in existing]


def _local_begin(subevent: SubEvent) -> datetime:
    return subevent.date_from.astimezone(subevent.event.tz).replace(tzinfo=None)


def _copied(
    subevent: SubEvent,
    shifts: Sequence[timedelta],
    *,
    with_quotas: bool,
    active: bool = False,
) -> list[SubEvent]:
    """Make copies of a date, each so much later by the clock of the place.

    Raises:
        Invalid: too many at once.
    """
    copies, times = _Copies(subevent, with_quotas=with_quotas, active=active), len(shifts)
    if times * copies.rows > MOST_ROWS:
        most = max(1, MOST_ROWS // copies.rows)
        raise Invalid(
            {
                "times": [
                    _("With their prices and quotas, at most %(count)d dates can be made at once.")
                    % {"count": most}
                ]
            }
        )
    copied = [copies.of(shift) for shift in shifts]
    with transaction.atomic():
        copies.insert()
        _stamp(copied)
    return copied


class _Copies:
    """Copies of a date, inserted together: a few statements a table, however many there are."""

    def __init__(self, subevent: SubEvent, *, with_quotas: bool, active: bool) -> None:
        self._active = active
        names = {field.name for field in SubEvent._meta.concrete_fields}
        self._event = subevent.event
        self._values = {name: getattr(subevent, name) for name in names - {"id", "last_modified"}}
        self._overrides = [*subevent.item_overrides.all(), *subevent.variation_overrides.all()]
        quotas = subevent.quotas.prefetch_related("items", "variations").order_by("pk")
        self._quotas = list(quotas) if with_quotas else []
        self._new: dict[type[Model], list[Any]] = {
            model: []
            for model in (
                SubEvent,
                SubEventItem,
                SubEventItemVariation,
                Quota,
                Quota.items.through,
                Quota.variations.through,
            )
        }
        links = sum(len(quota.items.all()) + len(quota.variations.all()) for quota in self._quotas)
        self.rows = 1 + len(self._overrides) + len(self._quotas) + links

    def of(self, later: timedelta) -> SubEvent:
        """Return a copy that takes place so much later."""
        datetimes = {
            name: _shifted(self._values[name], later, self._event) for name in _DATETIME_FIELDS
        }
        subevent = SubEvent(**{**self._values, **datetimes, "active": self._active})
        self._new[SubEvent].append(subevent)
        for override in self._overrides:
            copy: Any = copy_of(override)
            copy.pk, copy.subevent = None, subevent
            self._new[type(override)].append(copy)
        for quota in self._quotas:
            self._copy_quota(quota, subevent)
        return subevent

    def insert(self) -> None:
        """Insert all copies in the caller's transaction; ids of parents are known by then."""
        for model, rows in self._new.items():
            for row in rows:
                for column in row._meta.concrete_fields:
                    if column.is_relation and column.is_cached(row):
                        setattr(row, column.name, getattr(row, column.name))  # takes the id over
            model._default_manager.bulk_create(rows)

    def _copy_quota(self, quota: Quota, subevent: SubEvent) -> None:
        quota_copy = Quota(
            event=subevent.event,
            subevent=subevent,
            name=quota.name,
            size=quota.size,
            close_when_sold_out=quota.close_when_sold_out,
            release_after_exit=quota.release_after_exit,
            ignore_for_event_availability=quota.ignore_for_event_availability,
        )
        self._new[Quota].append(quota_copy)
        items, variations = Quota.items.through, Quota.variations.through
        self._new[items] += [items(quota=quota_copy, item=each) for each in quota.items.all()]
        self._new[variations] += [
            variations(quota=quota_copy, itemvariation=each) for each in quota.variations.all()
        ]


def _shifted(moment: datetime | None, later: timedelta, event: Event) -> datetime | None:
    """Move a moment by whole days: a concert at eight stays at eight when summer time ends."""
    return None if moment is None else moment.astimezone(event.tz) + later


@transaction.atomic
def delete_subevent(*, subevent: SubEvent) -> None:
    """Delete a date with its quotas.

    Raises:
        Forbidden: tickets for it were sold.
    """
    saving.delete(
        subevent,
        _("Tickets for this date were sold, so it cannot be deleted. Deactivate it instead."),
    )


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
