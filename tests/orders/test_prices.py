from __future__ import annotations

from decimal import Decimal

import pytest

from counterfoil.catalog.models import SubEventItem, SubEventItemVariation
from counterfoil.orders.prices import gross_price, list_price, taxed
from makers import make_event, make_item, make_subevent, make_tax_rule, make_variation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("gross", "tax"), [("23.00", "3.67"), ("120.00", "19.16"), ("0.00", "0.00"), ("0.01", "0.00")]
)
def test_included_tax_is_taken_out_of_the_price(gross: str, tax: str) -> None:
    rule = make_tax_rule(make_event())

    price = taxed(Decimal(gross), rule=rule, currency="EUR")

    assert (price.gross, price.tax_value) == (Decimal(gross), Decimal(tax))
    assert (price.tax_rule, price.tax_rate) == (rule, Decimal("19.00"))


def test_tax_that_is_not_included_is_added() -> None:
    rule = make_tax_rule(make_event(), price_includes_tax=False)

    price = taxed(Decimal("100.00"), rule=rule, currency="EUR")

    assert (price.gross, price.tax_value) == (Decimal("119.00"), Decimal("19.00"))


def test_what_somebody_paid_always_includes_the_tax() -> None:
    rule = make_tax_rule(make_event(), price_includes_tax=False)

    assert gross_price(Decimal("119.00"), rule=rule, currency="EUR").tax_value == Decimal("19.00")


def test_without_a_rule_there_is_no_tax() -> None:
    price = taxed(Decimal("10.00"), rule=None, currency="EUR")

    assert (price.tax_rate, price.tax_value, price.tax_rule) == (0, 0, None)


def test_currencies_without_a_minor_unit_are_rounded_to_whole_ones() -> None:
    rule = make_tax_rule(make_event(), rate=Decimal("10.00"))

    assert taxed(Decimal("1050.00"), rule=rule, currency="JPY").tax_value == Decimal("95.00")


def test_the_most_particular_price_wins() -> None:
    event = make_event(has_subevents=True)
    date, other = make_subevent(event), make_subevent(event)
    item = make_item(event, default_price=Decimal("10.00"))
    plain, own = make_variation(item), make_variation(item, default_price=Decimal("20.00"))
    SubEventItem.objects.create(subevent=date, item=item, price=Decimal("30.00"))
    SubEventItemVariation.objects.create(subevent=date, variation=own, price=Decimal("40.00"))

    prices = [
        list_price(item=item, variation=variation, subevent=subevent)
        for subevent in (None, other, date)
        for variation in (None, plain, own)
    ]

    assert [int(price) for price in prices] == [10, 10, 20, 10, 10, 20, 30, 30, 40]


def test_an_override_without_a_price_changes_none() -> None:
    event = make_event(has_subevents=True)
    date, item = make_subevent(event), make_item(event, default_price=Decimal("10.00"))
    SubEventItem.objects.create(subevent=date, item=item, price=None, disabled=True)

    assert list_price(item=item, subevent=date) == 10
