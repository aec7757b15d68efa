"""Copied and searched text, as programs read it that know nothing of each other."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest
from pdfminer.high_level import extract_text

from render.text.paper import lines, page, pdfium_text, poppler_text

MARKS = dict.fromkeys(map(ord, "\u200e\u200f"))

BRACKETED = [
    "(שלום)",
    "הכרטיס (חדש) שלי",
    "{א} <ב> «ג»",
    "כרטיס (VIP) שלי",
    "מחיר [12.50] ₪",
    "הרצאה 12:30–14:00 (אולם 3)",
    "تذكرة رقم (١٢٣)",
    "Ticket (כרטיס) one",
]


@pytest.mark.parametrize("text", BRACKETED)
def test_brackets_are_copied_as_meant_whatever_runs_around_them(text: str, tmp_path: Path) -> None:
    pdf = page(lines(text))

    assert [line.translate(MARKS) for line in pdfium_text(pdf)] == [text]
    assert poppler_text(pdf, tmp_path) == [text]


@pytest.mark.parametrize(
    "text", ["تذكرة (جديدة) هنا", "Ticket (تذكرة), please", "تذكرة «جديدة» هنا", "שָׁלוֹם (עוֹלָם)"]
)
def test_brackets_beside_joined_letters_are_copied_as_meant_by_poppler(
    text: str, tmp_path: Path
) -> None:
    assert poppler_text(page(lines(text)), tmp_path) == [text]


@pytest.mark.parametrize("text", ["Waffle (office)", "Цена: 5 > 3"])
def test_text_that_runs_to_the_right_needs_no_words_beside_it(text: str) -> None:
    (line,) = lines(text)

    assert b"ActualText" not in line.body


def test_forms_of_arabic_letters_are_read_as_letters_glyph_by_glyph() -> None:
    pdf = io.BytesIO(page(lines("تذكرة هنا")))

    letters = sorted(filter(str.isalpha, extract_text(pdf)))

    assert letters == sorted("تذكرةهنا")
    assert not any(unicodedata.decomposition(letter) for letter in letters)
