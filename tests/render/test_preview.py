from __future__ import annotations

import io

import pytest
from PIL import Image as Pillow

from counterfoil.render.preview import render_png
from render.press import paper, plan_of, text_box, ticket


def test_a_preview_is_a_picture_of_one_page() -> None:
    plan = plan_of([text_box("x", page=2)], paper(50.8, 25.4, pages=2))

    blank, written = [opened(render_png(plan, ticket(), page=page, dpi=100)) for page in (1, 2)]

    assert blank.size == written.size == (200, 100)
    assert blank.getextrema() == (255, 255)


def opened(png: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(png)).convert("L")


@pytest.mark.parametrize("page", [0, 2])
def test_a_page_that_is_not_there_has_no_preview(page: int) -> None:
    with pytest.raises(IndexError):
        render_png(plan_of([]), ticket(), page=page)
