from __future__ import annotations

from typing import Any

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from counterfoil.render import Concern, Finding, Ticket
from render.background.pdfs import compiled, make
from render.rendering import code, paper, printed, text_area, text_box, ticket

LINE = {"type": "line", "left": 32, "bottom": 20, "width": 0, "height": 60}
PANEL = {"type": "rectangle", "left": 20, "bottom": 20, "width": 60, "height": 60, "color": None}


def findings(*elements: dict[str, Any]) -> list[tuple[Concern, str]]:
    _, report = printed(list(elements), [ticket()])
    return [(finding.concern, finding.pointer) for finding in report.findings]


@pytest.mark.parametrize(
    ("element", "concern"),
    [
        (text_box("word " * 60, height=5), Concern.OVERFLOWS_BOX),
        (text_box("x" * 40, width=20, splitlongwords=False), Concern.OVERFLOWS_BOX),
        (text_box("123.456,50\u00a0€", width=10, splitlongwords=False), Concern.OVERFLOWS_BOX),
        (text_box("x", left=-5), Concern.OVERFLOWS_PAGE),
        (text_box("x" * 20, rotation=180), Concern.OVERFLOWS_PAGE),
        (text_area("x" * 10, left=95, width=20), Concern.OVERFLOWS_PAGE),
        (text_box("\U000e0fff\U00013000", fontsize=10), Concern.MISSING_GLYPHS),
        (text_box("x", fontfamily="Comic Sans"), Concern.UNKNOWN_FAMILY),
        (text_box("x", fontfamily="Noto Sans Symbols", italic=True), Concern.UNKNOWN_FAMILY),
        (text_box(content="nope"), Concern.UNKNOWN_VARIABLE),
        (text_box("{nope}"), Concern.UNKNOWN_VARIABLE),
        (code(content="nope"), Concern.UNKNOWN_VARIABLE),
        (text_box("x", condition={"variable": "nope", "is": "VIP"}), Concern.UNKNOWN_VARIABLE),
        (text_box("x", condition={"variable": "nope", "empty": True}), Concern.UNKNOWN_VARIABLE),
        (code(color=[250, 250, 250]), Concern.LOW_CONTRAST),
        (code(content="other", text="{secret}" * 100), Concern.CODE_LEFT_OUT),
    ],
)
def test_what_looks_wrong_is_found_with_its_element(
    element: dict[str, Any], concern: Concern
) -> None:
    fine = text_box("fine", bottom=20, height=30)

    assert (concern, "/1") in findings(fine, element)
    assert not findings(fine)


@pytest.mark.parametrize("page", [0, 1.5, 2])
def test_what_stands_on_a_page_that_is_not_there_is_found(page: float) -> None:
    _, report = printed([text_box("x"), code(page=page)], [ticket("A"), ticket("B")])

    (finding,) = report.findings
    assert (finding.concern, finding.pointer, finding.count) == (Concern.OVERFLOWS_PAGE, "/1", 2)
    assert f"There is no page {page:g}" in str(finding)


def test_narrowed_spaces_are_found() -> None:
    words = text_box("aaaa bbbb cccc dddd eeee ffff", splitlongwords=False, fontsize=12)
    widths = [each / 10 for each in range(200, 700)]

    found = [findings(words | {"width": width}) for width in widths[::3]]

    assert [(Concern.SQUEEZED_LINE, "/0")] in found


def test_a_word_over_its_edge_is_not_called_narrowed_for_its_no_break_space() -> None:
    price = text_box("123.456,50\u00a0€", width=10, splitlongwords=False)

    assert findings(price) == [(Concern.OVERFLOWS_BOX, "/0")]


def test_a_word_over_the_edge_of_its_box_may_reach_over_that_of_the_page() -> None:
    word = text_box("x" * 20, left=80, width=15, splitlongwords=False)

    assert (Concern.OVERFLOWS_PAGE, "/0") in findings(word)


def test_text_that_shrinks_into_its_box_does_not_overflow_it() -> None:
    assert not findings(text_box("word " * 60, height=8, autoresize=True))


@pytest.mark.parametrize(
    ("elements", "covered"),
    [
        ([code(), LINE], True),
        ([LINE, code()], True),
        ([code(), LINE | {"left": 29}], False),
        ([code(nowhitespace=True), LINE | {"left": 29}], True),
        ([code(), LINE | {"left": 25, "width": 60, "height": 60}], True),
        ([code(), LINE | {"left": 5, "bottom": 50, "width": 48, "height": 48}], False),
        ([PANEL | {"fill": [255, 255, 255]}, code()], False),
        ([PANEL | {"fill": [120, 0, 0]}, code()], True),
        ([code(), PANEL | {"fill": [255, 255, 255]}], True),
        ([code(), PANEL | {"color": [0, 0, 0]}], False),
        ([code(), PANEL | {"type": "ellipse", "fill": [9, 9, 9]}], True),
        ([code(), text_box("over it", left=40, bottom=10, height=25)], True),
        ([code(), text_box("beside it", bottom=60)], False),
        ([code(), text_box("", left=40, bottom=10, height=25)], False),
    ],
)
def test_a_code_whose_quiet_zone_is_covered_is_found(
    elements: list[dict[str, Any]], covered: bool
) -> None:
    found = [concern for concern, _ in findings(*elements)]

    assert (Concern.QUIET_ZONE_COVERED in found) is covered


def test_whether_a_code_is_covered_may_depend_on_the_ticket() -> None:
    note = text_box(content="note", left=40, width=40, bottom=72, height=20)
    tickets = [ticket("A", note="short"), ticket("B", note="line\n" * 12), ticket("C", note="")]

    _, report = printed([code(), note], tickets)

    covered = [each for each in report.findings if each.concern is Concern.QUIET_ZONE_COVERED]
    assert [(each.pointer, each.count, each.first[0].ticket) for each in covered] == [
        ("/0", 1, "B")
    ]


def test_a_finding_counts_all_tickets_and_names_the_first_five() -> None:
    tickets = [Ticket(f"T{number}", {"x": "y"}) for number in range(12)]

    _, report = printed([text_box(content="nope")], tickets)

    (finding,) = report.findings
    assert finding.count == 12
    assert [each.ticket for each in finding.first] == ["T0", "T1", "T2", "T3", "T4"]
    assert str(finding) == "/0: There is no variable called nope. (12 tickets, first: T0)"


def test_drawings_that_are_used_again_are_counted_again() -> None:
    _, report = printed([text_box("x", left=-5)], [ticket("A"), ticket("B")])

    assert report.findings == (
        Finding(Concern.OVERFLOWS_PAGE, "", "/0", 2, report.findings[0].first),
    )


@pytest.mark.parametrize("variable", ["photo", "note", "meta:gate", "itemmeta:colour"])
def test_a_condition_may_ask_for_what_a_ticket_could_have_and_has_not(variable: str) -> None:
    box = text_box("x", condition={"variable": variable, "empty": True})

    _, report = printed([box], [Ticket("A", {"note": None}, {"photo": None})])

    assert not report.findings


def test_a_ticket_counts_once_for_an_element_however_much_is_wrong_with_it() -> None:
    _, report = printed([code(left=-2), LINE | {"left": 5}], [ticket("A"), ticket("B")])

    (finding,) = report.findings
    assert (finding.concern, finding.count) == (Concern.QUIET_ZONE_COVERED, 2)
    assert [each.ticket for each in finding.first] == ["A", "A", "B", "B"]
    assert str(finding) == (
        "/0: The quiet zone of the code reaches over the edge of the page. "
        "Another element covers the code or its quiet zone. (2 tickets, first: A)"
    )


def _on(background: bytes, *elements: dict[str, Any]) -> list[tuple[Concern, str]]:
    """Return what is found on a page of 100 mm that looks like this."""
    page = compiled(make(background, size=(283.46, 283.46)))
    _, report = printed(list(elements), [ticket()], page)
    return [(finding.concern, finding.pointer) for finding in report.findings]


DARK = b"0.1 0.1 0.3 rg 0 0 300 300 re f"


@pytest.mark.parametrize(
    "ground",
    [
        DARK,
        b"0 g 0 0 140 300 re f",
        b"0 0 0 1 k 100 100 60 60 re f",
        b"0.35 g 0 0 300 300 re f",
        b"/Perceptual ri 0.7 0 0 rg 0 0 300 300 re f",
        b"q 4 w 85 0 m 85 300 l 100 0 m 100 300 l 115 0 m 115 300 l S Q",
    ],
)
def test_a_code_on_a_dark_or_uneven_background_is_found(ground: bytes) -> None:
    assert _on(ground, text_box("fine", bottom=80, height=10), code()) == [
        (Concern.LOW_CONTRAST, "/1")
    ]


@pytest.mark.parametrize(
    "ground",
    [
        b"",
        b"0.9 g 0 0 300 300 re f",
        b"1 1 0.6 rg 0 0 300 300 re f",
        b"0 g 0 0 80 300 re f 205 0 80 300 re f",
        DARK + b" 1 g 80 80 125 125 re f",
        b"0 g 85.04 85.04 113.39 113.39 re S",
    ],
)
def test_a_code_on_a_light_place_is_not(ground: bytes) -> None:
    assert not _on(ground, code())


def test_a_light_panel_makes_a_dark_background_fit_for_a_code() -> None:
    white = PANEL | {"fill": [255, 255, 255]}

    assert not _on(DARK, white, code())
    assert (Concern.LOW_CONTRAST, "/1") in _on(DARK, white | {"width": 25}, code())


def test_whether_there_is_a_light_panel_may_depend_on_the_ticket() -> None:
    page = compiled(make(DARK, size=(284, 284)))
    white = PANEL | {"fill": [255, 255, 255], "condition": {"variable": "note", "is": "VIP"}}
    tickets = [
        ticket(label, note=note) for label, note in zip("ABC", ("VIP", "", "VIP"), strict=True)
    ]

    _, report = printed([white, code()], tickets, page)

    (finding,) = report.findings
    assert (finding.concern, finding.pointer) == (Concern.LOW_CONTRAST, "/1")
    assert [each.ticket for each in finding.first] == ["B"]


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        ({"bottom": 50, "height": 40}, {"bottom": 50, "height": 40}, True),
        ({}, {"left": 35}, False),
        ({"width": 70}, {"left": 12}, True),
        ({}, {"verticalalign": "bottom"}, False),
        ({"rotation": 90}, {"rotation": 90}, True),
        ({"rotation": 180}, {"rotation": -180}, True),
        ({"rotation": 270, "left": 50}, {"rotation": -90, "left": 51}, True),
        ({"rotation": 90}, {"rotation": 90, "left": 50}, False),
        ({"bottom": 50}, {"bottom": 45.5}, False),
        ({"bottom": 50}, {"bottom": 47.5}, True),
        ({"type": "textarea"}, {"type": "textarea"}, True),
        ({"page": 1}, {"page": 2}, False),
    ],
)
def test_text_that_runs_into_text_is_found(
    one: dict[str, Any], other: dict[str, Any], met: bool
) -> None:
    boxes = [
        (text_area if changes.get("type") == "textarea" else text_box)(text, **changes)
        for text, changes in (("Platform 9", one), ("Row 14", other))
    ]

    _, report = printed(boxes, [ticket()], paper(pages=2))

    texts = [each for each in report.findings if each.concern is Concern.OVERLAPPING_TEXT]
    assert [each.pointer for each in texts] == (["/1"] if met else [])
    assert all("element 1" in str(each) for each in texts)


def test_which_texts_meet_depends_on_the_ticket() -> None:
    name = text_box(content="name", bottom=80, height=10)
    seat = text_box("Seat 7", bottom=60, height=20)
    tickets = [
        ticket("A", name="Ada"),
        ticket("B", name="Ada Lovelace of Ockham Park, " * 4),
        ticket("C", name="Ada"),
        ticket("D", name="Ada Lovelace of Ockham Park, " * 4),
    ]

    _, report = printed([name, seat], tickets)

    (finding,) = [each for each in report.findings if each.concern is Concern.OVERLAPPING_TEXT]
    assert (finding.pointer, finding.count) == ("/1", 2)
    assert [each.ticket for each in finding.first] == ["B", "D"]


def test_a_shadow_and_texts_that_are_never_printed_together_are_no_findings() -> None:
    shown = {"variable": "note", "is": "VIP"}
    hidden = {"variable": "note", "is_not": "VIP"}
    shadow = [text_box("Bridges"), text_box("Bridges", left=10.3, bottom=49.7)]
    either = [text_box("Yes", condition=shown), text_box("No", condition=hidden)]

    for elements in (shadow, either):
        _, report = printed(elements, [ticket("A", note="VIP"), ticket("B", note="")])
        assert not report.findings


def test_two_tickets_with_one_secret_are_found() -> None:
    tickets = [ticket("A", secret="abc"), ticket("B", secret="abd"), ticket("C", secret="abc")]

    _, report = printed([text_box("x"), code(bottom=5)], tickets)

    (finding,) = report.findings
    assert (finding.concern, finding.pointer, finding.count) == (Concern.REPEATED_SECRET, "/1", 1)
    assert str(finding) == "/1: Ticket A has the same secret. (1 ticket, first: C)"


def test_a_ticket_may_be_printed_twice_and_all_tickets_may_share_other_codes() -> None:
    link = code(bottom=5, content="other", text="https://example.org")

    assert not printed([code(bottom=5)], [ticket("A"), ticket("A")])[1].findings
    assert not printed([link], [ticket("A", secret="x"), ticket("B", secret="x")])[1].findings


def test_a_font_that_the_background_does_not_bring_is_found() -> None:
    def set_font(_: pikepdf.Pdf, page: pikepdf.Object) -> None:
        times = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Times-Roman"))
        page.Resources = Dictionary(Font=Dictionary(F=times))

    words = b"BT /F 12 Tf 10 10 Td (Hello) Tj ET"
    page = compiled(make(words, size=(284, 284), change=set_font))

    _, report = printed([code()], [ticket("A"), ticket("B")], page)

    (finding,) = report.findings
    assert (finding.concern, finding.pointer, finding.count) == (Concern.BACKGROUND_FONT, "", 2)
    assert "Times-Roman" in str(finding)
