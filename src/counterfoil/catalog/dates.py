"""The dates of an event series, with their own prices: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from counterfoil.catalog import saving
from counterfoil.catalog.models import (
    Event,
    SubEvent,
    SubEventItem,
    SubEventItemVariation,
)
from counterfoil.core.refusals import Invalid

Overrides = Sequence[Mapping[str, Any]]


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
        raise Invalid("This event is not a series, so it has no dates.")
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
    return subevent


def _check_dates(subevent: SubEvent, fields: Mapping[str, Any]) -> None:
    def value(name: str) -> Any:
        return fields.get(name, getattr(subevent, name))

    words = "The date cannot end before it starts."
    saving.check_period(value("date_from"), value("date_to"), "date_to", words)
    words = "The presale cannot end before it starts."
    saving.check_period(value("presale_start"), value("presale_end"), "presale_end", words)


def _check_once(overrides: Overrides, key: str, field: str) -> None:
    rows = [row[key].pk for row in overrides]
    if len(set(rows)) < len(rows):
        raise Invalid({field: ["There are two entries for the same product."]})


@transaction.atomic
def delete_subevent(*, subevent: SubEvent) -> None:
    """Delete a date with its quotas.

    Raises:
        Forbidden: tickets for it were sold.
    """
    saving.delete(
        subevent, "Tickets for this date were sold, so it cannot be deleted. Deactivate it instead."
    )
