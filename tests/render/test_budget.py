from __future__ import annotations

import io
import random

import pytest

from counterfoil.render import (
    Budget,
    CostlyTicketError,
    Plan,
    Ticket,
    TicketError,
    inspect,
    render_pdf,
)
from render.rendering import plan_of, text_box, ticket

AMPLE_S = 1000.0


def _mixed(count: int, seed: int = 1) -> str:
    """Return text whose direction changes all the time."""
    chance = random.Random(seed)
    return "".join(chance.choice("abc אבג 12 (ﷺ) ") for _ in range(count))


def _print(plan: Plan, *tickets: Ticket, budget: Budget) -> None:
    items = ((plan, each) for each in tickets)
    render_pdf(io.BytesIO(), items, title="Tickets", budget=budget)


def test_a_text_of_too_many_characters_fails_the_ticket_and_names_the_element() -> None:
    plan = plan_of([text_box("short"), text_box(content="attendee_name")])
    budget = Budget(characters=100, cpu_s=AMPLE_S)

    _print(plan, ticket(attendee_name="a" * 100), budget=budget)
    with pytest.raises(TicketError) as refused:
        _print(plan, ticket(attendee_name="b" * 101), budget=budget)

    assert refused.value.pointer == "/1"
    assert refused.value.message == "The text has 101 characters, and 100 are allowed."


def test_a_ticket_that_takes_too_long_is_given_up_and_names_the_element() -> None:
    plan = plan_of([text_box("short"), text_box(_mixed(30_000), autoresize=True)])

    with pytest.raises(CostlyTicketError) as refused:
        _print(plan, ticket(), budget=Budget(characters=100_000, cpu_s=0.05))

    assert refused.value.pointer == "/1"
    assert "takes more than 0.05 seconds to draw" in refused.value.message


def test_each_ticket_has_the_whole_budget() -> None:
    plan = plan_of([text_box(content="attendee_name")])
    texts = [_mixed(300, seed) for seed in range(200)]

    _print(
        plan,
        *(ticket(attendee_name=text) for text in texts),
        budget=Budget(characters=1000, cpu_s=1.0),
    )


def test_work_can_be_stopped_inside_a_ticket() -> None:
    plan = plan_of([text_box(_mixed(30_000, seed=2), autoresize=True)])

    class Stopped(Exception):
        pass

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        _print(plan, ticket(), budget=Budget(characters=100_000, cpu_s=AMPLE_S, check=stop))


def test_an_editor_is_told_which_text_is_too_long_and_sees_the_others() -> None:
    area = {**text_box("y" * 101), "type": "textarea"}
    del area["height"], area["verticalalign"]
    plan = plan_of([text_box("x" * 101), area, text_box("short")])

    told = inspect(plan, ticket(), budget=Budget(characters=100, cpu_s=AMPLE_S))

    too_long = "The text has 101 characters, and 100 are allowed."
    assert [each.problem for each in told] == [too_long, too_long, None]


def test_an_editor_is_told_which_element_takes_too_long() -> None:
    plan = plan_of([text_box("x"), text_box(_mixed(30_000, seed=3), autoresize=True)])

    with pytest.raises(CostlyTicketError) as refused:
        inspect(plan, ticket(), budget=Budget(characters=100_000, cpu_s=0.05))

    assert refused.value.pointer == "/1"
