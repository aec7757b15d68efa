from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image as Pillow

from counterfoil.render import Message, Ticket, TicketError, read_image
from render.rendering import code, codes, plan_of, printed, text_box, text_of


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ({"variable": "item", "is": "VIP"}, True),
        ({"variable": "item", "is": ["Normal", "VIP"]}, True),
        ({"variable": "item", "is": "vip"}, False),
        ({"variable": "item", "is_not": "VIP"}, False),
        ({"variable": "item", "is_not": ["A", "B"]}, True),
        ({"variable": "item", "empty": False}, True),
        ({"variable": "item", "empty": True}, False),
        ({"variable": "seat", "empty": True}, True),
        ({"variable": "unknown", "empty": True}, True),
        ({"variable": "unknown", "is_not": "x"}, True),
        ({"variable": "photo", "empty": False}, True),
        ({"variable": "portrait", "empty": True}, True),
    ],
)
def test_an_element_is_shown_if_its_condition_holds(condition: Any, shown: bool) -> None:
    stream = io.BytesIO()
    Pillow.new("L", (1, 1)).save(stream, "PNG")
    images = {"photo": read_image(stream.getvalue()), "portrait": None}
    ticket = Ticket("A", {"item": " VIP ", "seat": "", "secret": "s"}, images)

    pdf, _ = printed(
        [text_box("Lounge", condition=condition), code(bottom=0, condition=condition)], [ticket]
    )

    assert ("Lounge" in text_of(pdf)) is shown
    assert bool(codes(pdf)) is shown


def test_a_drawing_that_never_changes_can_have_a_condition_too() -> None:
    line = {"type": "line", "left": 1, "bottom": 1, "width": 5, "height": 5}
    condition = {"variable": "item", "is": "VIP"}

    (page,) = plan_of([line | {"condition": condition}]).pages

    assert not list(page.fixed())


def test_what_a_condition_reads_is_needed() -> None:
    plan = plan_of([text_box("x", condition={"variable": "item", "is": "VIP"}), code()])

    assert plan.needs == {"item", "secret"}
    assert plan.conditional_variables == {"item"}


@pytest.mark.parametrize("test", [{"empty": False}, {"empty": True}, {"is": "VIP"}])
def test_a_condition_cannot_be_asked_about_what_is_broken(test: dict[str, Any]) -> None:
    photo = {"type": "imagearea", "left": 1, "bottom": 1, "width": 9, "height": 9}
    element = photo | {"content": "photo", "condition": {"variable": "photo", **test}}
    ticket = Ticket(
        "row 2", {"secret": "s"}, broken={"photo": Message.of_text("The photo is broken.")}
    )

    with pytest.raises(TicketError) as refused:
        printed([code(), element], [ticket])

    assert (refused.value.ticket, refused.value.pointer) == ("row 2", "/1")
    assert refused.value.message == "The photo is broken."


def test_what_is_broken_does_no_harm_where_it_is_not_shown() -> None:
    box = text_box(content="note", condition={"variable": "item", "is": "VIP"})
    ticket = Ticket("A", {"item": "Day"}, broken={"note": Message.of_text("The note is broken.")})

    _, report = printed([box], [ticket])

    assert report.tickets == 1
