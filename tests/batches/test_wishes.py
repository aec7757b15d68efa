from __future__ import annotations

import pytest

from batches.making import ask, make, work
from counterfoil.batches import wishes
from counterfoil.jobs.models import Job
from makers import make_event, make_item, make_layout, make_variation

pytestmark = pytest.mark.django_db


def test_what_was_made_is_under_way_or_failed_is_one_list() -> None:
    event = make_event()
    item = make_item(event, quota=5)
    made, failed, waiting = work(ask(item, 4)), work(ask(item, 9)), ask(item, 1)
    ask(make_item(make_event(event.organizer)))

    found = list(wishes.wishes_of(event))

    assert found == [waiting, failed, made]
    assert list(wishes.in_states(wishes.wishes_of(event), [Job.State.FAILED])) == [failed]


def test_wishes_are_found_by_comment_and_by_the_code_of_an_order() -> None:
    event = make_event()
    item = make_item(event)
    batch = make(item, 2, comment="For the Kiosk")
    ask(item, comment="For the door")
    code = batch.tickets.get(number=2).position.order.code

    for text in ("kiosk", code.lower()):
        (found,) = wishes.matching(wishes.wishes_of(event), text, event)
        assert found.batch == batch


def test_wishes_tell_what_they_are_about_even_when_it_is_gone() -> None:
    event = make_event()
    variation = make_variation(make_item(event))
    layout = make_layout(event)
    asked = ask(variation.item, variation=variation, layout=layout)

    (before,) = wishes.with_things(event, [asked])
    layout.delete()
    (after,) = wishes.with_things(event, [asked])

    assert (before.item, before.variation) == (variation.item, variation)
    assert str(before.layout) == layout.name
    assert (after.item, after.layout, after.subevent) == (variation.item, None, None)
