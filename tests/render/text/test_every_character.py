"""Every character from U+0020 to U+1FFFF over the families that every installation has."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from counterfoil.render.text.breaking import clusters
from counterfoil.render.text.line_layout import set_shaped
from counterfoil.render.text.runs import visual_runs
from counterfoil.render.text.shaping import ShapedRun
from render.text.paper import LIBRARY, lines, page, picture, style

CHUNK = 256
# On a page.
LINES = 30
FIRST, LAST, PART = 0x20, 0x1FFFF, 0x4000
# DerivedCoreProperties.txt of Unicode 16: Default_Ignorable_Code_Point, below U+20000.
IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u200b\u200c\u200d\u200e"
    "\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069"
    "\u206a\u206b\u206c\u206d\u206e\u206f\u3164\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08"
    "\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufe0f\ufeff\uffa0\ufff0\ufff1\ufff2\ufff3\ufff4\ufff5\ufff6"
    "\ufff7\ufff8\U0001bca0\U0001bca1\U0001bca2\U0001bca3\U0001d173\U0001d174\U0001d175\U0001d176"
    "\U0001d177\U0001d178\U0001d179\U0001d17a"
)
# Marks around annotations, and controls that arrange hieroglyphs: nothing to be seen by themselves.
INVISIBLE = IGNORABLE + "\ufff9\ufffa\ufffb" + "".join(map(chr, range(0x13430, 0x13440)))
FAMILIES = (
    "Open Sans",
    "Noto Sans",
    "Noto Sans Arabic",
    "Noto Sans Devanagari",
    "Noto Sans Hebrew",
    "Noto Sans Symbols",
    "Noto Sans Symbols2",
    "Noto Sans Thai",
    "Noto Emoji",
)


@pytest.mark.parametrize("family", FAMILIES[1:])
def test_every_empty_box_comes_with_a_finding_in_other_families(family: str) -> None:
    assert family in LIBRARY.families

    # What a face lacks comes from the same faces for all families.
    sweep(family, sorted(LIBRARY.face(family).characters))


@pytest.mark.parametrize(
    "first",
    [
        # All but the first part are mostly ideographs and gaps between scripts.
        pytest.param(first, marks=pytest.mark.endurance) if first > FIRST else first
        for first in range(FIRST, LAST, PART)
    ],
)
def test_every_empty_box_comes_with_a_finding(first: int) -> None:
    sweep("Open Sans", range(first, min(first + PART, LAST + 1)))


def sweep(family: str, swept: Iterable[int]) -> None:
    face = LIBRARY.face(family)
    points = [point for point in swept if point >= FIRST and not 0xD800 <= point < 0xE000]

    for start in range(0, len(points), CHUNK):
        text = " ".join(map(chr, points[start : start + CHUNK]))
        runs = visual_runs(text, [0] * len(text), face, LIBRARY, "")
        missing = set(set_shaped(text, runs, size=10, language="", spacing=0).missing)
        shaped = (ShapedRun.of(text, run, "") for run in runs)
        boxes = {glyph.cluster for one in shaped for glyph in one.glyphs if glyph.gid == 0}
        drawn = {text[first:end] for first, end in clusters(text) if boxes & {*range(first, end)}}

        assert [cluster for cluster in drawn if missing.isdisjoint(cluster)] == []
        assert missing.isdisjoint(INVISIBLE)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_to_be_ignored_leaves_no_trace_on_paper(family: str) -> None:
    how = style(family=family)
    for start in range(0, len(INVISIBLE), LINES):
        invisible = INVISIBLE[start : start + LINES]
        plain = page(lines("\n".join("oo" for _ in invisible), how=how))
        strewn = page(lines("\n".join(f"o{each}o" for each in invisible), how=how))

        assert (picture(plain) == picture(strewn)).all()


@pytest.mark.parametrize("hyphen", "\u2010\u2011")
@pytest.mark.parametrize("family", FAMILIES)
def test_a_hyphen_of_any_kind_is_a_hyphen(family: str, hyphen: str) -> None:
    how = style(family=family)
    (line,) = lines(f"Wi{hyphen}Fi", how=how)
    (ordinary,) = lines("Wi-Fi", how=how)

    assert not line.missing
    assert line.width == pytest.approx(ordinary.width, rel=0.15)
