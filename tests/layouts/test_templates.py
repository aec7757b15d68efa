from __future__ import annotations

import pytest

from counterfoil.layouts.templates import PAGE_SIZES, starter
from counterfoil.render import (
    FontLibrary,
    Ticket,
    blank_background,
    compile_plan,
    inspect,
    read_layout,
)
from counterfoil.render.units import Mm, pt

VALUES = {
    "event_name": "Summer Night Concert",
    "itemvar": "Weekend ticket - Early bird",
    "event_date_range": "Sat, June 12, 2027",
    "event_begin_time": "20:00",
    "event_location": "Old Congress Hall\nBridge Street 14\n80339 Munich",
    "price": "€49.50",
    "order_positionid": "A3K7C-1",
    "secret": "tq7n2k9w4hxz5m8rc3vj6yb2dfp9s4ga",
}


@pytest.mark.parametrize("name", PAGE_SIZES)
def test_a_starter_says_all_that_tells_tickets_apart_and_nothing_is_in_the_way(name: str) -> None:
    size = PAGE_SIZES[name]
    paper = blank_background(pt(Mm(size.width)), pt(Mm(size.height)))
    plan = compile_plan(read_layout(starter(size.width, size.height)), paper, FontLibrary())

    found = inspect(plan, Ticket("A", VALUES))

    assert plan.needs == frozenset(VALUES)
    assert [each.findings for each in found if each.findings] == []
