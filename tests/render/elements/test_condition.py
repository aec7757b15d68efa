from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image as Pillow

from counterfoil.render import Ticket, read_image
from render.press import code, codes, plan_of, printed, text_box, text_of


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
    plan = plan_of([text_box("x", condition={"variable": "item", "is": "VIP"})])

    assert plan.needs == {"item"}
