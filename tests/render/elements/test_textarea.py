from __future__ import annotations

import pytest

from render.rendering import glyphs, printed, text_area

MM = 72 / 25.4
BOTTOM = 50 * MM
ASCENT, DESCENT = 0.765137, -0.240234


def baselines(text: str, **changes: object) -> list[float]:
    pdf, _ = printed([text_area(text, fontsize=10, **changes)])
    return sorted({round(glyph.y, 2) for glyph in glyphs(pdf)}, reverse=True)


def test_downward_text_hangs_from_its_anchor() -> None:
    assert baselines("a", downward=True) == pytest.approx([BOTTOM - 9.03906], abs=0.01)


def test_upward_text_stands_on_its_anchor() -> None:
    one_line = 10 * (ASCENT - DESCENT)

    assert baselines("a") == pytest.approx([BOTTOM + one_line - 10 * DESCENT - 10], abs=0.01)


def test_a_line_height_moves_the_first_baseline_too() -> None:
    factor = 2 * 1.15

    first, second = baselines("a\nb", lineheight=2)

    drop = DESCENT + (factor - 1) * 1.05
    assert first == pytest.approx(BOTTOM + 2 * factor * 10 - (drop + 1) * 10, abs=0.01)
    assert first - second == pytest.approx(23, abs=0.01)


def test_without_line_height_line_feeds_and_hyphens_set_lines_wider() -> None:
    wrapped = baselines("word " * 20)
    fed = baselines("word\nword")
    hyphened = baselines("word-word " * 20)

    assert wrapped[0] - wrapped[1] == pytest.approx(10.05371, abs=0.011)
    assert fed[0] - fed[1] == pytest.approx(10.73568, abs=0.011)
    assert hyphened[0] - hyphened[1] == pytest.approx(10.73568, abs=0.011)
