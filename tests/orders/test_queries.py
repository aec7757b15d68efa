from __future__ import annotations

import pytest

from counterfoil.core.refusals import Gone
from counterfoil.orders.models import Order
from counterfoil.orders.queries import availability, left
from counterfoil.orders.quotas import NoQuota, Sellable, SoldOut, take
from makers import (
    make_event,
    make_item,
    make_order,
    make_position,
    make_quota,
    make_subevent,
    make_variation,
)

pytestmark = pytest.mark.django_db


def test_pending_and_paid_positions_use_a_quota_up() -> None:
    event = make_event()
    item = make_item(event, quota=False)
    quota = make_quota(event, size=10, items=[item])
    for status, number in (("p", 3), ("n", 2), ("e", 1), ("c", 1)):
        make_order(event, items=[item] * number, status=status)

    counted = availability([quota])[quota.pk]

    assert (counted.paid, counted.pending, counted.used, counted.left) == (3, 2, 5, 5)


def test_canceled_positions_give_their_place_back() -> None:
    event = make_event()
    item = make_item(event, quota=False)
    quota = make_quota(event, size=10, items=[item])
    for status in ("p", "n"):
        order = make_order(event, items=[item], status=status)
        make_position(order, item, positionid=2, canceled=True)

    assert availability([quota])[quota.pk].used == 2


def test_only_the_variations_of_the_quota_count() -> None:
    event = make_event()
    item = make_item(event, quota=False)
    front, back = make_variation(item), make_variation(item)
    quota = make_quota(event, size=10, items=[item], variations=[front])
    order = make_order(event, items=[])
    for number, variation in enumerate((front, front, back), start=1):
        make_position(order, item, positionid=number, variation=variation)

    assert availability([quota])[quota.pk].used == 2


def test_only_the_date_of_the_quota_counts() -> None:
    event = make_event(has_subevents=True)
    item = make_item(event)
    hamburg, munich = make_subevent(event), make_subevent(event)
    quotas = [make_quota(event, size=10, items=[item], subevent=each) for each in (hamburg, munich)]
    order = make_order(event, items=[], status=Order.Status.PENDING)
    for number, date in enumerate((hamburg, hamburg, munich), start=1):
        make_position(order, item, positionid=number, subevent=date)

    assert [counted.used for counted in availability(quotas).values()] == [2, 1]


def test_many_quotas_are_counted_in_one_query(django_assert_num_queries) -> None:
    event = make_event()
    items = [make_item(event, quota=5) for _ in range(5)]
    make_order(event, items=items)
    quotas = list(event.quotas.all())

    with django_assert_num_queries(1):
        counted = left(quotas)

    assert list(counted.values()) == [4] * 5


def test_a_closed_quota_has_none_left_and_an_unlimited_one_always_some() -> None:
    event = make_event()
    closed = make_quota(event, size=None, items=[], closed=True)
    unlimited = make_quota(event, size=None, items=[])

    counted = availability([closed, unlimited])

    assert (counted[closed.pk].left, counted[closed.pk].available) == (0, False)
    assert (counted[unlimited.pk].left, counted[unlimited.pk].available) == (None, True)


def test_a_quota_made_smaller_than_what_was_sold_has_none_left() -> None:
    event = make_event()
    item = make_item(event, quota=1)
    make_order(event, items=[item, item])

    assert list(left(list(event.quotas.all())).values()) == [0]


def test_nothing_is_counted_for_no_quota(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert availability([]) == {}


def test_all_quotas_of_a_product_must_have_enough() -> None:
    event = make_event()
    item = make_item(event, quota=10)
    small = make_quota(event, size=3, items=[item], name="Small room")

    with pytest.raises(SoldOut, match="“Small room” has 3 left, but 4 are needed"):
        take({Sellable(item): 4})

    take({Sellable(item): 3})
    # Counted is what is inserted, not what is taken.
    assert availability([small])[small.pk].used == 0


def test_products_that_share_a_quota_need_it_together() -> None:
    event = make_event()
    one, two = make_item(event, quota=False), make_item(event, quota=False)
    make_quota(event, size=3, items=[one, two])

    with pytest.raises(SoldOut, match="3 left, but 4"):
        take({Sellable(one): 2, Sellable(two): 2})


def test_all_quotas_that_are_short_are_named() -> None:
    event = make_event()
    one, two = make_item(event, quota=1), make_item(event, quota=2)

    with pytest.raises(SoldOut) as refused:
        take({Sellable(one): 2, Sellable(two): 3})

    assert "1 left, but 2" in str(refused.value)
    assert "2 left, but 3" in str(refused.value)


def test_what_is_in_no_quota_cannot_be_taken() -> None:
    item = make_item(make_event(), quota=False)

    with pytest.raises(NoQuota):
        take({Sellable(item): 1})


def test_a_quota_that_closes_when_sold_out_stays_closed() -> None:
    event = make_event()
    item = make_item(event, quota=False)
    quota = make_quota(event, size=3, items=[item], close_when_sold_out=True)

    take({Sellable(item): 3})
    quota.refresh_from_db()

    assert quota.closed
    with pytest.raises(Gone, match="0 left"):
        take({Sellable(item): 1})
