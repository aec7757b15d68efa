from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest
from django.utils import translation

from counterfoil.layouts.engine_messages import NAMES, SENTENCES
from counterfoil.layouts.messages import descriptions, pattern_of, told
from counterfoil.layouts.services import problems_of
from counterfoil.render import (
    BackgroundError,
    FontLibrary,
    Ticket,
    blank_background,
    compile_background,
    compile_plan,
    describe,
    inspect,
    read_layout,
)
from counterfoil.render.units import Pt
from makers import qr_element, text_element
from render.background.pdfs import make
from samplepdfs import NOT_A_PDF


def words_in(described: Any) -> Iterator[str]:
    if isinstance(described, list):
        for part in described:
            yield from words_in(part)
    elif isinstance(described, dict):
        for key, value in described.items():
            if key in {"label", "help", "about"} and value:
                yield value
            elif key in {"attributes", "options"}:
                yield from words_in(value)


def test_translators_are_told_every_word_of_the_engines_descriptions() -> None:
    assert set(words_in(describe())) == set(NAMES)


def test_no_sentence_stands_there_twice() -> None:
    assert len(set(SENTENCES)) == len(SENTENCES)


def test_a_description_has_the_engines_shape() -> None:
    with translation.override("en"):
        assert descriptions() == describe()


@pytest.mark.parametrize(
    "element",
    [
        {},
        3,
        {"type": "hologram"},
        qr_element(left="x", page="1", condition=5, color=None, nowhitespace=1, height=3),
        qr_element(size=0, left=1e9, text=1, text_i18n=[], symbology="x", odd=1, bottom=None),
        qr_element(condition={"variable": "", "is": []}),
        qr_element(condition={"variable": "x", "empty": 1, "odd": 1}),
        qr_element(condition={"variable": "x", "is": "x", "empty": True}),
        qr_element(symbology="datamatrix", error_correction="L"),
        qr_element(content="other", text="x" * 5000),
        qr_element(content="other", text="123", symbology="ean13"),
        qr_element(content="other", text="4006381333932", symbology="ean13"),
        qr_element(content="other", text="ü", symbology="code128"),
        qr_element(content="other", text="x" * 5000, symbology="pdf417"),
        qr_element(content="other", text="x" * 5000, symbology="aztec"),
        text_element(locale="\ud800"),
        text_element(lineheight=5000, rotation=True, locale=1, fontsize=1e9),
        {"type": "rectangle", "left": 0, "bottom": 0, "width": 1, "height": 1, "color": "red"},
    ],
)
def test_every_problem_of_a_layout_can_be_translated(element: Any) -> None:
    problems = problems_of([element])

    assert problems
    assert [each.message for each in problems if pattern_of(each.message) is None] == []


def test_every_finding_of_preflight_can_be_translated() -> None:
    elements = [
        text_element(content="other", text="\ue000 {moon}", fontfamily="Comic"),
        text_element(content="other", text="x", fontfamily="Noto Sans Symbols", italic=True),
        text_element(content="other", text="Wide " * 9, splitlongwords=True, left="-5")
        | {"type": "textcontainer", "height": "1", "verticalalign": "top"},
        qr_element(size="5", left="-2", color=[250, 250, 250]),
        qr_element(size="30", left="-2", content="other", text="1"),
    ]
    plan = compile_plan(read_layout(elements), blank_background(Pt(300), Pt(400)), FontLibrary())

    found = [
        remark.detail
        for secret in ("x" * 30, "")
        for element in inspect(plan, Ticket("A1", {"secret": secret}))
        for remark in element.findings
    ]

    assert len(found) > 5
    assert [detail for detail in found if pattern_of(detail) is None] == []


@pytest.mark.parametrize("pdf", [NOT_A_PDF, b"%PDF-1.7\n" + bytes(30_000_000), b"%PDF-1.7\n"])
def test_every_refusal_of_a_background_can_be_translated(pdf: bytes) -> None:
    with pytest.raises(BackgroundError) as refused:
        compile_background(pdf)

    assert pattern_of(refused.value.message) is not None


@pytest.mark.filterwarnings("ignore:This document has")
def test_every_finding_about_a_background_can_be_translated() -> None:
    def add(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        def item(subtype: str, flags: int, **entries: object) -> pikepdf.Object:
            rect = pikepdf.Array([10, 10, 90, 50])
            kind = pikepdf.Name("/" + subtype)
            return pikepdf.Dictionary(Subtype=kind, F=flags, Rect=rect, **entries)

        text = {"FT": pikepdf.Name.Tx, "T": pikepdf.String("name"), "V": pikepdf.String("\ue000")}
        page.Annots = pikepdf.Array(
            [
                item("Stamp", 0),
                item("Stamp", 4),
                item("FreeText", 4, Contents=pikepdf.String("\ue000")),
                item("Widget", 0, **text),
                item("Widget", 4, **text),
                item("Widget", 4, FT=pikepdf.Name.Sig),
            ]
        )

    pdf = make(pages=60, change=add).replace(b"startxref", b"startxxxx")

    findings = compile_background(pdf).findings

    assert len(findings) > 8
    assert [finding for finding in findings if pattern_of(finding) is None] == []


def test_what_stands_in_a_pattern_is_kept() -> None:
    with translation.override("en"):
        sentence = "There is no font “{family}”; the text is printed in Open Sans."

        assert told(sentence) == sentence
        assert told("Something new.") == "Something new."
