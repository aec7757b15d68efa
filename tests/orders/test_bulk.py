from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from counterfoil.orders import bulk
from counterfoil.orders.models import Order, OrderPosition
from makers import make_event, make_item, make_order

pytestmark = pytest.mark.django_db


def _pattern(order: Order) -> bulk.BulkInserter:
    return bulk.BulkInserter(order, ["id", "code"])


def test_rows_inserted_in_bulk_are_like_their_pattern() -> None:
    event = make_event()
    sample = make_order(
        event,
        items=[],
        total=Decimal("12.34"),
        api_meta={"from": "O'Brien \\ \t ü"},
        comment="first\nsecond\\N",
        datetime=datetime(2026, 10, 1, 8, 0, 0, 123456, tzinfo=UTC),
    )

    _pattern(sample).insert(zip(bulk.draw_ids(Order, 2), ["AAAAA", "BBBBB"], strict=True))

    copies = Order.objects.filter(code__in=["AAAAA", "BBBBB"])
    compared = ["total", "api_meta", "comment", "datetime", "testmode", "email", "sales_channel"]
    assert list(copies.values(*compared).distinct()) == [
        Order.objects.values(*compared).get(pk=sample.pk)
    ]


def test_ids_drawn_are_not_given_again() -> None:
    event = make_event()
    first = make_order(event, items=[])

    drawn = bulk.draw_ids(Order, 3)
    _pattern(first).insert(zip(drawn, ["AAAAA", "BBBBB", "CCCCC"], strict=True))
    last = make_order(event, items=[])

    assert drawn == sorted(drawn)
    assert first.pk < drawn[0] < drawn[-1] < last.pk


def test_ids_can_be_drawn_for_an_empty_table() -> None:
    assert len(set(bulk.draw_ids(OrderPosition, 5))) == 5


def test_a_broken_constraint_is_told_and_inserts_nothing() -> None:
    event = make_event()
    taken = make_order(event, items=[make_item(event)])

    ids = bulk.draw_ids(Order, 2)

    with pytest.raises(IntegrityError), transaction.atomic():
        _pattern(taken).insert(zip(ids, ["AAAAA", taken.code], strict=True))

    assert Order.objects.get() == taken
