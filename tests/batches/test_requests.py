from __future__ import annotations

import pytest

from batches.making import ask, make, work
from counterfoil.batches import requests
from counterfoil.jobs.models import Job
from makers import make_event, make_item, make_layout, make_variation

pytestmark = pytest.mark.django_db


def test_what_was_made_is_under_way_or_failed_is_one_list() -> None:
    event = make_event()
    item = make_item(event, quota=5)
    made, failed, waiting = work(ask(item, 4)), work(ask(item, 9)), ask(item, 1)
    ask(make_item(make_event(event.organizer)))

    result = list(requests.requests_of(event))

    assert result == [waiting, failed, made]
    assert list(requests.in_states(requests.requests_of(event), [Job.State.FAILED])) == [failed]


def test_requests_are_found_by_comment_and_by_the_code_of_an_order() -> None:
    event = make_event()
    item = make_item(event)
    batch = make(item, 2, comment="For the Kiosk")
    ask(item, comment="For the door")
    code = batch.tickets.get(number=2).position.order.code

    for text in ("kiosk", code.lower()):
        (result,) = requests.search(requests.requests_of(event), text, event)
        assert result.batch == batch


def test_a_request_names_its_objects_even_after_some_were_deleted() -> None:
    event = make_event()
    variation = make_variation(make_item(event))
    layout = make_layout(event)
    ask(variation.item, variation=variation, layout=layout, comment="For the kiosk")

    before = requests.requests_of(event).get()
    shown = (before.item, before.variation, before.layout)
    assert shown == (variation.item, variation, layout)
    layout.delete()
    variation.item.delete()
    after = requests.requests_of(event).get()

    assert (after.item, after.variation, after.layout, after.subevent) == (None, None, None, None)
    assert (after.item_id, after.layout_id) == (before.item_id, before.layout_id)
    assert (after.amount, after.comment) == (3, "For the kiosk")
    assert list(requests.for_product_or_date(requests.requests_of(event), item=before.item_id))
