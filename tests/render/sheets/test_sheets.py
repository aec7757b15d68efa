"""Sheets as they come out: read from the PDF, and from its raster."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from math import dist
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner

from counterfoil.cli.render import render
from counterfoil.render import (
    CompiledBackground,
    Concern,
    Ink,
    Overprint,
    Plan,
    Report,
    Ticket,
    blank_background,
    compile_background,
    compile_plan,
    read_layout,
)
from counterfoil.render.sheets import (
    Imposition,
    Sheet,
    SheetError,
    SheetPlan,
    SheetRun,
    read_sheet,
    render_sheets,
)
from counterfoil.render.units import Mm, pt
from render.rendering import codes, fonts, paper, seen

MM = 72 / 25.4
CODE = {"type": "barcodearea", "left": 5, "bottom": 5, "size": 40}


def dot(left: float, bottom: float, page: int = 1, size: float = 4) -> dict[str, Any]:
    return {
        "type": "rectangle",
        "left": left,
        "bottom": bottom,
        "width": size,
        "height": size,
        "color": None,
        "fill": [0, 0, 0],
        "page": page,
    }


def plan_of(
    elements: list[dict[str, Any]], background: CompiledBackground, ink: Ink = Ink.OFFICE
) -> Plan:
    return compile_plan(read_layout(elements), background, fonts(), ink=ink)


def tickets_of(plan: Plan, amount: int) -> list[tuple[Plan, Ticket]]:
    return [
        (plan, Ticket(f"T{number}", {"secret": f"{number:06d}"}, {}, {}, "en"))
        for number in range(amount)
    ]


def imposed(
    sheet: Sheet, items: Sequence[tuple[Plan, Ticket]], **choices: Any
) -> tuple[bytes, Report, SheetPlan]:
    plan = SheetPlan.of(sheet, len(items))
    only = choices.get("only")
    stream = io.BytesIO()
    run = SheetRun(sheet, plan, job="Job 7", version="3", **choices)
    report = render_sheets(stream, run, (items[at] for at in plan.sequence(only)), title="Test")
    return stream.getvalue(), report, plan


def test_codes_read_from_paper_are_in_the_order_of_the_stack() -> None:
    sheet = read_sheet(
        {"width": 210, "height": 297, "columns": 2, "rows": 4, "order": "cut_and_stack"}
        | {"lift": 10, "cell_width": 100, "cell_height": 60, "marks": {"crop": True}}
    )
    items = tickets_of(plan_of([CODE], paper(100, 60)), 103)
    pdf, report, plan = imposed(sheet, items)
    rects = Imposition.of(sheet, paper(100, 60).pages).cell_rects

    piles: dict[tuple[int, int], list[str]] = {}
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, start=1):
            picture = page.render(scale=2).to_pil()
            for found in zxingcpp.read_barcodes(picture):
                x, y = found.position.top_left.x / 2 / MM, found.position.top_left.y / 2 / MM
                (cell,) = [
                    at
                    for at, rect in enumerate(rects)
                    if rect.left < x < rect.right and rect.top < y < rect.bottom
                ]
                piles.setdefault((plan.lift_of(number).number, cell), []).append(found.text)

    stack = [text for _, pile in sorted(piles.items()) for text in pile]
    assert stack == [f"{number:06d}" for number in range(103)]
    assert (report.tickets, report.pages) == (103, plan.sheets) == (103, 13)


def dark_spots(page: Any) -> list[tuple[float, float]]:
    """Return the centres of the dark squares of a page's raster, in millimetres."""
    scale = 600 / 72  # pixels of 0.04 mm
    dark = page.render(scale=scale, grayscale=True).to_numpy().squeeze() < 128
    reach = int(5 * MM * scale)  # squares are smaller, and further apart
    spots = []
    while dark.any():
        top, left = np.unravel_index(dark.argmax(), dark.shape)
        spot = dark[top : top + reach, max(left - 2, 0) : left + reach]
        ys, xs = np.nonzero(spot)
        spots.append(
            (
                (max(left - 2, 0) + xs.mean() + 0.5) / scale / MM,
                (top + ys.mean() + 0.5) / scale / MM,
            )
        )
        spot[:] = False
    return spots


def test_backs_lie_behind_their_fronts_and_heads_meet(subtests: Any) -> None:
    # Squares in the upper left of the front; seen through the paper they are in the back's upper
    # right. One of each ticket is near its lower edge, so that heads are told from feet.
    places = [(5, 27), (20, 6)]
    elements = [dot(x, y, size=3) for x, y in places]
    elements += [dot(45 - x - 3, y, page=2, size=3) for x, y in places]
    plan = plan_of(elements, paper(45, 35, 2))
    upright, lying = (130, 180), (180, 130)
    for duplex, rotate, size in (
        ("long", 0, upright),
        ("short", 0, lying),
        ("short", 90, upright),
        ("long", 90, lying),
    ):
        width, height = size
        sheet = read_sheet(
            {"width": width, "height": height, "columns": 2, "rows": 2, "left": 7, "top": 13}
            | {"gap_x": 3, "gap_y": 5, "duplex": duplex, "rotate": rotate}
            | {"calibration": {"dx": 1.5, "dy": -0.7, "scale_x": 1.01, "scale_y": 0.99}}
        )
        with subtests.test(duplex=duplex, rotate=rotate, size=size):
            pdf, report, planned = imposed(sheet, tickets_of(plan, 4))
            with pypdfium2.PdfDocument(pdf) as document:
                front, back = (dark_spots(page) for page in document)
            # The printer turns the sheet about its long or its short edge.
            is_about_vertical = (duplex == "long") is (height >= width)
            through = [(width - x, y) if is_about_vertical else (x, height - y) for x, y in back]
            assert len(front) == len(through) == 8
            assert max(min(dist(one, other) for other in through) for one in front) < 0.1
            assert (planned.sheets, report.pages) == (1, 2)
    # Where the last front lies: calibrated margins, and tickets that were turned clockwise.
    at = (7 + 27 + 1.5) * 1.01 + 1.5, (13 + 5 + 1.5) * 0.99 - 0.7
    assert min(dist(at, place) for place in front) < 0.1


def cropped_pdf(trim: bool = True) -> bytes:
    """Return a page of 106 x 56 mm, red all over, to be cut 3 mm inside."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(106 * MM, 56 * MM))
    page = pdf.pages[0]
    page.Contents = pdf.make_stream(b"1 0 0 rg 0 0 1000 1000 re f")
    if trim:
        page.TrimBox = [3 * MM, 3 * MM, 103 * MM, 53 * MM]
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


SPACED = {"width": 210, "height": 297, "columns": 1, "rows": 2, "gap_y": 6, "bleed": 3}


def test_bleed_comes_from_the_background_and_marks_stand_outside_it() -> None:
    sheet = read_sheet(SPACED | {"marks": {"crop": True, "registration": True, "slug": True}})
    background = compile_background(cropped_pdf())
    items = tickets_of(plan_of([], background), 2)

    pdf, report, _ = imposed(sheet, items)

    assert report.findings == ()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        media, bleed, trim = (
            [float(edge) / MM for edge in page[key]]
            for key in ("/MediaBox", "/BleedBox", "/TrimBox")
        )
    assert trim == pytest.approx([55, 95.5, 155, 201.5], abs=0.01)
    assert bleed == pytest.approx([52, 92.5, 158, 204.5], abs=0.01)
    assert media == pytest.approx([0, 0, 210, 297], abs=0.01)
    pixels = seen(pdf, dpi=288).astype(int)  # 4 a point
    red = (pixels[:, :, 0] > 200) & (pixels[:, :, 1] < 60)
    ys, xs = (np.flatnonzero(red.any(axis=axis)) / 4 / MM for axis in (1, 0))
    assert (xs.min(), xs.max()) == pytest.approx((52, 158), abs=0.2)
    assert (ys.min(), ys.max()) == pytest.approx((92.5, 204.5), abs=0.2)
    dark_ys, dark_xs = (found / 4 / MM for found in np.nonzero(pixels.max(axis=2) < 120))
    is_inside = (dark_xs > 52.2) & (dark_xs < 157.8) & (dark_ys > 92.7) & (dark_ys < 204.3)
    assert dark_xs.size
    assert not is_inside.any()
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[0].get_textpage().get_text_range()
    assert text == "Job 7 · lift 1 of 1 · sheet 1 of 1 · 1 – 2 · layout 3"


def test_missing_bleed_and_room_are_findings_and_nothing_is_stretched() -> None:
    background = compile_background(cropped_pdf(trim=False))
    tight = read_sheet(
        {"width": 106, "height": 112, "columns": 1, "rows": 2, "bleed": 2}
        | {"marks": {"crop": True, "slug": True, "registration": True}}
    )

    pdf, report, _ = imposed(tight, tickets_of(plan_of([], background), 3))

    concerns = [(each.concern, each.count) for each in report.findings]
    assert concerns == [(Concern.MISSING_BLEED, 3), (Concern.MARKS_LEFT_OUT, 3)]
    details = {each.detail for finding in report.findings for each in finding.first}
    assert "The background of page 1 has 0.0 mm of bleed; the sheet asks for 2 mm." in details
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            media, bleed, trim = page.MediaBox, page.BleedBox, page.TrimBox
            for inner, outer in ((trim, bleed), (bleed, media)):
                assert all(float(a) >= float(b) for a, b in zip(inner[:2], outer[:2], strict=True))
                assert all(float(a) <= float(b) for a, b in zip(inner[2:], outer[2:], strict=True))


def test_a_crop_box_hides_bleed_from_single_pages_alone() -> None:
    pdf = pikepdf.open(io.BytesIO(cropped_pdf()))
    pdf.pages[0].CropBox = pdf.pages[0].TrimBox
    stream = io.BytesIO()
    pdf.save(stream)
    background = compile_background(stream.getvalue())
    page = background.pages[0]

    assert (page.width / MM, page.height / MM) == pytest.approx((100, 50))
    assert [edge / MM for edge in page.bleed_box] == pytest.approx([-3, -3, 103, 53])
    assert CompiledBackground.from_bytes(background.to_bytes()) == background
    _, report, _ = imposed(read_sheet(SPACED), tickets_of(plan_of([], background), 2))
    assert report.findings == ()


def test_print_shops_get_black_ink_alone_and_colors_by_profile() -> None:
    elements = [CODE, dot(60, 5), dot(70, 5) | {"fill": [200, 0, 0]}]
    sheet = read_sheet({"width": 210, "height": 297, "columns": 2, "rows": 2})

    texts = {}
    for ink in Ink:
        pdf, _, _ = imposed(sheet, tickets_of(plan_of(elements, paper(100, 60), ink), 3))
        with pikepdf.open(io.BytesIO(pdf)) as document:
            page = document.pages[0]
            texts[ink] = page.Contents.read_bytes().decode("latin-1").split("\n")
            if ink is Ink.PRINT:
                state = page.Resources.ExtGState.Overprint
                assert (state.OP, state.op, state.OPM) == (True, True, 1)
                space = page.Resources.ColorSpace.DefaultRGB
                assert space[0] == "/ICCBased"
                assert space[1].read_bytes()[36:40] == b"acsp"
    assert texts[Ink.PRINT].count("/Overprint gs 0 0 0 1 k") == 6
    assert "0 g" not in texts[Ink.PRINT]
    assert texts[Ink.OFFICE].count("0 g") == 6


def test_pages_of_other_sizes_do_not_share_a_sheet() -> None:
    sheet = read_sheet(
        {"width": 210, "height": 297, "columns": 1, "rows": 2, "cell_width": 100, "cell_height": 60}
    )
    items = [
        tickets_of(plan_of([], blank_background(pt(Mm(width)), pt(Mm(50)))), 1)[0]
        for width in (100, 90)
    ]

    with pytest.raises(SheetError, match="different sizes"):
        imposed(sheet, items)


def test_some_sheets_have_the_content_that_they_have_among_all() -> None:
    sheet = read_sheet(
        {"width": 210, "height": 297, "columns": 2, "rows": 2, "order": "cut_and_stack"}
        | {"descending": True, "marks": {"slug": True}}
    )
    items = tickets_of(plan_of([CODE], paper(100, 60)), 30)
    pdf, _, plan = imposed(sheet, items)
    part, report, _ = imposed(sheet, items, only=[2, 5])

    def contents(data: bytes) -> list[bytes]:
        with pikepdf.open(io.BytesIO(data)) as document:
            return [page.Contents.read_raw_bytes() for page in document.pages]

    every = contents(pdf)
    assert contents(part) == [every[plan.place_in_file(number)] for number in (5, 2)]
    assert (report.tickets, report.pages) == (8, 2)


def test_words_across_a_ticket_are_on_sheets_as_well() -> None:
    sheet = read_sheet({"width": 210, "height": 297, "columns": 2, "rows": 2})
    items = [
        (plan, replace(ticket, overprint=Overprint("VOID")))
        for plan, ticket in tickets_of(plan_of([CODE], paper(100, 60)), 4)
    ]
    pdf, _, _ = imposed(sheet, items)

    assert len(codes(pdf)) == 4
    with pikepdf.open(io.BytesIO(pdf)) as document:
        words = document.pages[0].Contents.read_bytes().count(b"W* n")
    assert words == 4  # each leaves out the code of its own ticket


def test_the_command_prints_sheets(tmp_path: Path) -> None:
    (tmp_path / "layout.json").write_text(json.dumps([CODE]))
    (tmp_path / "sheet.json").write_text(
        json.dumps({"width": 210, "height": 297, "columns": 1, "rows": 1, "order": "cut_and_stack"})
    )
    rows = "\n".join(f"{number:06d}" for number in range(5))
    (tmp_path / "data.csv").write_text(f"secret\n{rows}\n")

    def run(*options: str) -> Any:
        fixed = ["--layout", "layout.json", "--data", "data.csv", "-o", "out.pdf"]
        paths = [str(tmp_path / each) if "." in each else each for each in (*fixed, *options)]
        return CliRunner().invoke(render, paths)

    done = run("--sheet", "sheet.json")
    assert done.exit_code == 0, done.output
    assert "5 tickets on 5 sheets, 1 lift, 0 empty cells." in done.output
    assert run("--sheet", "A4", "--ink", "print").exit_code == 0
    assert "Built-in sheets: a4" in run("--sheet", "a5").output
    (tmp_path / "sheet.json").write_text('{"width": 210, "height": 297, "columns": 2, "rows": 0}')
    assert "/rows: must be between 1 and 1000" in run("--sheet", "sheet.json").output
    (tmp_path / "sheet.json").write_text('{"width": 210, "height": 297, "columns": 2, "rows": 1}')
    assert "/columns: the cells need 420 mm" in run("--sheet", "sheet.json").output
