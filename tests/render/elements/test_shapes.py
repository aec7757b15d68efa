from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from counterfoil.render.elements.mark import HEIGHT, WIDTH
from render.rendering import printed, seen, text_of


def ink(*elements: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top of what is printed, in millimetres."""
    pdf, _ = printed(list(elements))
    rows, columns = np.nonzero(seen(pdf).min(axis=2) < 160)
    scale = 25.4 / 200
    return (
        columns.min() * scale,
        100 - (rows.max() + 1) * scale,
        (columns.max() + 1) * scale,
        100 - rows.min() * scale,
    )


def share(*elements: dict[str, Any]) -> float:
    """Return how much of the paper is dark."""
    pdf, _ = printed(list(elements))
    return float((seen(pdf).min(axis=2) < 128).mean())


BOX = {"left": 20, "bottom": 30, "width": 40, "height": 20}


@pytest.mark.parametrize("kind", ["rectangle", "ellipse"])
def test_a_shape_fills_its_box(kind: str) -> None:
    assert ink({"type": kind, **BOX, "fill": [0, 0, 0]}) == pytest.approx((20, 30, 60, 50), abs=0.3)


def test_an_outline_is_as_thick_as_it_says() -> None:
    outline = {"type": "rectangle", **BOX, "thickness": 2, "color": [0, 0, 0]}

    assert share(outline) == pytest.approx((42 * 22 - 38 * 18) / 10_000, abs=0.002)


def test_a_shape_without_outline_and_filling_is_invisible() -> None:
    assert share({"type": "rectangle", **BOX, "color": None}) == 0


def test_round_corners_take_something_away() -> None:
    square = {"type": "rectangle", **BOX, "fill": [0, 0, 0], "color": None}

    lost = share(square) - share(square | {"radius": 10})

    assert lost == pytest.approx((4 - 3.1416) * 100 / 10_000, abs=0.002)


def test_a_line_goes_where_its_width_and_height_say() -> None:
    line = {"type": "line", **BOX, "thickness": 1}

    assert ink(line) == pytest.approx((20, 30, 60, 50), abs=1)
    assert ink(line | {"width": -10, "height": 0}) == pytest.approx((10, 29.5, 20, 30.5), abs=0.2)


@pytest.mark.parametrize("style", ["dark", "white"])
def test_our_mark_has_the_shape_that_layouts_leave_room_for(style: str) -> None:
    ground = {"type": "rectangle", "left": 0, "bottom": 0, "width": 100, "height": 100}
    mark = {"type": "poweredby", "left": 10, "bottom": 20, "size": 30, "content": style}
    ground |= {"fill": [90, 90, 90]}

    plain, _ = printed([ground])
    marked, _ = printed([ground, mark])

    rows, columns = np.nonzero((seen(plain) != seen(marked)).any(axis=2))
    assert WIDTH / HEIGHT == 1024 / 629
    assert columns.max() * 25.4 / 200 < 10 + 30 * 1024 / 629
    assert columns.min() * 25.4 / 200 > 10
    assert 50 < 100 - rows.min() * 25.4 / 200 + 2 < 52
    assert not text_of(marked)


def test_our_mark_without_a_style_is_dark() -> None:
    mark = {"type": "poweredby", "left": 10, "bottom": 20, "size": 30}

    unsaid, _ = printed([mark])
    dark, _ = printed([mark | {"content": "dark"}])

    assert unsaid == dark
