"""The dates of an event series, with their own prices: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.catalog import changeclock, saving
from counterfoil.catalog.models import (
    Event,
    Quota,
    SubEvent,
    SubEventItem,
    SubEventItemVariation,
)
from counterfoil.core.refusals import Invalid

Overrides = Sequence[Mapping[str, Any]]

_MOMENTS = ("date_from", "date_to", "date_admission", "presale_start", "presale_end")
MOST_COPIES = 366


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
    moment = changeclock.stamp(subevents[0].event_id)
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


@transaction.atomic
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
    quotas = list(subevent.quotas.prefetch_related("items", "variations").order_by("pk"))
    made = []
    for number in range(1, times + 1):
        made.append(_copy(subevent, timedelta(days=number * every_days)))
        if with_quotas:
            _copy_quotas(quotas, made[-1])
    _stamp(made)
    return made


def _copy(subevent: SubEvent, later: timedelta) -> SubEvent:
    names = {field.name for field in SubEvent._meta.concrete_fields}
    values = {name: getattr(subevent, name) for name in names - {"id", "last_modified"}}
    values |= {name: _shifted(values[name], later, subevent.event) for name in _MOMENTS}
    made = SubEvent.objects.create(**{**values, "active": False})
    for rows in (subevent.item_overrides, subevent.variation_overrides):
        rows.model.objects.bulk_create(_copies(rows.all(), subevent=made))
    return made


def _shifted(moment: datetime | None, later: timedelta, event: Event) -> datetime | None:
    """Move a moment by whole days: a concert at eight stays at eight when summer time ends."""
    return None if moment is None else moment.astimezone(event.tz) + later


def _copies(rows: Any, **changed: Any) -> Iterator[Any]:
    for row in rows:
        row.pk = None
        for name, value in changed.items():
            setattr(row, name, value)
        yield row


def _copy_quotas(quotas: Sequence[Quota], subevent: SubEvent) -> None:
    for quota in quotas:
        items, variations = list(quota.items.all()), list(quota.variations.all())
        made = Quota.objects.create(
            event=subevent.event,
            subevent=subevent,
            name=quota.name,
            size=quota.size,
            close_when_sold_out=quota.close_when_sold_out,
            release_after_exit=quota.release_after_exit,
            ignore_for_event_availability=quota.ignore_for_event_availability,
        )
        made.items.set(items)
        made.variations.set(variations)


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
