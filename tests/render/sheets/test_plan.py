from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.render.sheets import Sheet, SheetPlan, read_sheet

ORDERS = ("rows", "columns", "cut_and_stack")


def sheet_of(**changes: object) -> Sheet:
    return read_sheet({"name": "x", "width": 5000, "height": 5000, **changes})


@st.composite
def plans(draw: st.DrawFn) -> tuple[Sheet, SheetPlan]:
    columns, rows = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    order = draw(st.sampled_from(ORDERS))
    start = 1 if order == "cut_and_stack" else draw(st.integers(1, columns * rows))
    sheet = sheet_of(
        columns=columns,
        rows=rows,
        order=order,
        lift=draw(st.none() | st.integers(1, 30)),
        tail=draw(st.sampled_from(["compact", "whole_books"])),
        descending=draw(st.booleans()),
        start_position=draw(st.just(start) | (st.none() if start == 1 else st.nothing())),
    )
    return sheet, SheetPlan.of(sheet, draw(st.integers(1, 900)))


def cut(stack: list[list[list[int | None]]]) -> list[list[int | None]]:
    """Cut a stack of sheets (rows of cells) with straight cuts; return piles, row by row."""
    piles = []
    strips = [[sheet[row] for sheet in stack] for row in range(len(stack[0]))]
    for strip in strips:
        piles += [[line[column] for line in strip] for column in range(len(strip[0]))]
    return piles


def printed(plan: SheetPlan) -> list[tuple[int, list[list[int | None]]]]:
    """Return the sheets as the file has them, from the first page to the last."""
    pages = []
    for number in plan.numbers():
        cells = plan.sheet(number)
        rows = [list(cells[at : at + plan.columns]) for at in range(0, plan.cells, plan.columns)]
        pages.append((number, rows))
    return pages


def stacked(sheet: Sheet, plan: SheetPlan) -> list[int]:
    """Print, cut each lift, put each pile under the one before, and count through."""
    pages = printed(plan)
    if sheet.descending:  # such a printer lays each sheet on the one before, face up
        pages = pages[::-1]
    lifts: dict[int, list[list[list[int | None]]]] = {}
    for number, rows in pages:
        lifts.setdefault(plan.lift_of(number).number, []).append(rows)
    in_order = []
    for _lift, sheets in sorted(lifts.items()):
        for pile in cut(sheets):
            in_order += [ticket for ticket in pile if ticket is not None]
    return in_order


@settings(max_examples=300, deadline=None)
@given(plans())
def test_a_stack_of_cut_piles_is_in_order(pair: tuple[Sheet, SheetPlan]) -> None:
    sheet, plan = pair
    every = list(range(plan.amount))

    placed = [ticket for number in range(1, plan.sheets + 1) for ticket in plan.sheet(number)]

    assert sorted(ticket for ticket in placed if ticket is not None) == every
    assert placed.count(None) == plan.empty
    assert sorted(plan.sequence()) == every
    assert all(any(ticket is not None for ticket in cells) for _, cells in _sheets(plan))
    if sheet.order == "cut_and_stack":
        assert stacked(sheet, plan) == every
        assert sheet.tail == "whole_books" or plan.empty < plan.cells
    else:
        assert _filled(sheet, plan) == every
        assert plan.sheet(1).count(None) >= plan.skipped


def _sheets(plan: SheetPlan) -> list[tuple[int, tuple[int | None, ...]]]:
    return [(number, plan.sheet(number)) for number in range(1, plan.sheets + 1)]


def _filled(sheet: Sheet, plan: SheetPlan) -> list[int]:
    """Read sheet after sheet in the direction in which its cells are filled."""
    read = []
    for _, cells in _sheets(plan):
        rows = [cells[at : at + plan.columns] for at in range(0, plan.cells, plan.columns)]
        lines = rows if sheet.order == "rows" else list(zip(*rows, strict=True))
        read += [ticket for line in lines for ticket in line if ticket is not None]
    return read


def test_whole_books_keep_every_pile_a_book() -> None:
    sheet = sheet_of(columns=2, rows=2, order="cut_and_stack", lift=5, tail="whole_books")
    plan = SheetPlan.of(sheet, 20 + 7)

    piles = cut([rows for number, rows in printed(plan) if plan.lift_of(number).number == 2])

    assert piles == [[20, 21, 22, 23, 24], [25, 26, None, None, None], [None] * 5, [None] * 5]
    assert (plan.sheets, plan.lifts, plan.empty) == (10, 2, 13)


def test_a_compact_tail_shortens_the_last_lift() -> None:
    sheet = sheet_of(columns=2, rows=2, order="cut_and_stack", lift=5)
    plan = SheetPlan.of(sheet, 20 + 7)

    assert plan.sheet(6) == (20, 22, 24, 26)
    assert plan.sheet(7) == (21, 23, 25, None)
    assert (plan.sheets, plan.lifts, plan.empty) == (7, 2, 1)


def test_a_start_position_skips_places_of_the_first_sheet_alone() -> None:
    by_row = SheetPlan.of(sheet_of(columns=2, rows=2, start_position=4), 3)
    by_column = SheetPlan.of(sheet_of(columns=2, rows=2, start_position=2, order="columns"), 5)

    assert (by_row.sheet(1), by_row.sheet(2)) == ((None, None, None, 0), (1, 2, None, None))
    assert (by_column.sheet(1), by_column.sheet(2)) == ((None, 1, 0, 2), (3, None, 4, None))


def test_a_hundred_thousand_tickets_are_planned_without_a_list() -> None:
    plan = SheetPlan.of(sheet_of(columns=2, rows=4, order="cut_and_stack"), 100_000)

    assert plan.sheets == 12_500
    assert plan.sheet(12_500) == tuple(12_499 + 12_500 * cell for cell in range(8))
    assert SheetPlan.of(sheet_of(columns=2, rows=4), 10_003).sheets == 1251
