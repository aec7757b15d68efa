from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from counterfoil.batches.builder import BatchBuilder
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.spec import BatchSpec
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.orders.models import Order, OrderPosition
from makers import make_event, make_item, make_order

pytestmark = pytest.mark.django_db


def _builder(event: Event, amount: int = 3) -> BatchBuilder:
    web = event.organizer.sales_channels.get(identifier="web")
    spec = BatchSpec(item=make_item(event), amount=amount, sales_channel=web)
    return BatchBuilder.draw(event, spec)


def _insert(builder: BatchBuilder) -> OfflineSalesBatch:
    with transaction.atomic():
        batch = OfflineSalesBatch.objects.create(
            event=builder.event, creation=clock.now(), **builder.spec.columns()
        )
        builder.insert(batch, check=lambda: None)
    return batch


def test_a_code_that_was_taken_since_it_was_drawn_is_drawn_again() -> None:
    event = make_event()
    builder = _builder(event)
    first, taken, last = builder.codes
    make_order(event, items=[], code=taken)

    _insert(builder)

    made = list(OrderPosition.objects.order_by("pk").values_list("order__code", flat=True))
    assert made == sorted(made)
    assert {first, last} < set(made)
    assert taken not in made


def test_a_secret_that_was_taken_is_drawn_again() -> None:
    event = make_event()
    builder = _builder(event)
    taken = builder.secrets[1]
    old = make_order(event, items=[builder.spec.item])
    old.positions.update(secret=taken)

    batch = _insert(builder)

    assert batch.tickets.count() == 3
    assert not batch.tickets.filter(position__secret=taken).exists()


def test_a_conflict_that_drawing_cannot_mend_is_told() -> None:
    builder = _builder(make_event())
    builder.secrets = ["same", "same", "other"]

    with pytest.raises(IntegrityError):
        _insert(builder)

    assert not Order.objects.exists()


def test_the_tickets_of_a_batch_stand_in_the_order_of_their_codes() -> None:
    builder = _builder(make_event(), amount=50)

    batch = _insert(builder)

    numbered = batch.tickets.order_by("number").values_list("position__order__code", flat=True)
    assert list(numbered) == builder.codes == sorted(builder.codes)
