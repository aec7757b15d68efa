from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest
from django.utils import translation

from counterfoil.layouts.engine_messages import NAMES, descriptions, sentence_about, translated
from counterfoil.layouts.services import problems_of
from counterfoil.render import (
    BackgroundError,
    CompiledBackground,
    compile_background,
    describe,
)
from makers import text_element
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


def test_a_description_has_the_engines_shape() -> None:
    with translation.override("en"):
        assert descriptions() == describe()


def test_what_the_engine_says_is_said_in_the_language_of_the_reader() -> None:
    (problem,) = problems_of([text_element(left="x")])
    with pytest.raises(BackgroundError) as refused:
        compile_background(NOT_A_PDF)

    with translation.override("de"):
        about, refusal = sentence_about(problem), translated(refused.value.message)

    assert about == '/0/left: muss eine Zahl sein (mm) oder ein Text wie "12.50"'
    assert refusal == "Das ist keine PDF-Datei."
    assert translated(problem.message) == problem.message


@pytest.mark.filterwarnings("ignore:This document has")
def test_every_finding_about_a_background_has_a_code_after_it_was_stored() -> None:
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

    compiled = compile_background(pdf)

    findings = CompiledBackground.from_bytes(compiled.to_bytes()).findings
    assert len(findings) > 8
    assert findings == compiled.findings
    assert all(finding.code.startswith("background.") for finding in findings)
