from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.render import blank_background
from counterfoil.render.sheets import (
    PRESETS,
    Imposition,
    SheetError,
    find_preset,
    fit,
    read_sheet,
    sheet_json,
)
from counterfoil.render.units import Mm, pt

SHEET = {"name": "A4", "width": 210, "height": 297, "columns": 2, "rows": 5}

#: What is wrong with a sheet, and the places that are named.
WRONG: list[tuple[dict[str, Any], set[str]]] = [
    ({"width": 0}, {"/width"}),
    ({"height": -1}, {"/height"}),
    ({"width": float("nan")}, {"/width"}),
    ({"height": float("inf")}, {"/height"}),
    ({"width": True}, {"/width"}),
    ({"width": 99_999}, {"/width"}),
    ({"columns": 0}, {"/columns"}),
    ({"rows": 2.5}, {"/rows"}),
    ({"columns": 40, "rows": 26}, {"/columns", "/rows"}),
    ({"columns": 3, "cell_width": 90}, {"/columns"}),
    ({"rows": 9, "cell_height": 30, "gap_y": 10}, {"/rows"}),
    ({"cell_width": 90, "left": 40}, {"/left"}),
    ({"cell_height": 50, "top": 60}, {"/top"}),
    ({"gap_x": -1}, {"/gap_x"}),
    ({"gap_y": 400}, {"/rows"}),
    ({"bleed": 51}, {"/bleed"}),
    ({"order": "diagonal"}, {"/order"}),
    ({"lift": 0}, {"/lift"}),
    ({"tail": None}, {"/tail"}),
    ({"descending": "yes"}, {"/descending"}),
    ({"start_position": 0}, {"/start_position"}),
    ({"start_position": 11}, {"/start_position"}),
    ({"order": "cut_and_stack", "start_position": 2}, {"/start_position"}),
    ({"rotate": 45}, {"/rotate"}),
    ({"duplex": "both"}, {"/duplex"}),
    ({"marks": {"crop": 1, "glue": True}}, {"/marks/crop", "/marks/glue"}),
    ({"marks": []}, {"/marks"}),
    ({"perforations": [{"axis": "z", "at": -1}]}, {"/perforations/0/axis", "/perforations/0/at"}),
    ({"perforations": [{"axis": "x", "at": 80}], "cell_width": 80}, {"/perforations/0/at"}),
    ({"perforations": {}}, {"/perforations"}),
    ({"calibration": {"scale_x": 2}}, {"/calibration/scale_x"}),
    ({"calibration": {"dx": "NaN"}}, {"/calibration/dx"}),
    ({"colour": 1}, {"/colour"}),
    ({"name": None}, {"/name"}),
]


def test_what_is_wrong_with_a_sheet_is_named_at_its_place(subtests: Any) -> None:
    for changes, places in WRONG:
        with subtests.test(changes=changes), pytest.raises(SheetError) as caught:
            read_sheet(SHEET | changes)
        assert {problem.pointer for problem in caught.value.problems} == places, changes
    for source in ([], None, "a4"):
        with pytest.raises(SheetError):
            read_sheet(source)
    with pytest.raises(SheetError) as caught:
        read_sheet({})
    assert len(caught.value.problems) == 4


def test_a_sheet_is_read_back_as_it_was_written() -> None:
    sheet = read_sheet(
        SHEET
        | {"duplex": "short", "order": "cut_and_stack", "lift": 50, "rotate": 90}
        | {"marks": {"slug": True}, "perforations": [{"axis": "x", "at": 20}]}
    )

    assert read_sheet(sheet_json(sheet)) == sheet
    assert sheet_json(sheet)["perforations"] == [{"axis": "x", "at": 20, "draw": "ticks"}]


def test_what_does_not_fit_the_layout_is_named_at_its_place(subtests: Any) -> None:
    one, two = ((100, 50),), ((100, 50), (100, 50))
    cases: list[tuple[dict[str, Any], tuple[tuple[int, int], ...], set[str]]] = [
        ({}, two, {"/duplex"}),
        ({"duplex": "long"}, one, {"/duplex"}),
        ({"duplex": "long"}, ((100, 50), (50, 100)), {"/layout"}),
        ({"duplex": "long"}, ((100, 50),) * 3, {"/layout"}),
        ({"cell_width": 99}, one, {"/cell_width"}),
        ({"cell_height": 49, "cell_width": 99}, one, {"/cell_width", "/cell_height"}),
        ({"cell_width": 70, "rotate": 90, "cell_height": 99, "rows": 2}, one, {"/cell_height"}),
        ({"columns": 3}, one, {"/columns"}),
        ({"left": 11}, one, {"/left"}),
        ({"perforations": [{"axis": "y", "at": 50}]}, one, {"/perforations/0/at"}),
    ]
    for changes, pages, places in cases:
        backgrounds = [blank_background(pt(Mm(w)), pt(Mm(h))).pages[0] for w, h in pages]
        with subtests.test(changes=changes), pytest.raises(SheetError) as caught:
            Imposition.of(read_sheet(SHEET | changes), backgrounds)
        assert {problem.pointer for problem in caught.value.problems} == places, changes


def test_every_preset_is_a_sheet() -> None:
    for key, preset in PRESETS.items():
        assert read_sheet(sheet_json(preset.sheet)) == preset.sheet, key
        assert find_preset(key.upper()) is preset
    assert {"a4", "a3", "sra3", "letter", "tabloid", "12x18"} <= PRESETS.keys()
    assert sum(preset.is_label for preset in PRESETS.values()) >= 20
    assert find_preset("none") is None


def test_the_margins_of_label_stocks_are_those_that_their_makers_publish() -> None:
    published = {
        "avery-l7160": (7.21, 15.15),
        "avery-l7163": (4.63, 15.15),
        "avery-5160": (4.76, 12.7),
        "avery-5371": (19.05, 12.7),
        "zweckform-3474": (0, 0.5),
        "avery-l7651": (4.67, 10.7),
    }
    for key, (left, top) in published.items():
        sheet = PRESETS[key].sheet
        size = pt(Mm(sheet.cell_width or 0)), pt(Mm(sheet.cell_height or 0))
        page = blank_background(*size).pages
        first = Imposition.of(sheet, page).cell_rects[0]
        assert (first.left, first.top) == pytest.approx((left, top), abs=0.06), key


def test_a_ticket_that_is_too_wide_when_turned_is_not_turned() -> None:
    filled = fit(PRESETS["a3"].sheet, 210, 297, margin=10)
    assert (filled.columns, filled.rows, filled.rotate) == (1, 1, 0)
    filled = fit(PRESETS["a3"].sheet, 210, 297, margin=0)
    assert (filled.columns, filled.rows, filled.rotate) == (1, 2, 90)
    assert fit(PRESETS["a4"].sheet, 500, 500, margin=0).cells == 1


def test_paper_is_filled_with_as_many_tickets_as_it_takes() -> None:
    papers = {"a4": 2, "a3": 5, "sra3": 8}
    for key, amount in papers.items():
        filled = fit(PRESETS[key].sheet, 210, 74, margin=0 if key == "a4" else 5)
        assert filled.cells >= amount
        Imposition.of(filled, blank_background(pt(Mm(210)), pt(Mm(74))).pages)


@settings(max_examples=100, deadline=None)
@given(
    start=st.tuples(st.none() | st.floats(0, 40), st.none() | st.floats(0, 40)),
    bleed=st.floats(0, 50),
    moved=st.tuples(st.floats(-50, 50), st.floats(-50, 50)),
    scale=st.floats(0.81, 1.25),
    duplex=st.sampled_from(["long", "short"]),
)
def test_the_boxes_of_a_page_are_nested_wherever_they_are_moved(
    start: tuple[float | None, float | None],
    bleed: float,
    moved: tuple[float, float],
    scale: float,
    duplex: str,
) -> None:
    sheet = read_sheet(
        {"width": 100, "height": 140, "columns": 2, "rows": 3, "left": start[0], "top": start[1]}
        | {"bleed": bleed, "duplex": duplex}
        | {"calibration": {"dx": moved[0], "dy": moved[1], "scale_x": scale, "scale_y": scale}}
    )
    imposition = Imposition.of(sheet, blank_background(pt(Mm(20)), pt(Mm(15)), 2).pages)

    for side in imposition.sides:
        boxes = dict(imposition.boxes(side))
        nested = [(0.0, 0.0, pt(Mm(100)), pt(Mm(140))), boxes["BleedBox"], boxes["TrimBox"]]
        for axis in (0, 1):
            edges = [box[axis] for box in nested] + [box[axis + 2] for box in nested[::-1]]
            assert edges == sorted(edges)
