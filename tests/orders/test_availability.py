from __future__ import annotations

from typing import Any

import pytest

from counterfoil.orders.availability import ProductAvailability, availabilities_of, products_of
from makers import (
    make_event,
    make_item,
    make_order,
    make_quota,
    make_subevent,
    make_variation,
)

pytestmark = pytest.mark.django_db


def told(offers: list[ProductAvailability]) -> list[tuple[str, int | None]]:
    return [(str(offer.variation or offer.item), offer.left) for offer in offers]


def test_what_is_active_and_in_a_quota_is_offered_in_the_order_of_sale() -> None:
    event = make_event()
    make_item(event, name={"en": "Last"}, position=2)
    first = make_item(event, name={"en": "First"}, position=1, quota=5)
    make_item(event, active=False)
    make_item(event, quota=False)
    make_order(event, items=[first, first])

    assert told(availabilities_of(event)) == [("First", 3), ("Last", None)]


def test_variations_are_offered_instead_of_their_product() -> None:
    event = make_event()
    item = make_item(event, quota=7)
    make_variation(item, value={"en": "Front"})
    make_variation(item, value={"en": "Back"}, active=False)

    (offer,) = availabilities_of(event)

    assert (str(offer.variation), offer.left) == ("Front", 7)
    assert offer.key == f"{item.pk}-{offer.variation and offer.variation.pk}"


def test_the_quota_with_the_fewest_left_decides() -> None:
    event = make_event()
    item = make_item(event, quota=7)
    make_quota(event, size=4, items=[item])
    make_quota(event, size=None, items=[item])

    assert told(availabilities_of(event)) == [(str(item), 4)]


def test_a_closed_quota_is_sold_out() -> None:
    event = make_event()
    item = make_item(event, quota=7)
    item.quotas.update(closed=True)

    (offer,) = availabilities_of(event)

    assert offer.is_sold_out


def test_each_date_of_a_series_has_offers_of_its_own() -> None:
    event = make_event(has_subevents=True)
    item, other = make_item(event), make_item(event)
    friday, saturday = make_subevent(event), make_subevent(event)
    make_quota(event, size=5, items=[item, other], subevent=friday)
    make_quota(event, size=9, items=[item], subevent=saturday)
    friday.item_overrides.create(item=other, disabled=True)

    assert told(availabilities_of(event, friday)) == [(str(item), 5)]
    assert told(availabilities_of(event, saturday)) == [(str(item), 9)]
    assert told(products_of(event)) == [(str(item), None), (str(other), None)]


def test_many_products_take_as_many_queries_as_two(django_assert_num_queries: Any) -> None:
    event = make_event()
    for _ in range(5):
        make_variation(make_item(event, quota=3))

    with django_assert_num_queries(6):
        availabilities_of(event)
