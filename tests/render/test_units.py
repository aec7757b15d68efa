from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.render.errors import FontError, LayoutError, Problem, RenderError, TicketError
from counterfoil.render.messages import Message
from counterfoil.render.units import Mm, mm, pt


def test_an_inch_is_72_points() -> None:
    assert pt(Mm(25.4)) == pytest.approx(72)


@given(st.floats(-1e6, 1e6))
def test_lengths_survive_the_way_to_points_and_back(length: float) -> None:
    assert mm(pt(Mm(length))) == pytest.approx(length)


def test_a_layout_error_lists_all_problems() -> None:
    error = LayoutError(
        [Problem("/0/left", Message("layout.missing")), Problem("/1", Message("layout.object"))]
    )

    assert str(error) == "/0/left: is missing\n/1: must be an object"


@pytest.mark.parametrize(
    "error",
    [
        LayoutError([Problem("/0", Message("layout.choice", words="a, b"))]),
        TicketError("A1B2C-1", "/3", Message("image.broken")),
        FontError(Message("font.no_outlines", file="Example.ttf")),
    ],
)
def test_errors_cross_process_borders(error: RenderError) -> None:
    again = pickle.loads(pickle.dumps(error))

    assert type(again) is type(error)
    assert str(again) == str(error)
