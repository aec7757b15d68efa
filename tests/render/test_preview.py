from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image as Pillow

from counterfoil.render.preview import render_png
from render.rendering import paper, plan_of, text_box, ticket


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


def test_a_preview_shows_the_colours_of_the_page() -> None:
    area = {"type": "rectangle", "left": 0, "bottom": 0, "width": 25.4, "height": 12.7}
    plan = plan_of([area | {"color": None, "fill": [255, 128, 0]}], paper(25.4, 25.4))

    picture = Pillow.open(io.BytesIO(render_png(plan, ticket(), dpi=99)))

    assert (picture.size, picture.mode) == ((99, 99), "RGB")
    assert picture.getpixel((50, 10)) == (255, 255, 255)
    assert picture.getpixel((50, 90)) == (255, 128, 0)


def test_threads_of_a_server_may_draw_at_the_same_time() -> None:
    plan = plan_of([text_box("x")], paper(200, 200))

    with ThreadPoolExecutor(8) as threads:
        drawn = set(threads.map(lambda _: render_png(plan, ticket(), dpi=72), range(200)))

    assert len(drawn) == 1
