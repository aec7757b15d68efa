"""Layouts that nobody would draw and somebody will."""

from __future__ import annotations

import pytest

from counterfoil.render import Concern, Ticket
from render.rendering import (
    code,
    codes,
    glyphs,
    paper,
    printed,
    text_area,
    text_box,
    text_of,
    ticket,
)

VIP = ticket(item="VIP")


def line(text: str, page: float = 1, **changes: object) -> dict[str, object]:
    return text_box(text, page=page, **{"bottom": 20, "height": 60, **changes})


def test_what_only_looks_like_a_placeholder_stays_as_it_is() -> None:
    pdf, report = printed([line("{{item}} { item } {item!r} {item.__class__}", width=90)], [VIP])

    assert text_of(pdf) == "{VIP} { item } {item!r} {item.__class__}"
    assert not report.findings


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        ({"de": "Hallo {item}", "en": "Hello {item}"}, "Hello VIP"),
        ({"fr": "Bonjour {item}"}, "Bonjour VIP"),
        ({}, ""),
    ],
)
def test_a_text_without_the_tickets_language_is_printed_in_another(
    texts: dict[str, str], shown: str
) -> None:
    pdf, _ = printed([text_box(content="other_i18n", text_i18n=texts)], [VIP])

    assert text_of(pdf) == shown


def test_lines_may_run_up_the_page_when_the_line_height_is_negative() -> None:
    pdf, _ = printed([line("a\nb", lineheight=-1)], [VIP])

    first, second = (glyph.y for glyph in glyphs(pdf) if glyph.text in "ab")
    assert second > first


@pytest.mark.parametrize("angle", [30, 90, 180, 270, -15, 725.5])
def test_areas_and_containers_turn_clockwise_by_any_angle(angle: float) -> None:
    turned = [line("a", rotation=angle), text_area("b", left=50, bottom=50, rotation=angle)]

    pdf, _ = printed(turned, [VIP])

    assert [glyph.angle for glyph in glyphs(pdf)] == [pytest.approx(-angle % 360, abs=0.1)] * 2


def test_letters_too_wide_for_their_box_are_printed_and_told() -> None:
    narrow = line("wide", width=0.01, height=0.01)

    pdf, report = printed([narrow], [VIP])

    assert text_of(pdf).replace("\n", "") == "wide"
    assert [finding.concern for finding in report.findings] == [Concern.OVERFLOWS_BOX]


@pytest.mark.parametrize("symbology", ["qr", "pdf417", "ean13"])
def test_codes_too_small_to_see_are_printed_and_told(symbology: str) -> None:
    tiny = code(symbology=symbology, size=5e-324, content="other", text="4006381333931")

    _, report = printed([tiny], [VIP])

    assert [finding.concern for finding in report.findings] == [Concern.SMALL_MODULE]


@pytest.mark.parametrize("locale", ["\ud800", "日本語", "-", "no such"])
def test_a_ticket_in_a_language_that_is_none_is_printed(locale: str) -> None:
    pdf, _ = printed([line("{item} नमस्ते")], [Ticket("A", {"item": "VIP"}, locale=locale)])

    assert text_of(pdf).startswith("VIP")


def test_the_same_place_may_hold_a_code_for_each_kind_of_ticket() -> None:
    own = code(content="other", text="for {item}", condition={"variable": "item", "is": "VIP"})
    others = code(symbology="aztec", condition={"variable": "item", "is_not": "VIP"})

    pdf, report = printed([own, others], [VIP, Ticket("B", {"item": "Day", "secret": "s" * 9})])

    read = [(found.text, found.format.name) for page in (1, 2) for found in codes(pdf, page)]
    assert read == [("for VIP", "QRCode"), ("s" * 9, "Aztec")]
    assert not report.findings


def test_pages_may_be_left_as_they_are() -> None:
    pdf, _ = printed([line("last", page=3.0)], [VIP], paper(pages=3))

    assert [text_of(pdf, page) for page in (1, 2, 3)] == ["", "", "last"]


def test_directions_are_put_in_order_line_by_line_after_wrapping() -> None:
    pdf, _ = printed([line("אבג 12 (VIP) דהו", width=26, fontsize=14)], [VIP])

    rows: dict[float, str] = {}
    for glyph in sorted(glyphs(pdf), key=lambda glyph: (-glyph.y, glyph.x)):
        rows[glyph.y] = rows.get(glyph.y, "") + glyph.text.strip()
    assert list(rows.values()) == ["12גבא", "והד(VIP)"]
