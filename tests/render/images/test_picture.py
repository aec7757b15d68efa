from __future__ import annotations

import io

import pikepdf
import pytest

from counterfoil.render.images import Placed, embed_image, fit, read_image
from counterfoil.render.pdf.writer import Writer
from counterfoil.render.units import Pt
from render.images.paper import document, rainbow, saved


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((100, 100), (10, 45, 100, 50)),
        ((40, 100), (10, 60, 40, 20)),
        ((200, 50), (60, 20, 100, 50)),
    ],
)
def test_a_picture_is_fitted_into_the_middle_of_its_box(
    box: tuple[float, float], expected: tuple[float, ...]
) -> None:
    image = read_image(saved(rainbow((20, 10)), "PNG"))

    placed = fit(image, Pt(10), Pt(20), Pt(box[0]), Pt(box[1]))

    assert placed == Placed(*map(Pt, expected))


def test_resolution_is_the_worse_of_the_two() -> None:
    image = read_image(saved(rainbow((300, 100)), "PNG"))

    assert image.dpi(Pt(72), Pt(72)) == pytest.approx(100)


def test_a_document_with_an_alpha_picture_is_valid() -> None:
    source = rainbow().convert("RGBA")
    source.putalpha(100)

    with pikepdf.open(io.BytesIO(document(read_image(saved(source, "PNG"))))) as pdf:
        image = pdf.pages[0].Resources.XObject.P

        assert image.SMask.ColorSpace == "/DeviceGray"
        assert pdf.check_pdf_syntax() == []


def test_an_image_can_go_into_two_documents() -> None:
    image = read_image(saved(rainbow(), "PNG"))
    first, second = io.BytesIO(), io.BytesIO()

    for sink in (first, second):
        writer = Writer(sink)
        embed_image(image, writer)
        writer.finish(title="Picture", language="en")

    assert first.getvalue() == second.getvalue()
