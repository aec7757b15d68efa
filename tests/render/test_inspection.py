from __future__ import annotations

from typing import Any

import pytest

from counterfoil.render import Concern, Inspected, Message, Ticket, inspect
from counterfoil.render.units import Pt, mm
from render.rendering import code, glyphs, paper, plan_of, printed, text_area, text_box, ticket

ICON = {"type": "poweredby", "left": 5, "bottom": 6, "size": 6.29, "content": "dark"}
RULE = {"type": "line", "left": 50, "bottom": 40, "width": -20, "height": 10}


def inspected(*elements: dict[str, Any], of: Ticket | None = None) -> list[Inspected]:
    return inspect(plan_of(list(elements)), of or ticket())


@pytest.mark.parametrize(
    ("element", "box"),
    [
        (text_box("x"), (10, 50, 80, 40)),
        (text_box("x", height=-10), (10, 40, 80, 10)),
        (code(), (30, 30, 40, 40)),
        (code(symbology="code128"), (30, 30, 40, 20)),
        (code(symbology="pdf417", height=12), (30, 30, 40, 12)),
        (ICON, (5, 6, 10.24, 6.29)),
        (RULE, (30, 40, 20, 10)),
        (RULE | {"type": "ellipse", "width": 20}, (50, 40, 20, 10)),
        (RULE | {"type": "rectangle", "width": 20}, (50, 40, 20, 10)),
        (
            {"type": "imagearea", "left": 1, "bottom": 2, "width": 3, "height": 4, "content": "p"},
            (1, 2, 3, 4),
        ),
    ],
)
def test_each_kind_tells_its_box(element: dict[str, Any], box: tuple[float, ...]) -> None:
    (one,) = inspected(element)

    assert one.extent[:4] == pytest.approx(box)


def test_text_turns_about_the_top_left_of_its_box() -> None:
    (one,) = inspected(text_box("x", rotation=450))

    assert one.extent.rotation == 90
    assert one.extent.pivot == (10, 90)


def test_what_cannot_be_turned_has_no_pivot() -> None:
    (one,) = inspected(code())

    assert one.extent.pivot is None


@pytest.mark.parametrize("lineheight", [None, 1, 2])
@pytest.mark.parametrize("downward", [True, False])
def test_a_text_of_any_height_is_as_high_as_this_ticket_makes_it(
    downward: bool, lineheight: float | None
) -> None:
    changes = {} if lineheight is None else {"lineheight": lineheight}
    area = text_area(content="note", downward=downward, **changes)
    heights = {}

    for lines in (0, 1, 3):
        (one,) = inspected(area, of=ticket(note="\n".join(["word"] * lines)))
        heights[lines] = one.extent.height
        anchor = one.extent.bottom + (one.extent.height if downward else 0)
        assert anchor == pytest.approx(50)

    assert heights[0] == heights[1] > 0
    assert heights[3] == pytest.approx(3 * heights[1])


@pytest.mark.parametrize("rotation", [0, 90, 200])
@pytest.mark.parametrize("downward", [True, False])
def test_a_text_of_any_height_turns_about_the_point_it_is_printed_at(
    downward: bool, rotation: float
) -> None:
    area = text_area("ABC", left=50, downward=downward, lineheight=1, fontsize=20)
    straight, turned = (area | {"rotation": each} for each in (0, rotation))

    (one,) = inspected(turned)

    x, y = one.extent.pivot or (0, 0)
    first, moved = (glyphs(printed([each])[0])[0] for each in (straight, turned))
    before, after = (distance(each.x, each.y, x, y) for each in (first, moved))
    assert before == pytest.approx(after, abs=0.001)


def distance(x: float, y: float, pivot_x: float, pivot_y: float) -> float:
    return float(abs(complex(mm(Pt(x)) - pivot_x, mm(Pt(y)) - pivot_y)))


def test_the_ink_is_where_the_page_says() -> None:
    box = text_box("Right", align="right", fontsize=20)

    (one,) = inspected(box)

    left, bottom, width, height = one.ink or (0, 0, 0, 0)
    drawn = glyphs(printed([box])[0])
    assert left == pytest.approx(mm(Pt(drawn[0].x)), abs=0.01)
    assert left + width == pytest.approx(90, abs=0.01)
    assert bottom < mm(Pt(drawn[0].y)) < bottom + height


@pytest.mark.parametrize(
    ("element", "of"),
    [
        (text_box(content="note"), ticket(note="")),
        (text_box("x", condition={"variable": "note", "empty": True}), ticket(note="y")),
        (RULE | {"condition": {"variable": "note", "empty": True}}, ticket(note="y")),
        (code(content="note"), ticket(note="")),
    ],
)
def test_an_element_that_prints_nothing_has_a_box_but_no_ink(
    element: dict[str, Any], of: Ticket
) -> None:
    (one,) = inspected(element, of=of)

    assert one.ink is None
    assert one.extent.width > 0


def test_findings_stand_at_their_elements() -> None:
    small = code(size=5, left=80, bottom=5)

    found = inspected(text_box("x"), text_box("x", left=-5, fontfamily="None such"), small)

    assert [[diagnostic.concern for diagnostic in each.findings] for each in found] == [
        [],
        [Concern.UNKNOWN_FAMILY, Concern.OVERFLOWS_PAGE],
        [Concern.SMALL_MODULE],
    ]
    assert "“None such”" in found[1].findings[0].detail


def test_what_cannot_be_printed_says_so_and_hides_nothing_else() -> None:
    bad = Ticket(
        "A", {"secret": "x", "note": "y"}, broken={"note": Message.of_text("The note is broken.")}
    )
    letters = code(content="secret", symbology="ean13")

    found = inspected(text_box(content="note"), letters, text_box("x", left=-5), of=bad)

    assert [bool(each.problem) for each in found] == [True, True, False]
    assert [each.ink is None for each in found] == [True, True, False]
    assert found[0].problem == "The note is broken."
    assert [diagnostic.concern for diagnostic in found[2].findings] == [Concern.OVERFLOWS_PAGE]


def test_elements_come_in_the_layouts_order_whatever_their_page() -> None:
    elements = [text_box("x", page=page) for page in (2, 1, 7, 2)]

    found = inspect(plan_of(elements, paper(pages=2)), ticket())

    assert [(each.index, each.page) for each in found] == [(0, 2), (1, 1), (3, 2)]
