from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pytest
import zxingcpp
from PIL import Image

from counterfoil.render import Overprint, Ticket, compile_plan, read_layout
from counterfoil.render.preview import render_png
from render.rendering import fonts, paper, text_box

SIZES = [(210, 297), (210, 74), (85.6, 54), (80, 200)]


def picture(size: tuple[float, float], overprint: Overprint | None) -> Image.Image:
    side = min(size) * 0.6
    code = {"type": "barcodearea", "left": 5, "bottom": 5, "size": side, "content": "secret"}
    plan = compile_plan(read_layout([code, text_box("Hello", width=20)]), paper(*size), fonts())
    ticket = Ticket("A", {"secret": "tq7n2k9w4hxz5m8rc3vj6yb2dfp9s4ga"}, overprint=overprint)
    return Image.open(io.BytesIO(render_png(plan, ticket, dpi=150)))


def is_red(image: Image.Image) -> npt.NDArray[np.bool_]:
    pixels = np.asarray(image.convert("RGB")).astype(int)
    found: npt.NDArray[np.bool_] = (pixels[..., 0] - pixels[..., 2] > 80) & (
        pixels[..., 0] - pixels[..., 1] > 80
    )
    return found


@pytest.mark.parametrize("size", SIZES)
def test_words_run_across_the_page_and_leave_the_code_alone(size: tuple[float, float]) -> None:
    plain, marked = picture(size, None), picture(size, Overprint("TEST"))

    red = is_red(marked)
    height, width = red.shape
    for half in (red[: height // 2], red[:, width // 2 :]):
        assert half.sum() > 0
    assert not is_red(plain).any()
    assert [code.text for code in zxingcpp.read_barcodes(marked)] == [
        code.text for code in zxingcpp.read_barcodes(plain)
    ]
    scale = 150 / 25.4
    side = int(min(size) * 0.6 * scale)
    left, low = int(5 * scale), height - int(5 * scale)
    code = np.asarray(marked)[low - side + 2 : low - 2, left + 2 : left + side - 2]
    assert (code == np.asarray(plain)[low - side + 2 : low - 2, left + 2 : left + side - 2]).all()


@pytest.mark.parametrize("size", SIZES)
def test_a_spoilt_code_is_read_by_no_scanner(size: tuple[float, float]) -> None:
    spoilt = picture(size, Overprint("NICHT GÜLTIG", spoils_codes=True))

    assert is_red(spoilt).any()
    assert zxingcpp.read_barcodes(spoilt) == []
