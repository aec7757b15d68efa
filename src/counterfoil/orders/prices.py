"""What a product costs, and how much of that is tax."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from counterfoil.catalog import money
from counterfoil.catalog.models import Item, ItemVariation, SubEvent, TaxRule


@dataclass(frozen=True, slots=True)
class Price:
    """What a position costs (``gross``), with its tax as the position's columns keep it."""

    gross: Decimal
    tax_rate: Decimal
    tax_value: Decimal
    tax_rule: TaxRule | None
    tax_code: str | None


def list_price(
    *, item: Item, variation: ItemVariation | None = None, subevent: SubEvent | None = None
) -> Decimal:
    """Return the price that the product has on this date, before tax rules look at it.

    The most particular price wins: the variation's on this date, its own, the product's on this
    date, its own.
    """
    if variation is not None:
        own = _variation_price(variation, subevent)
        if own is not None:
            return own
    override = subevent.item_overrides.filter(item=item).first() if subevent else None
    return item.default_price if override is None or override.price is None else override.price


def _variation_price(variation: ItemVariation, subevent: SubEvent | None) -> Decimal | None:
    override = (
        subevent.variation_overrides.filter(variation=variation).first() if subevent else None
    )
    if override is not None and override.price is not None:
        return override.price
    return variation.default_price


def taxed(price: Decimal, *, rule: TaxRule | None, currency: str) -> Price:
    """Split a price that the rule says includes its tax, or add the tax to one that does not."""
    if rule is None:
        return Price(money.rounded(price, currency), Decimal("0.00"), Decimal("0.00"), None, None)
    if not rule.price_includes_tax:
        return gross_price(
            money.rounded(price * (1 + rule.rate / 100), currency), rule=rule, currency=currency
        )
    return gross_price(price, rule=rule, currency=currency)


def gross_price(gross: Decimal, *, rule: TaxRule | None, currency: str) -> Price:
    """Split a price that somebody pays, whatever the rule says about list prices."""
    gross = money.rounded(gross, currency)
    if rule is None:
        return Price(gross, Decimal("0.00"), Decimal("0.00"), None, None)
    net = money.rounded(gross / (1 + rule.rate / 100), currency)
    return Price(gross, rule.rate, gross - net, rule, rule.code)
