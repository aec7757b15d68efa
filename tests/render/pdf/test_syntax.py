from __future__ import annotations

import re

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.render.pdf import syntax
from counterfoil.render.pdf.syntax import Ref, number


@pytest.mark.parametrize(
    ("value", "written"),
    [(12.0, b"12"), (0.25, b"0.25"), (-0.0004, b"0"), (100.0, b"100"), (-7.5, b"-7.5")],
)
def test_numbers_are_as_short_as_they_can_be(value: float, written: bytes) -> None:
    assert number(value) == written


def test_whole_numbers_keep_their_zeros() -> None:
    assert number(1000.4, 0) == b"1000"


@given(st.floats(min_value=-20_000, max_value=20_000))
def test_any_length_on_paper_is_a_valid_real(value: float) -> None:
    written = number(value)

    assert re.fullmatch(rb"-?\d+(\.\d{1,3})?", written)
    assert abs(float(written) - value) <= 0.0005 + 1e-9


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_names_are_read_back(text: str) -> None:
    assert pikepdf.Object.parse(syntax.name(text)) == pikepdf.Name("/" + text)


@given(st.binary())
def test_strings_are_read_back(data: bytes) -> None:
    assert bytes(pikepdf.Object.parse(syntax.literal(data))) == data


@given(st.text(st.characters(codec="utf-8")))
def test_texts_are_read_back(text: str) -> None:
    assert str(pikepdf.Object.parse(syntax.text_string(text))) == text


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    assert str(pikepdf.Object.parse(syntax.text_string("a\ud800b"))) == "a\ufffdb"


def test_composite_objects_are_made_of_finished_parts() -> None:
    written = syntax.dictionary(
        {"Kids": syntax.array([bytes(Ref(4)), bytes(Ref(5))]), "Box": syntax.numbers([0, 0.5])}
    )

    assert written == b"<</Kids [4 0 R 5 0 R]/Box [0 0.5]>>"


def test_a_reference_is_a_number_that_can_be_written() -> None:
    assert Ref(3) == 3
    assert bytes(Ref(3)) == b"3 0 R"
