from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from counterfoil.accounts.actors import TokenActor
from counterfoil.core import clock
from counterfoil.core.refusals import Forbidden
from counterfoil.jobs.models import Job
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.ticket_downloads import ticket_of_position, tickets_of_order
from makers import make_item, make_order, make_position


def test_a_ticket_is_printed_once_for_everybody(position: OrderPosition, actor: TokenActor) -> None:
    first = ticket_of_position(position=position, actor=actor)

    again = ticket_of_position(position=position, actor=actor)

    assert again == first


def test_a_ticket_is_printed_anew_once_its_order_has_changed(
    position: OrderPosition, actor: TokenActor
) -> None:
    first = ticket_of_position(position=position, actor=actor)
    position.order.last_modified = clock.now()

    assert ticket_of_position(position=position, actor=actor) != first


def test_a_ticket_is_printed_once_though_another_hosts_clock_is_ahead(
    position: OrderPosition, actor: TokenActor
) -> None:
    position.order.last_modified = clock.now() + timedelta(hours=1)
    first = ticket_of_position(position=position, actor=actor)

    assert ticket_of_position(position=position, actor=actor) == first


def test_an_expired_print_is_made_again(position: OrderPosition, actor: TokenActor) -> None:
    first = ticket_of_position(position=position, actor=actor)
    past = clock.now() - timedelta(hours=1)
    Job.objects.update(state=Job.State.DONE, expires=past, result_file="results/x.pdf")

    assert ticket_of_position(position=position, actor=actor) != first


def test_a_failure_is_told_for_a_while_and_then_tried_again(
    position: OrderPosition, actor: TokenActor
) -> None:
    failed = ticket_of_position(position=position, actor=actor)
    Job.objects.update(state=Job.State.FAILED, message="No.")
    assert ticket_of_position(position=position, actor=actor) == failed

    RenderRequest.objects.update(created=clock.now() - timedelta(minutes=1))

    assert ticket_of_position(position=position, actor=actor) != failed


@pytest.mark.parametrize("status", ["n", "e", "c"])
def test_orders_that_are_not_paid_get_no_tickets(
    position: OrderPosition, actor: TokenActor, status: str
) -> None:
    position.order.status = status

    with pytest.raises(Forbidden):
        ticket_of_position(position=position, actor=actor)
    with pytest.raises(Forbidden):
        tickets_of_order(order=position.order, actor=actor)


def test_a_pending_order_that_counts_as_valid_gets_its_tickets(
    position: OrderPosition, actor: TokenActor
) -> None:
    position.order.status = Order.Status.PENDING
    position.order.valid_if_pending = True

    assert ticket_of_position(position=position, actor=actor)


@pytest.mark.parametrize(
    ("given", "has_one"),
    [
        ({"admission": True}, True),
        ({"admission": False}, True),
        ({"admission": False, "generate_tickets": True}, True),
        ({"admission": True, "generate_tickets": False}, False),
    ],
)
def test_products_say_whether_they_have_tickets(
    position: OrderPosition, actor: TokenActor, given: dict[str, Any], has_one: bool
) -> None:
    other = make_position(position.order, make_item(position.order.event, **given), positionid=2)
    numbers = {position.pk, other.pk} if has_one else {position.pk}

    request = tickets_of_order(order=position.order, actor=actor)

    assert {number for number, _ in request.parts} == numbers


def test_the_settings_may_give_tickets_to_add_ons(
    position: OrderPosition, actor: TokenActor
) -> None:
    event = position.order.event
    addon = make_position(position.order, make_item(event), positionid=2, addon_to=position)
    with pytest.raises(Forbidden):
        ticket_of_position(position=addon, actor=actor)

    event.settings = {"ticket_download_addons": True}
    event.save()

    addon.refresh_from_db()
    assert ticket_of_position(position=addon, actor=actor)


def test_the_settings_may_keep_tickets_to_admissions(
    position: OrderPosition, actor: TokenActor
) -> None:
    event = position.order.event
    parking = make_position(position.order, make_item(event, admission=False), positionid=2)
    assert ticket_of_position(position=parking, actor=actor)

    event.settings = {"ticket_download_nonadm": False}
    event.save()

    parking.refresh_from_db()
    with pytest.raises(Forbidden):
        ticket_of_position(position=parking, actor=actor)


def test_an_order_without_any_ticket_is_refused(position: OrderPosition, actor: TokenActor) -> None:
    event = position.order.event
    order = make_order(event, items=[make_item(event, generate_tickets=False)])

    with pytest.raises(Forbidden, match="no tickets"):
        tickets_of_order(order=order, actor=actor)
