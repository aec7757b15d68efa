from __future__ import annotations

import math

import pytest

from render.rendering import Glyph, glyphs, printed, text_box

MM = 72 / 25.4
TOP = 90 * MM
LEFT = 10 * MM


def first(**changes: object) -> Glyph:
    pdf, _ = printed([text_box(**{"content": "other", "text": "Hello", **changes})])
    return glyphs(pdf)[0]


def test_the_first_baseline_is_one_font_size_below_the_top() -> None:
    glyph = first(fontsize=14, lineheight=3)

    assert (glyph.x, glyph.y) == pytest.approx((LEFT, TOP - 14), abs=0.01)


@pytest.mark.parametrize(
    ("align", "drop"),
    [("top", 10), ("middle", 10 + (40 * MM - 2 * 1.15 * 10) / 2), ("bottom", 10 + 40 * MM - 23)],
)
def test_lines_go_to_the_top_the_middle_or_the_bottom(align: str, drop: float) -> None:
    glyph = first(text="a\nb", fontsize=10, verticalalign=align)

    assert glyph.y == pytest.approx(TOP - drop, abs=0.01)


def test_a_missing_line_height_counts_as_one() -> None:
    pdf, _ = printed([text_box("a\nb", fontsize=10)])

    one, two = glyphs(pdf)

    assert one.y - two.y == pytest.approx(11.5, abs=0.01)


@pytest.mark.parametrize("degrees", [0, 30, 90, "90", -45, 725, 12345.5])
def test_text_turns_clockwise_about_the_top_left_corner(degrees: float | str) -> None:
    turn = math.radians(-float(degrees))
    glyph = first(rotation=degrees, fontsize=10)

    assert glyph.x - LEFT == pytest.approx(10 * math.sin(turn), abs=0.02)
    assert glyph.y - TOP == pytest.approx(-10 * math.cos(turn), abs=0.02)
    assert (glyph.angle + float(degrees)) % 360 == pytest.approx(0, abs=0.1) or (
        (glyph.angle + float(degrees)) % 360 == pytest.approx(360, abs=0.1)
    )


def test_text_shrinks_in_steps_of_a_tenth_or_a_point_until_it_is_low_enough() -> None:
    glyph = first(text="one\ntwo\nthree", height=12, fontsize=14, autoresize=True)

    # Three lines of 10.2 pt are still higher than 12 mm.
    assert glyph.size == pytest.approx(14 * 0.9**4, abs=0.01)


def test_a_word_too_wide_shrinks_in_small_steps_if_it_may_not_be_split() -> None:
    glyph = first(
        text="Donaudampf", width=20, height=40, fontsize=14, autoresize=True, splitlongwords=False
    )

    steps = [14.0]
    while steps[-1] > 1:
        steps.append(steps[-1] - max(0.25, 0.025 * steps[-1]))
    assert glyph.size < 14
    assert min(abs(glyph.size - step) for step in steps) < 0.011


def test_text_that_fits_at_no_size_is_printed_at_the_last_one_tried() -> None:
    size = 30.0
    for _ in range(24):
        size -= max(1, 0.1 * size)
        if size <= 1:
            break

    glyph = first(text="word " * 400, width=5, height=1, fontsize=30, autoresize=True)

    assert glyph.size == pytest.approx(size, abs=0.05)


def test_only_a_box_that_may_shrinks() -> None:
    assert first(text="word " * 100, width=10, height=5, fontsize=14).size == 14


@pytest.mark.parametrize("text", ["", "   ", "\n", "\r\t"])
def test_nothing_is_printed_of_nothing(text: str) -> None:
    pdf, report = printed([text_box(text)])

    assert glyphs(pdf) == []
    assert not report.findings


def test_a_colour_may_have_fractions() -> None:
    assert first(color=[10.5, 127.5, 255, 0.3]).colour == pytest.approx(
        (10.5 / 255, 0.5, 1), abs=1e-4
    )
