"""How many tickets are on a list, came in, and are inside."""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.checkin.models import CheckinList
from counterfoil.checkin.queries import inside, lists_of, positions_on, tallies
from gate import Gate, make_list
from makers import make_item, make_position, make_subevent, make_variation


def count(checkin_list: CheckinList) -> tuple[int, int]:
    """Return tickets and check-ins, and see that both ways of counting agree."""
    tally = tallies(checkin_list.event, [checkin_list])[checkin_list.pk]
    assert tally.positions.total() == positions_on(checkin_list).count()
    return tally.positions.total(), tally.checkins.total()


def test_a_list_counts_each_ticket_that_came_in_once(gate: Gate) -> None:
    first, _second = gate.ticket(), gate.ticket()
    gate.set(allow_multiple_entries=True)
    for _ in range(3):
        gate.scan(first)

    assert count(gate.list) == (2, 1)


@pytest.mark.parametrize(
    ("order", "list_fields", "expected"),
    [
        ({"status": "n"}, {}, 0),
        ({"status": "n"}, {"include_pending": True}, 1),
        ({"status": "n", "valid_if_pending": True}, {}, 1),
        ({"status": "e"}, {"include_pending": True}, 0),
        ({"status": "c"}, {"include_pending": True}, 0),
        ({}, {"all_products": False}, 0),
    ],
)
def test_a_list_counts_whom_it_would_admit(
    gate: Gate, order: dict[str, Any], list_fields: dict[str, Any], expected: int
) -> None:
    gate.ticket(**order)
    gate.set(**list_fields)

    assert count(gate.list) == (expected, 0)


def test_a_list_of_a_date_counts_its_date(gate: Gate) -> None:
    date = make_subevent(gate.event)
    ticket = gate.ticket()
    make_position(ticket.order, gate.item, positionid=2, subevent=date)

    assert count(make_list(gate.event, subevent=date)) == (1, 0)


def test_canceled_positions_are_not_counted(gate: Gate) -> None:
    ticket = gate.ticket()
    gate.scan(ticket)
    ticket.canceled = True
    ticket.save()

    assert count(gate.list) == (0, 0)
    assert not inside(gate.list).exists()


def test_variations_are_counted_within_their_item(gate: Gate) -> None:
    front, back = make_variation(gate.item), make_variation(gate.item)
    ticket = gate.ticket()
    make_position(ticket.order, gate.item, positionid=2, variation=front)

    tally = tallies(gate.event, [gate.list])[gate.list.pk]

    assert tally.of_item(gate.item) == (2, 0)
    assert (tally.of_variation(front), tally.of_variation(back)) == ((1, 0), (0, 0))


def test_who_left_is_not_inside(gate: Gate) -> None:
    stays, leaves = gate.ticket(), gate.ticket()
    for ticket in (stays, leaves):
        gate.scan(ticket)
    gate.scan(leaves, type="exit")

    assert list(inside(gate.list)) == [stays]


@pytest.mark.parametrize("lists", [1, 20])
def test_counting_costs_the_same_for_any_number_of_lists(
    gate: Gate, lists: int, django_assert_num_queries: Any
) -> None:
    for number in range(lists):
        made = make_list(gate.event, name=str(number), all_products=False)
        made.limit_products.set([gate.item, make_item(gate.event)])

    with django_assert_num_queries(4):
        tallies(gate.event, list(lists_of(gate.event)))
