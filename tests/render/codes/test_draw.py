from __future__ import annotations

import numpy as np
import pytest

from counterfoil.render.codes import BarcodePlacement, Level, Symbology, encode
from counterfoil.render.errors import CodeError
from counterfoil.render.units import Pt
from render.codes.reading import modules, page, read


def spot(
    symbology: Symbology = Symbology.QR,
    *,
    size: tuple[float, float] = (80, 80),
    quiet_zone: bool = True,
    level: Level | None = None,
) -> BarcodePlacement:
    width, height = map(Pt, size)
    return BarcodePlacement(
        symbology, Pt(20), Pt(10), width, height, quiet_zone=quiet_zone, level=level
    )


@pytest.mark.parametrize("quiet_zone", [True, False])
def test_a_module_is_its_share_of_the_box(quiet_zone: bool) -> None:
    drawn = spot(quiet_zone=quiet_zone).draw("x" * 14)

    modules_across = 25 + (8 if quiet_zone else 0)
    assert drawn.module == pytest.approx(80 / modules_across)
    blank = 4 * drawn.module if quiet_zone else 0
    assert drawn.box == pytest.approx((20 + blank, 10 + blank, 100 - blank, 90 - blank))
    assert drawn.quiet == pytest.approx((4 * drawn.module,) * 3)


def test_the_ink_is_the_matrix() -> None:
    small = BarcodePlacement(Symbology.QR, Pt(0), Pt(0), Pt(21), Pt(21), quiet_zone=False)

    ink = page(small.draw("x").operators, 21, 21, dpi=72 * 8)

    assert np.array_equal(ink[4::8, 4::8] < 128, modules(encode(Symbology.QR, "x")))
    assert set(np.unique(ink)) == {0, 255}  # no seams


@pytest.mark.parametrize("length", [1, 14, 60, 200, 1000, 2953])
def test_a_path_is_one_fill_whatever_the_size(length: int) -> None:
    drawn = spot().draw("x" * length)

    lines = drawn.operators.splitlines()
    assert lines[0].endswith(b"cm")
    assert lines[-1] == b"f*"
    assert all(line.endswith(b" re") for line in lines[1:-1])


@pytest.mark.parametrize(
    ("symbology", "text", "size"),
    [
        (Symbology.QR, "A1B2C-1/secret", (80, 80)),
        (Symbology.QR, "A1B2C-1/secret", (120, 80)),
        (Symbology.AZTEC, "A1B2C-1", (60, 60)),
        (Symbology.DATA_MATRIX, "A1B2C-1", (60, 60)),
        (Symbology.PDF417, "A1B2C-1 and some more text", (200, 60)),
        (Symbology.PDF417, "A1B2C-1 and some more text", (90, 120)),
        (Symbology.CODE_128, "A1B2C-1", (160, 30)),
        (Symbology.EAN_13, "5901234123457", (120, 40)),
    ],
)
def test_every_symbology_reads_from_a_page_at_200_dpi(
    symbology: Symbology, text: str, size: tuple[float, float]
) -> None:
    drawn = spot(symbology, size=size).draw(text)

    image = page(drawn.operators, 250, 150, dpi=200)

    assert read(image).text == text
    left, bottom, right, top = drawn.box
    assert left >= 20 - 1e-9
    assert bottom >= 10 - 1e-9
    assert right <= 20 + size[0] + 1e-9
    assert top <= 10 + size[1] + 1e-9


def test_bars_fill_the_height_of_their_box() -> None:
    drawn = spot(Symbology.CODE_128, size=(160, 30)).draw("A1B2C")

    assert drawn.box[1::2] == pytest.approx((10, 40))
    assert drawn.quiet == pytest.approx((10 * drawn.module, 10 * drawn.module, 0))


def test_a_code_in_a_wide_box_stands_in_its_middle() -> None:
    drawn = spot(size=(200, 80), quiet_zone=False).draw("x")

    assert drawn.box == pytest.approx((80, 10, 160, 90))


def test_the_level_of_a_spot_is_obeyed() -> None:
    drawn = spot(level=Level.L).draw("x" * 30)

    image = page(drawn.operators, 120, 100)

    assert read(image).ec_level == "L"


def test_a_spot_refuses_what_cannot_be_encoded() -> None:
    with pytest.raises(CodeError):
        spot(Symbology.EAN_13).draw("not digits")
