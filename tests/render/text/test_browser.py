from __future__ import annotations

import json
from pathlib import Path

import pytest

from counterfoil.render.fonts import FontLibrary
from counterfoil.render.text.bidi import line_levels, resolve
from counterfoil.render.text.runs import visual_runs
from counterfoil.render.text.shaping import ShapedRun
from render.text import browser
from render.text.paper import lines, style

RECORD = json.loads(browser.RECORD.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> FontLibrary:
    folder = tmp_path_factory.mktemp("fonts")
    return browser.library(folder, [entry["text"] for entry in RECORD])


@pytest.mark.parametrize("entry", RECORD, ids=lambda entry: entry["text"][:12])
def test_lines_end_where_chromium_ends_them(entry: dict[str, object], library: FontLibrary) -> None:
    how = style(size=browser.SIZE, library=library)

    found = lines(str(entry["text"]), browser.WIDTH, how=how)

    assert [line.text for line in found] == [line["text"] for line in entry["lines"]]


@pytest.mark.parametrize("entry", RECORD, ids=lambda entry: entry["text"][:12])
def test_letters_stand_in_the_order_that_chromium_gives_them(
    entry: dict[str, object], library: FontLibrary
) -> None:
    text = str(entry["text"])
    levels, start = resolve(text), 0
    for line in entry["lines"]:
        start = text.index(line["text"], start)
        end = start + len(line["text"])
        order = glyph_order(line["text"], line_levels(text, levels, start, end), library)

        assert order == [index for index in line["order"] if index in order]
        start = end


def glyph_order(text: str, levels: list[int], library: FontLibrary) -> list[int]:
    """Return the first character of each cluster from left to right, without spaces."""
    runs = visual_runs(text, levels, library.face("Open Sans"), library, "")
    clusters = (glyph.cluster for run in runs for glyph in ShapedRun.of(text, run, "").glyphs)
    return [cluster for cluster in dict.fromkeys(clusters) if text[cluster] != " "]


def test_there_are_sentences_enough() -> None:
    assert len(RECORD) >= 20
    assert Path(browser.RECORD).stat().st_size < 50_000
