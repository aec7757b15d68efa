"""Codes read back from paper by a reader that is not ours, many and of all symbologies.

``benchmarks/bench_scan.py`` does the same with 10,000.
"""

from __future__ import annotations

import random
import string
from pathlib import Path
from runpy import run_path

import pytest

from render.rendering import code, codes, printed, ticket

SCAN = run_path(str(Path(__file__).parents[2] / "benchmarks/bench_scan.py"))["scan"]
LETTERS = string.ascii_letters + string.digits + " -_.:/+"
EACH = 12


def test_every_code_is_read_clean_and_nearly_every_one_damaged_and_blurred() -> None:
    tally = SCAN(300)

    assert tally.read == 300
    assert tally.read_damaged >= 297


@pytest.mark.parametrize(
    ("symbology", "longest"),
    [("qr", 300), ("aztec", 200), ("datamatrix", 200), ("pdf417", 120), ("code128", 24)],
)
def test_texts_of_any_length_are_read_back_in_each_symbology(symbology: str, longest: int) -> None:
    chance = random.Random(symbology)
    lengths = [1 + longest * number // EACH for number in range(EACH)]
    wanted = ["X" + "".join(chance.choices(LETTERS, k=length - 1)).strip() for length in lengths]
    area = code(symbology=symbology, content="x", left=5, bottom=5, size=90)

    pdf, _ = printed([area], [ticket(x=text) for text in wanted])

    assert [codes(pdf, page)[0].text for page in range(1, EACH + 1)] == wanted


def test_article_numbers_are_read_back_with_their_check_digit() -> None:
    chance = random.Random(13)
    bare = ["".join(chance.choices(string.digits, k=12)) for _ in range(EACH)]
    area = code(symbology="ean13", content="x", left=5, bottom=5, size=90)

    pdf, _ = printed([area], [ticket(x=digits) for digits in bare])

    found = [codes(pdf, page)[0].text for page in range(1, EACH + 1)]
    assert [text[:12] for text in found] == bare
    assert all(weighed(text) % 10 == 0 for text in found)


def weighed(digits: str) -> int:
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
