from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.render.errors import RenderError
from counterfoil.render.fonts import FontLibrary
from counterfoil.render.text import break_lines, prepare
from counterfoil.render.units import Pt
from render.fonts import making
from render.text.paper import (
    LIBRARY,
    WIDE,
    lines,
    page,
    pdfium_text,
    poppler_text,
    style,
    texts,
    width_of,
)

TEXT = "Please arrive at least thirty minutes before the doors open now"


def operators(body: bytes) -> list[str]:
    with pikepdf.new() as document:
        parsed = pikepdf.parse_content_stream(document.make_stream(b"BT\n" + body + b"\nET"))
        return [str(instruction.operator) for instruction in parsed][1:-1]


def test_advances_are_simply_summed() -> None:
    (line,) = lines("AVATAR To office")

    assert line.width == pytest.approx(width_of("AVATAR To office"))


def test_latin_is_neither_kerned_nor_ligated_in_fonts_that_could() -> None:
    noto = style(family="Noto Sans")

    (line,) = lines("AVATAR To office ẞ", how=noto)

    assert line.width == pytest.approx(width_of("AVATAR To office ẞ", noto.face))


@given(st.text(st.characters(max_codepoint=0x52F, categories=["L", "N", "P", "S", "Zs"])))
@settings(max_examples=300, deadline=None)
def test_the_quick_way_for_plain_text_comes_to_what_shaping_comes_to(text: str) -> None:
    (line,) = lines(f"|{text}|")
    # A combining mark without a width keeps the quick way from being taken.
    (shaped,) = lines(f"|{text}|\u0301")

    assert shaped.width == pytest.approx(line.width)


def test_a_line_that_is_a_little_too_wide_is_squeezed() -> None:
    natural = width_of(TEXT)
    room = natural - 1

    (line,) = lines(TEXT, room)

    assert line.squeezed
    assert line.width == pytest.approx(natural)
    assert line.indent(0.5) == 0
    moves = [float(number) for number in re.findall(rb"\) ([\d.]+) \(", line.body)]
    assert moves == pytest.approx([1 / 10 / 10 * 1000] * 10, abs=1e-3)


def test_shaped_lines_are_squeezed_as_plain_ones_are() -> None:
    text = "aaa ẞẞẞ bbb"
    (natural,) = lines(text)

    (line,) = lines(text, natural.width - 0.2)

    assert line.squeezed
    moves = [float(number) for number in re.findall(rb"\) ?([\d.]+)[ \]]", line.body)]
    assert moves == pytest.approx([10, 10])


def test_spare_room_goes_where_the_alignment_says() -> None:
    (line,) = lines("Row", 100)

    assert line.indent(0) == 0
    assert line.indent(0.5) == pytest.approx((100 - line.width) / 2)
    assert line.indent(1) == pytest.approx(100 - line.width)


def test_a_word_that_may_not_be_split_overflows_to_both_sides() -> None:
    (line,) = lines("Donaudampfschiff", 30, split=False)

    assert line.overflows
    assert not line.squeezed
    assert line.indent(0.5) < 0


def test_a_no_break_space_neither_moves_nor_narrows_a_word_that_overflows() -> None:
    (line,) = lines("123.456,50\u00a0€", 30, split=False)

    assert line.overflows
    assert line.printed == line.width
    assert line.indent(0.5) == 0


def test_long_words_are_split_to_the_width() -> None:
    found = lines("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", 60)

    assert len(found) > 3
    assert all(line.width <= 60 for line in found)
    assert not any(line.overflows for line in found)


def test_hebrew_lines_are_broken_in_reading_order() -> None:
    text = "שורה ארוכה מאוד של טקסט בעברית שנשברת לכמה שורות בתוך תיבה צרה"

    found = texts(text, 100)

    assert len(found) > 2
    assert " ".join(found) == text


def test_a_soft_hyphen_at_a_line_end_follows_the_direction() -> None:
    first, second = lines("אבגד\u00adהוזח", width_of("-") + 30)

    assert first.text == "אבגד-"
    assert second.text == "הוזח"


def test_equal_lines_are_set_once() -> None:
    how, prepared = style(), prepare("Row 7")

    assert break_lines(prepared, how, Pt(90.0)) is break_lines(prepared, how, Pt(90.0))


def test_nothing_is_no_line_and_a_blank_line_is_one() -> None:
    assert lines("") == ()
    assert [line.width for line in lines("a\n\nb")] == pytest.approx(
        [width_of("a"), 0, width_of("b")]
    )


@pytest.mark.parametrize("size", [0.0, -3.0, float("nan")])
def test_a_size_of_nothing_is_refused(size: float) -> None:
    with pytest.raises(RenderError, match="font size"):
        lines("a", how=style(size=size))


def test_controls_print_the_empty_box_and_are_told() -> None:
    (line,) = lines("be\x07ll \x00 \ud800")
    face = LIBRARY.face("Open Sans")

    assert line.missing == ("\x07", "\x00", "\ufffd")
    known = width_of("bell  \ufffd") + 20 * face.advance(0)
    assert line.width == pytest.approx(known)


@pytest.mark.parametrize("text", ["بيت", "X\u030f"])
def test_marks_are_lifted_and_what_follows_is_not(text: str) -> None:
    (line,) = lines(text, how=style(family="Noto Sans"))

    assert operators(line.body).count("Ts") >= 2
    assert re.findall(rb"([-\d.]+) Ts", line.body)[-1] == b"0"


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_any_text_becomes_valid_operators_of_finite_width(text: str) -> None:
    for line in lines(text, 120):
        operators(line.body)
        assert 0 <= line.width < 1e6
        assert all(use.face for use in line.glyphs)


COPIED = [
    "Hello World, Ölgötze (x) \\",
    "Waffle office",
    "Ωμέγα, Жизнь",
    "µ and μ",
    "漢字かな交じり文 日本語",
    "ไทย ตั๋ว ที่นี่",
    "हिन्दी टिकट क्षत्रिय",
    "q\u0302 and ẞ",
    "שלום עולם",
    "מילה ארוכה",
    "مرحبا بالعالم",
    "لا سلام",
    "بيت شمس",
]


@pytest.mark.parametrize("text", COPIED)
def test_copied_text_is_what_was_meant(text: str, tmp_path: Path) -> None:
    library = FontLibrary([tmp_path])
    making.with_characters(tmp_path, "Han", "漢字かな交じり文日本語")

    (line,) = lines(text, how=style(library=library))

    assert pdfium_text(page([line])) == [text]
    assert poppler_text(page([line]), tmp_path) == [text]


def test_vocalised_text_is_copied_by_poppler(tmp_path: Path) -> None:
    text = "שָׁלוֹם"

    assert poppler_text(page(lines(text)), tmp_path) == [text]


def test_missing_characters_are_copied_all_the_same(tmp_path: Path) -> None:
    text = "Birthday \U00016a00 party"

    assert poppler_text(page(lines(text)), tmp_path) == [text]


def test_lines_do_not_depend_on_what_was_set_before() -> None:
    (first,) = lines("ملف", WIDE)
    break_lines.cache_clear()
    lines("بيت تبن", WIDE)

    (again,) = lines("ملف", WIDE)

    assert again == first
