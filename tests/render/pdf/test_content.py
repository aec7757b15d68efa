from __future__ import annotations

import io
import math
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest

from counterfoil.render.pdf import content
from counterfoil.render.pdf.syntax import Ref
from counterfoil.render.pdf.writer import Writer, page_attributes


def drawn(*operators: bytes) -> pypdfium2.PdfDocument:
    """Return a page of 100 by 100 points with the operators on it."""
    file = io.BytesIO()
    writer = Writer(file)
    resources: Ref = writer.add(b"<<>>")
    writer.page(page_attributes((0, 0, 100, 100), resources), b"\n".join(operators))
    writer.finish(title="Drawing", language="en")
    return pypdfium2.PdfDocument(file.getvalue())


@pytest.fixture
def pixel() -> Callable[..., tuple[int, int, int]]:
    """Draw and tell the colour at a point, in points from the bottom left."""

    def look(x: int, y: int, *operators: bytes) -> tuple[int, int, int]:
        with drawn(*operators) as document:
            picture = document[0].render(scale=1).to_pil().convert("RGB")
        red, green, blue = picture.getpixel((x, 99 - y))
        return red, green, blue

    return look


def test_colours_reach_the_paper(pixel: Callable[..., tuple[int, int, int]]) -> None:
    square = content.rectangle(10, 10, 20, 20)

    assert pixel(20, 20, content.fill_rgb(1, 0, 51 / 255), square, content.FILL) == (255, 0, 51)
    assert pixel(50, 50, content.fill_rgb(1, 0, 0), square, content.FILL) == (255, 255, 255)


def test_an_ellipse_fills_its_box_but_not_the_corners(
    pixel: Callable[..., tuple[int, int, int]],
) -> None:
    ellipse = content.ellipse(10, 30, 80, 40)

    assert pixel(50, 50, ellipse, content.FILL) == (0, 0, 0)
    assert pixel(12, 32, ellipse, content.FILL) == (255, 255, 255)


def test_lines_have_width_and_colour(
    pixel: Callable[..., tuple[int, int, int]],
) -> None:
    stroke = (
        content.line_width(10),
        content.stroke_rgb(0, 0, 1),
        content.move_to(0, 50),
        content.line_to(100, 50),
        content.STROKE,
    )

    assert pixel(10, 53, *stroke) == (0, 0, 255)
    assert pixel(10, 58, *stroke) == (255, 255, 255)


def test_matrices_keep_six_decimals_of_factors_and_three_of_places() -> None:
    third = math.sqrt(1 / 3)

    assert content.transform(third, 0, 0, 1, 1 / 3, 0) == b"0.57735 0 0 1 0.333 0 cm"
    assert content.text_matrix(1, 0, 0, 1, 5, 6) == b"1 0 0 1 5 6 Tm"


def test_resources_are_named_with_their_slash() -> None:
    assert content.draw_xobject(b"/Bg1") == b"/Bg1 Do"
    assert content.select_font(b"/F1", 9.5) == b"/F1 9.5 Tf"


def test_every_operator_is_one_that_parsers_know() -> None:
    page = b"\n".join(
        [
            content.SAVE,
            content.curve_to((1, 2), (3, 4), (5, 6)),
            content.operator(b"Ts", 1.5),
            content.RESTORE,
        ]
    )

    with pikepdf.Pdf.new() as document:
        parsed = pikepdf.parse_content_stream(document.make_stream(page))

    assert [str(instruction.operator) for instruction in parsed] == ["q", "c", "Ts", "Q"]


def test_pure_black_is_grey_so_that_printers_use_black_ink_alone() -> None:
    assert (content.fill_rgb(0, 0, 0), content.stroke_rgb(0.0, -0.0, 0)) == (b"0 g", b"0 G")
    assert (content.fill_rgb(0, 0, 0.5), content.stroke_rgb(1, 0, 0)) == (
        b"0 0 0.5 rg",
        b"1 0 0 RG",
    )
