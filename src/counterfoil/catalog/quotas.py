"""Quotas: made, changed, deleted. How much of one is used is counted by the orders room."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.catalog import saving
from counterfoil.catalog.models import Event, Item, ItemVariation, Quota, SubEvent
from counterfoil.core.refusals import Invalid


@transaction.atomic
def save_quota(*, quota: Quota, fields: Mapping[str, Any]) -> Quota:
    """Write a quota.

    Raises:
        Invalid: its products and date do not belong together or to its event.
    """
    items, variations = _products(quota, fields)
    _check_products(quota.event, items, variations)
    _check_subevent(quota.event, fields.get("subevent", quota.subevent))
    return saving.write(quota, fields)


@transaction.atomic
def delete_quota(*, quota: Quota) -> None:
    """Delete a quota. What was sold from it stays; products in no quota cannot be sold."""
    saving.delete(quota)


def _products(
    quota: Quota, fields: Mapping[str, Any]
) -> tuple[Collection[Item], Collection[ItemVariation]]:
    old = quota.pk is not None
    items = fields.get("items", quota.items.all() if old else ())
    variations = fields.get("variations", quota.variations.all() if old else ())
    return items, variations


def _check_products(
    event: Event, items: Collection[Item], variations: Collection[ItemVariation]
) -> None:
    listed = {item.pk for item in items}
    if any(item.event_id != event.pk for item in items):
        raise Invalid(_("One or more items do not belong to this event."))
    if any(variation.item_id not in listed for variation in variations):
        raise Invalid(_("All variations must belong to an item in the list of items."))
    chosen = {variation.item_id for variation in variations}
    needy = Item.objects.filter(pk__in=listed - chosen, variations__isnull=False)
    if needy.exists():
        raise Invalid(_("An item has variations, but none of them is in the list of variations."))


def _check_subevent(event: Event, subevent: SubEvent | None) -> None:
    if event.has_subevents and subevent is None:
        raise Invalid(_("A quota of an event series belongs to one of its dates."))
    if not event.has_subevents and subevent is not None:
        raise Invalid(_("This event is not a series, so its quotas have no date."))
    if subevent is not None and subevent.event_id != event.pk:
        raise Invalid(_("The date does not belong to this event."))
