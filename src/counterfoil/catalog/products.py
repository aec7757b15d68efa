"""Items with their variations, categories and tax rules: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from counterfoil.catalog import money, saving
from counterfoil.catalog.models import Event, Item, ItemCategory, ItemVariation, TaxRule
from counterfoil.core.refusals import Forbidden, Invalid


@transaction.atomic
def create_item(
    *, event: Event, fields: Mapping[str, Any], variations: Sequence[Mapping[str, Any]] = ()
) -> Item:
    """Make an item, with its variations if it has any. It cannot gain a first one later.

    Raises:
        Invalid: it would stop being available before it starts.
    """
    item = save_item(item=Item(event=event), fields=fields)
    for fields_of_variation in variations:
        _write_variation(ItemVariation(item=item), fields_of_variation)
    return item


@transaction.atomic
def save_item(*, item: Item, fields: Mapping[str, Any]) -> Item:
    """Write the fields of an item.

    Raises:
        Invalid: it would stop being available before it starts, or its tickets being valid, or a
            price has more decimals than the currency.
    """
    _check_prices(item.event, fields)
    _check_available(item, fields)
    merged = saving.merge_extra(item, fields)
    _check_validity(merged.get("extra", {}))
    return saving.write(item, merged)


@transaction.atomic
def copy_item(*, item: Item, suffix: str) -> Item:
    """Make a product like another, with its variations and without its quotas."""
    columns = {
        field.name: getattr(item, field.name)
        for field in Item._meta.concrete_fields
        if field.name not in ("id", "name")
    }
    name = {code: f"{text} {suffix}"[:200] for code, text in item.name.items()}
    copy = Item.objects.create(**{**columns, "name": name})
    copy.limit_sales_channels.set(item.limit_sales_channels.all())
    for variation in item.variations.order_by("position", "pk"):
        channels = list(variation.limit_sales_channels.all())
        variation.pk, variation.item = None, copy
        variation._state.adding = True
        variation.save()
        variation.limit_sales_channels.set(channels)
    return copy


@transaction.atomic
def delete_item(*, item: Item) -> None:
    """Delete an item with its variations.

    Raises:
        Forbidden: it was sold.
    """
    saving.delete(
        item, _("This product was sold, so it cannot be deleted. Make it inactive instead.")
    )


@transaction.atomic
def add_variation(*, item: Item, fields: Mapping[str, Any]) -> ItemVariation:
    """Add a variation to an item that has some.

    Raises:
        Forbidden: the item has none: tickets of it may be sold, without a variation.
        Invalid: it would stop being available before it starts.
    """
    if not item.variations.exists():
        raise Forbidden(_("A product without variations cannot be given some."))
    return _write_variation(ItemVariation(item=item), fields)


@transaction.atomic
def change_variation(*, variation: ItemVariation, fields: Mapping[str, Any]) -> ItemVariation:
    """Change a variation.

    Raises:
        Invalid: it would stop being available before it starts.
    """
    return _write_variation(variation, fields)


def _write_variation(variation: ItemVariation, fields: Mapping[str, Any]) -> ItemVariation:
    _check_prices(variation.item.event, fields)
    _check_available(variation, fields)
    return saving.write(variation, saving.merge_extra(variation, fields))


def _check_prices(event: Event, fields: Mapping[str, Any]) -> None:
    """Refuse what would be rounded when it is sold. Two decimals are always accepted."""
    most = money.written_places(event.currency)
    for name in ("default_price", "original_price"):
        price = fields.get(name)
        if price is not None and money.places_of(Decimal(price)) > most:
            words = _("A price in %(currency)s has at most %(count)d decimals.")
            raise Invalid({name: [words % {"currency": event.currency, "count": most}]})


def _check_available(row: Item | ItemVariation, fields: Mapping[str, Any]) -> None:
    start = fields.get("available_from", row.available_from)
    end = fields.get("available_until", row.available_until)
    saving.check_period(
        start, end, "available_until", _("This cannot stop being available before it starts to be.")
    )


def _check_validity(extra: Mapping[str, Any]) -> None:
    start, end = (
        parse_datetime(extra.get(name) or "")
        for name in ("validity_fixed_from", "validity_fixed_until")
    )
    words = _("The ticket cannot be valid until a time before it becomes valid.")
    saving.check_period(start, end, "validity_fixed_until", words)


@transaction.atomic
def delete_variation(*, variation: ItemVariation) -> None:
    """Delete a variation.

    Raises:
        Forbidden: it was sold, or it is the last one of its item.
    """
    if not variation.item.variations.exclude(pk=variation.pk).exists():
        raise Forbidden(_("This is the last variation; the product cannot go on without any."))
    saving.delete(
        variation, _("This variation was sold, so it cannot be deleted. Make it inactive instead.")
    )


@transaction.atomic
def save_category(*, category: ItemCategory, fields: Mapping[str, Any]) -> ItemCategory:
    return saving.write(category, saving.merge_extra(category, fields))


@transaction.atomic
def delete_category(*, category: ItemCategory) -> None:
    """Delete a category. Its products stay, without one."""
    saving.delete(category)


@transaction.atomic
def save_tax_rule(*, rule: TaxRule, fields: Mapping[str, Any]) -> TaxRule:
    """Write a tax rule. A new default takes the place of the old one."""
    if fields.get("default"):
        saving.one_at_a_time(rule.event)
        rule.event.tax_rules.exclude(pk=rule.pk).filter(default=True).update(default=False)
    return saving.write(rule, fields)


@transaction.atomic
def delete_tax_rule(*, rule: TaxRule) -> None:
    """Delete a tax rule.

    Raises:
        Forbidden: a product or a ticket that was sold uses it.
    """
    saving.delete(rule, _("Products or tickets use this tax rule, so it cannot be deleted."))
