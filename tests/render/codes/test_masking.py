from __future__ import annotations

import pytest

from counterfoil.render.codes import Level, Symbology, encode, libzint, zxing
from counterfoil.render.codes.matrix import Matrix
from counterfoil.render.codes.qr import plan
from render.codes.reading import picture, read

# What pretix's printouts of the same texts have.
MASKS = {
    "12345678901234567890": 0,
    "GG89JUJDTA": 7,
    "Hello Dr Jörg Müller-Öztürk": 5,
    "QX7K2": 7,
    "tdm7ruoekvkpbv1o2mv8xccvqcikvr58": 2,
    "s0abcdefghabcdefghabcdefgh": 4,
    "s1abcdefghabcdefghabcdefgh": 4,
    "s2abcdefghabcdefghabcdefgh": 4,
}


def mask_of(matrix: Matrix) -> int:
    """Read the mask from the note beside the upper left finder (ISO/IEC 18004, 7.9)."""
    row = matrix.rows()[8]
    bits = [row[column] ^ flip for column, flip in ((2, True), (3, False), (4, True))]
    return bits[0] << 2 | bits[1] << 1 | bits[2]


@pytest.mark.parametrize(("text", "mask"), MASKS.items())
def test_codes_have_the_masks_of_pretixs_printouts(text: str, mask: int) -> None:
    assert mask_of(encode(Symbology.QR, text)) == mask


@pytest.mark.parametrize("encoder", [libzint, zxing])
@pytest.mark.parametrize("mask", range(8))
def test_an_encoder_takes_the_mask_it_is_told(encoder: object, mask: int) -> None:
    matrix = encoder.qr(plan("abc", None), mask)  # type: ignore[attr-defined]

    assert mask_of(matrix) == mask


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("length", [1, 20, 90, 300, 700])
def test_a_masked_code_says_what_it_should(level: Level, length: int) -> None:
    text = "".join(chr(97 + number * 7 % 26) for number in range(length))

    assert read(picture(encode(Symbology.QR, text, level=level))).text == text
