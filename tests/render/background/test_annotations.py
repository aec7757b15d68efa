from __future__ import annotations

import io

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String

from counterfoil.render.background.compiling import printed
from render.background.oddfiles import ANNOTATIONS
from render.background.pdfs import MARKS, compiled, form, make
from render.background.viewers import drawn

HELV = Dictionary(Helv=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))


def with_items(*items: Dictionary, **acroform: object):
    """Return a change that puts annotations on the page, fields into the form."""

    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        made = [pdf.make_indirect(item) for item in items]
        page.Annots = Array(made)
        fields = [item for item in made if item.Subtype == "/Widget"]
        if fields:
            pdf.Root.AcroForm = Dictionary(
                Fields=Array(fields), DR=Dictionary(Font=HELV), DA=String("/Helv 12 Tf 0 g")
            )
            for key, value in acroform.items():
                pdf.Root.AcroForm["/" + key] = value

    return change


def item(subtype: str, rect: list[float], flags: int = 4, **entries: object) -> Dictionary:
    made = Dictionary(Type=Name.Annot, Subtype=Name("/" + subtype), Rect=Array(rect), F=flags)
    for key, value in entries.items():
        made["/" + key] = value
    return made


def field(value: str, rect: list[float], **entries: object) -> Dictionary:
    return item("Widget", rect, FT=Name.Tx, T=String("name"), V=String(value), **entries)


def text_of(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        text: str = document[0].get_textpage().get_text_range()
        return text.replace("\r\n", "\n")


def ink(data: bytes) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top of what is not white, in points."""
    pixels = drawn(data, "pdfium")
    assert pixels is not None
    rows, columns = np.nonzero(pixels.min(axis=2) < 160)
    return columns.min() / 2, 100 - rows.max() / 2, columns.max() / 2, 100 - rows.min() / 2


@pytest.mark.parametrize(
    ("value", "entries"),
    [
        ("Gate opens 18:00", {}),
        ("Łódź, Ærø, 50 €", {}),
        ("Привет 18:00", {}),
        ("First line\rand second", {"Ff": 4096}),
        ("A rather long value that has to be made smaller to have room in its field", {}),
        ("A long value that needs several lines, " * 8, {"Ff": 4096}),
        ("Sized by its field", {"DA": String("/Helv 0 Tf 1 0 0 rg")}),
    ],
)
@pytest.mark.parametrize("asked_for", [True, False])
def test_a_missing_appearance_has_all_letters_within_its_field(
    value: str, entries: dict[str, object], asked_for: bool
) -> None:
    data = make(
        b" ",
        change=with_items(field(value, [20, 30, 180, 70], **entries), NeedAppearances=asked_for),
    )

    background = compiled(data)

    words = text_of(printed(background)).replace("\u00a0", " ").split()
    assert words == value.split()
    left, bottom, right, top = ink(printed(background))
    assert left >= 20
    assert bottom >= 29
    assert right <= 181
    assert top <= 71
    assert background.findings == (
        "Page 1: the form field “name” has no appearance; its text is printed in Open Sans.",
    )
    assert background.missing_fonts == ()


@pytest.mark.parametrize(("place", "share"), [(0, 0.0), (1, 0.5), (2, 1.0)])
def test_a_missing_appearance_is_aligned(place: int, share: float) -> None:
    data = make(b" ", change=with_items(field("Right", [20, 30, 180, 70], Q=place)))

    left, _, right, _ = ink(printed(compiled(data)))

    assert left - 20 == pytest.approx(share * (160 - (right - left)), abs=4)


def test_a_comb_has_a_cell_for_each_character() -> None:
    data = make(b" ", change=with_items(field("AB1", [0, 30, 200, 60], Ff=1 << 24, MaxLen=10)))

    assert "".join(text_of(printed(compiled(data))).split()) == "AB1"
    _, _, right, _ = ink(printed(compiled(data)))
    assert 40 < right < 60


def test_a_choice_shows_what_stands_for_its_value() -> None:
    options = Array(
        [Array([String("de"), String("Deutsch")]), Array([String("en"), String("English")])]
    )
    combo = item("Widget", [20, 60, 180, 90], FT=Name.Ch, Ff=1 << 17, V=String("de"), Opt=options)
    listed = item("Widget", [20, 10, 180, 50], FT=Name.Ch, V=String("en"), Opt=options)

    text = text_of(printed(compiled(make(b" ", change=with_items(combo, listed)))))

    assert text.split() == ["Deutsch", "Deutsch", "English"]


@pytest.mark.parametrize("mark", ["4", "8", "l", "u", "n", "H"])
def test_a_box_that_is_on_without_an_appearance_is_marked(mark: str) -> None:
    box = item(
        "Widget",
        [50, 30, 90, 70],
        FT=Name.Btn,
        V=Name.Yes,
        AS=Name.Yes,
        MK=Dictionary(CA=String(mark), BC=Array([0]), BG=Array([1, 1, 0.8])),
    )

    background = compiled(make(b" ", change=with_items(box)))

    left, bottom, right, top = ink(printed(background))
    assert (left, bottom, right, top) == pytest.approx((50, 30, 90, 70), abs=1)
    assert background.findings == ()


def test_an_appearance_in_the_file_is_kept_whatever_the_form_asks_for() -> None:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        look = form(pdf, b"0 0 1 rg 0 0 200 100 re f")
        own = field("Other letters", [20, 30, 180, 70], AP=Dictionary(N=look))
        with_items(own, NeedAppearances=True)(pdf, page)

    background = compiled(make(b" ", change=change))

    assert ink(printed(background)) == pytest.approx((20, 30, 180, 70), abs=1)
    assert text_of(printed(background)) == ""
    assert background.findings == ()


DRAWN = {
    "FreeText": {"Contents": String("Gate 7"), "DA": String("/Helv 18 Tf 0 g")},
    "Square": {"C": Array([1, 0, 0]), "IC": Array([1, 1, 0])},
    "Circle": {"C": Array([1, 0, 0]), "BS": Dictionary(W=4, S=Name.D, D=Array([6, 3]))},
    "Line": {"L": Array([25, 35, 175, 65]), "C": Array([0, 0, 1])},
    "Polygon": {"Vertices": Array([25, 35, 175, 35, 100, 65]), "C": Array([0]), "CA": 0.5},
    "PolyLine": {"Vertices": Array([25, 35, 175, 35, 100, 65]), "C": Array([0])},
    "Ink": {"InkList": Array([Array([25, 35, 175, 35, 100, 65])]), "C": Array([0])},
    "Highlight": {"QuadPoints": Array([20, 70, 180, 70, 20, 30, 180, 30]), "C": Array([1, 1, 0])},
    "Underline": {"QuadPoints": Array([20, 70, 180, 70, 20, 30, 180, 30]), "C": Array([1, 0, 0])},
    "StrikeOut": {"QuadPoints": Array([20, 70, 180, 70, 20, 30, 180, 30]), "C": Array([1, 0, 0])},
    "Squiggly": {"QuadPoints": Array([20, 70, 180, 70, 20, 30, 180, 30]), "C": Array([1, 0, 0])},
    "Link": {"Border": Array([0, 0, 2]), "C": Array([0, 0, 1])},
}


@pytest.mark.parametrize("subtype", [*DRAWN, "Stamp", "Text", "Caret", "FileAttachment", "Redact"])
def test_an_annotation_without_an_appearance_is_drawn_or_named(subtype: str) -> None:
    note = item(subtype, [20, 30, 180, 70], **DRAWN.get(subtype, {}))

    background = compiled(make(b" ", change=with_items(note)))

    if subtype in DRAWN:
        pixels = drawn(printed(background), "pdfium")
        assert pixels is not None
        assert (pixels.min(axis=2) < 200).any()
        assert not any("not printed" in finding for finding in background.findings)
    else:
        assert background.findings == (
            f"Page 1: the annotation “{subtype}” has no appearance and is not printed. Flatten "
            "annotations and forms, then export.",
        )


@pytest.mark.parametrize("subtype", ANNOTATIONS.split())
def test_an_annotation_that_is_not_set_to_print_is_mentioned(subtype: str) -> None:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        look = Dictionary(N=form(pdf, b"0 0 9 9 re f"))
        with_items(item(subtype, [20, 30, 180, 70], 0, AP=look))(pdf, page)

    assert compiled(make(MARKS, change=change)).findings[0] == (
        f"Page 1: the annotation “{subtype}” is not set to print."
    )


@pytest.mark.parametrize("note", [("Popup", 4), ("Link", 0), ("Stamp", 2), ("Square", 6)])
def test_what_its_author_hid_is_no_finding(note: tuple[str, int]) -> None:
    data = make(MARKS, change=with_items(item(note[0], [20, 30, 180, 70], note[1])))

    assert compiled(data).findings == ()


def test_a_field_of_letters_that_no_font_has_is_named() -> None:
    data = make(b" ", change=with_items(field("\ue000", [20, 30, 180, 70])))

    assert "Page 1: the form field “name” has characters that no font here has." in (
        compiled(data).findings
    )


@pytest.mark.parametrize("rect", [[0, 0, 1e8, 1e8], [0, -1e9, 100, 50]])
def test_a_field_larger_than_any_paper_is_named(rect: list[float]) -> None:
    background = compiled(make(MARKS, change=with_items(field("Gate", rect))))

    assert background.findings == (
        "Page 1: the form field “name” has no appearance and is not printed. Flatten annotations "
        "and forms, then export.",
    )


def test_fields_are_upright_on_a_turned_page() -> None:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        with_items(field("Turned", [20, 30, 180, 70], MK=Dictionary(R=90)))(pdf, page)
        page.Rotate = 90

    assert text_of(printed(compiled(make(b" ", change=change)))) == "Turned"


def test_what_was_printed_opens_everywhere() -> None:
    data = make(
        MARKS, change=with_items(*(item(kind, [20, 30, 180, 70], **DRAWN[kind]) for kind in DRAWN))
    )

    with pikepdf.open(io.BytesIO(printed(compiled(data)))) as pdf:
        assert pdf.check_pdf_syntax() == []
