"""Colours for office printers and for print shops."""

from __future__ import annotations

import pytest

from counterfoil.render.pdf.inks import Ink

BLACK, RED = (0.0, 0.0, 0.0), (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("ink", "colour", "fill", "stroke"),
    [
        (Ink.OFFICE, BLACK, b"0 g", b"0 G"),
        (Ink.OFFICE, RED, b"1 0 0 rg", b"1 0 0 RG"),
        (Ink.PRINT, BLACK, b"0 0 0 1 k", b"0 0 0 1 K"),
        (Ink.PRINT, RED, b"1 0 0 rg", b"1 0 0 RG"),
    ],
)
def test_black_is_printed_with_black_alone(
    ink: Ink, colour: tuple[float, float, float], fill: bytes, stroke: bytes
) -> None:
    assert ink.fill(colour).endswith(fill)
    assert ink.stroke(colour).endswith(stroke)


def test_cutting_marks_are_on_every_plate() -> None:
    assert Ink.PRINT.on_all_plates.startswith(b"/All CS")
    assert Ink.OFFICE.on_all_plates == b"0 G 0 g"
