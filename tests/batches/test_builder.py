from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from counterfoil.batches.builder import BatchBuilder, Draft
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.orders.models import Order, OrderPosition
from makers import make_event, make_item, make_order

pytestmark = pytest.mark.django_db


def _draft(event: Event, amount: int = 3, **given: Any) -> Draft:
    defaults: dict[str, Any] = {
        "item": make_item(event),
        "variation": None,
        "subevent": None,
        "sales_channel": event.organizer.sales_channels.get(identifier="web"),
        "layout": None,
        "testmode": False,
        "comment": "",
    }
    return Draft(event=event, amount=amount, **{**defaults, **given})


def _insert(stock: BatchBuilder) -> OfflineSalesBatch:
    draft = stock.draft
    with transaction.atomic():
        batch = OfflineSalesBatch.objects.create(
            event=draft.event,
            creation=clock.now(),
            sales_channel=draft.sales_channel,
            item=draft.item,
            amount=draft.amount,
        )
        stock.insert(batch, check=lambda: None)
    return batch


def test_a_code_that_was_taken_since_it_was_drawn_is_drawn_again() -> None:
    event = make_event()
    stock = BatchBuilder.draw(_draft(event))
    first, taken, last = stock.codes
    make_order(event, items=[], code=taken)

    _insert(stock)

    made = list(OrderPosition.objects.order_by("pk").values_list("order__code", flat=True))
    assert made == sorted(made)
    assert {first, last} < set(made)
    assert taken not in made


def test_a_secret_that_was_taken_is_drawn_again() -> None:
    event = make_event()
    stock = BatchBuilder.draw(_draft(event))
    taken = stock.secrets[1]
    old = make_order(event, items=[stock.draft.item])
    old.positions.update(secret=taken)

    batch = _insert(stock)

    assert batch.tickets.count() == 3
    assert not batch.tickets.filter(position__secret=taken).exists()


def test_a_conflict_that_drawing_cannot_mend_is_told() -> None:
    stock = BatchBuilder.draw(_draft(make_event()))
    stock.secrets = ["same", "same", "other"]

    with pytest.raises(IntegrityError):
        _insert(stock)

    assert not Order.objects.exists()


def test_the_tickets_of_a_batch_stand_in_the_order_of_their_codes() -> None:
    stock = BatchBuilder.draw(_draft(make_event(), amount=50))

    batch = _insert(stock)

    numbered = batch.tickets.order_by("number").values_list("position__order__code", flat=True)
    assert list(numbered) == stock.codes == sorted(stock.codes)
