from __future__ import annotations

from typing import Any

import pytest

from counterfoil.accounts.actors import TokenActor
from counterfoil.catalog.models import Event
from counterfoil.core.refusals import Gone, Invalid
from counterfoil.jobs.models import Job
from counterfoil.layouts.builtin import built_in_layout
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.services import PrintItem, request_render
from makers import make_event, make_item, make_layout, make_order, qr_element


def test_a_request_is_a_job_that_says_who_asked(position: OrderPosition, actor: TokenActor) -> None:
    request = request_render(
        event=position.order.event, actor=actor, parts=[PrintItem(position.pk)], purpose="test"
    )

    assert request.requested_by == actor.key
    assert request.parts == [[position.pk, 0]]
    assert request.layouts == [
        {
            "name": "Built-in layout",
            "elements": built_in_layout(),
            "background": None,
            "layout": None,
        }
    ]
    assert (request.job.state, request.job.progress_total) == (Job.State.WAITING, 1)


def test_layouts_are_pinned_as_they_are_when_asked(
    position: OrderPosition, actor: TokenActor
) -> None:
    layout = make_layout(position.order.event, default=True)

    request = request_render(
        event=position.order.event, actor=actor, parts=[PrintItem(position.pk)], purpose="test"
    )
    layout.layout = [qr_element(size="99")]
    layout.save()

    request.refresh_from_db()
    assert request.layouts[0]["elements"] != layout.layout


def test_each_layout_is_pinned_once_and_each_part_points_at_its_own(
    event: Event, actor: TokenActor
) -> None:
    order = make_order(event, items=[make_item(event), make_item(event)])
    first, second = (position.pk for position in order.positions.order_by("pk"))
    special = make_layout(event)
    parts = [
        PrintItem(first),
        PrintItem(second, override_layout=special),
        PrintItem(second),
        PrintItem(first),
    ]

    request = request_render(event=event, actor=actor, parts=parts, purpose="test")

    assert request.parts == [[first, 0], [second, 1], [second, 0], [first, 0]]
    assert [pinned["name"] for pinned in request.layouts] == ["Built-in layout", special.name]


def test_nothing_is_not_printed(event: Event, actor: TokenActor) -> None:
    with pytest.raises(Invalid):
        request_render(event=event, actor=actor, parts=[], purpose="test")

    assert not Job.objects.exists()


def test_positions_of_other_events_are_not_printed(
    position: OrderPosition, actor: TokenActor
) -> None:
    other = make_event(position.order.event.organizer)

    with pytest.raises(Gone):
        request_render(event=other, actor=actor, parts=[PrintItem(position.pk)], purpose="test")

    assert not Job.objects.exists()


@pytest.mark.parametrize("amount", [1, 400])
def test_asking_takes_the_same_queries_for_any_number_of_tickets(
    event: Event, actor: TokenActor, amount: int, django_assert_max_num_queries: Any
) -> None:
    order = make_order(event, items=[make_item(event)] * amount)
    parts = [PrintItem(pk) for pk in order.positions.values_list("pk", flat=True)]

    with django_assert_max_num_queries(12):
        request_render(event=event, actor=actor, parts=parts, purpose="test")
