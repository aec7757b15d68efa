from __future__ import annotations

import pytest

from counterfoil.render.codes import Level, Matrix, Symbology, encode
from counterfoil.render.codes import zxing as second
from counterfoil.render.codes.qr import plan
from counterfoil.render.errors import CodeError
from render.codes.reading import picture, read


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("text", ["1234567", "A1B2C-1", "茗荷", "secret-x" * 9])
def test_the_second_source_makes_the_same_size_of_qr_code(text: str, level: Level) -> None:
    matrix = second.qr(plan(text, level), 2)

    found = read(picture(matrix))
    assert matrix.width == encode(Symbology.QR, text, level=level).width
    assert (found.text, found.ec_level) == (text, level)


@pytest.mark.parametrize("length", range(1, 40))
def test_the_second_source_may_need_one_version_more_for_accents(length: int) -> None:
    text = "é" * length

    matrix = second.qr(plan(text, Level.M), 2)

    assert read(picture(matrix)).text == text
    assert matrix.width - encode(Symbology.QR, text, level=Level.M).width in (0, 4)


@pytest.mark.parametrize("level", [None, *Level])
@pytest.mark.parametrize("text", ["A1B2C-1", "Zürich – Ж"])
def test_the_second_source_makes_the_other_matrices(text: str, level: Level | None) -> None:
    matrices = [
        second.aztec(text, level),
        second.data_matrix(text),
        second.pdf417(text, level, 4),
    ]

    assert [read(picture(matrix)).text for matrix in matrices] == [text] * 3


@pytest.mark.parametrize(
    ("symbology", "text"), [(Symbology.CODE_128, "A1B2C-1"), (Symbology.EAN_13, "590123412345")]
)
def test_the_second_source_makes_the_same_bars(symbology: Symbology, text: str) -> None:
    matrix: Matrix = second.linear(symbology, text)

    assert matrix == encode(symbology, text)


def test_the_second_source_refuses_in_the_same_words() -> None:
    with pytest.raises(CodeError, match="cannot be printed as datamatrix"):
        second.data_matrix("x" * 4000)
