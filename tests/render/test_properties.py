"""Whatever validates is printed, or the ticket and the element that cannot be are named."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdfium2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from counterfoil.render import (
    Image,
    LayoutError,
    Ticket,
    TicketError,
    compile_plan,
    describe,
    read_image,
    read_layout,
    render_pdf,
)
from render.rendering import fonts, paper, plan_of, text_area, text_box

# Letters of all the scripts that are shaped, what directs or joins them, and what is nothing.
LETTERS = st.sampled_from("aé-ﬁ ßΩЖ\u00ad\u00a0\u200b\u200d\u200e\u202e\u2067\u2069\n\r\t\0{}<>&%")
SCRIPTS = st.sampled_from(
    "אבגםשׁ(مرحبالا١ّकक्षिर्ไทยตั๋ว、。漢字かなカ한글👩‍👩‍👧🇨🇭①\ufeff\ufffd\U0010ffff"
)
TEXT = st.one_of(
    st.text(max_size=60),
    st.text(LETTERS | SCRIPTS, max_size=120),
    st.text(st.characters(categories=["Cs", "Cf", "Mn", "Co", "Cn"]), max_size=20),
    st.text("ab- ", max_size=3000),
)
NUMBERS = st.one_of(
    st.integers(-400, 400),
    st.floats(-400, 400, allow_nan=False),
    st.sampled_from([0, 1, 1e6, -1e6, 1e-9, 5e-324, "12.50", "-3", "0.00", "1000000", 1e308]),
)
# Most are lengths that elements do have, lest too few layouts come to be printed.
LIKELY = st.one_of(st.floats(0.01, 150, exclude_min=True), st.integers(1, 90), NUMBERS)
ODD = st.one_of(st.none(), st.booleans(), NUMBERS, TEXT, st.lists(NUMBERS, max_size=4))
PICTURE = "A variable that is a picture."
PLACEHOLDERS = st.sampled_from(["secret", "other", "other_i18n", "a", "meta:x", "missing", ""])


def attribute(described: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return what may stand in an attribute, and sometimes what may not."""
    kind = described["kind"]
    if kind == "choice":
        return st.sampled_from([each["value"] for each in described["options"]])
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "flag": st.booleans(),
        "colour": st.lists(st.floats(0, 255), min_size=3, max_size=4),
        "variable": st.just("photo") if described["help"] == PICTURE else PLACEHOLDERS,
        "text": st.one_of(TEXT, st.just("{a} {secret} {b}")),
        "translations": st.dictionaries(st.sampled_from(["en", "de", "ar"]), TEXT, max_size=2),
        "fontfamily": st.sampled_from(["Open Sans", "Noto Sans", "Noto Sans Arabic", "None Such"]),
        "locale": st.sampled_from(["", "de", "ar-EG", "zh-hant", "x", "\ud800"]),
        "page": st.sampled_from([1, 2, 0, 1.5, 3]),
        "fontsize": st.one_of(st.floats(0.1, 80), st.sampled_from(["13.0", 1e-6, 1e6, -1])),
        "condition": st.fixed_dictionaries(
            {"variable": st.sampled_from(["a", "b", "photo"]), "empty": st.booleans()}
        ),
    }
    return kinds.get(kind, LIKELY)


@st.composite
def elements(draw: st.DrawFn, kind: dict[str, Any]) -> dict[str, Any]:
    element: dict[str, Any] = {"type": kind["type"]}
    for each in kind["attributes"]:
        if each["required"] or draw(st.integers(0, 3)) == 0:
            is_odd = draw(st.integers(0, 60)) == 0
            element[each["name"]] = draw(ODD if is_odd else attribute(each))
    return element


LAYOUTS = st.lists(st.sampled_from(describe()).flatmap(elements), max_size=4)
VALUES = st.fixed_dictionaries({}, optional={"secret": TEXT, "a": TEXT, "b": TEXT, "meta:x": TEXT})


def picture(width: int, height: int) -> Image:
    stream = io.BytesIO()
    Pillow.new("L", (width, height)).save(stream, "PNG")
    return read_image(stream.getvalue())


IMAGES = st.dictionaries(
    st.just("photo"), st.sampled_from([picture(30, 20), picture(1000, 1), None]), max_size=1
)
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(LAYOUTS, VALUES, IMAGES, st.sampled_from(["en", "ar", "zh-hant", "", "no such", "\ud800"]))
def test_any_layout_that_validates_prints_or_names_its_place(
    source: list[dict[str, Any]],
    values: dict[Any, str | None],
    images: dict[str, Image | None],
    locale: str,
) -> None:
    try:
        layout = read_layout(source)
    except LayoutError as error:
        assert_names_its_places(error)
        return
    plan = compile_plan(layout, paper(100, 100, pages=2), fonts())

    stream = io.BytesIO()
    try:
        render_pdf(stream, [(plan, Ticket("row 7", values, images, locale=locale))], title="Any")
    except TicketError as error:
        assert_names_its_place(error, "row 7", len(source))
    else:
        assert_opens(stream.getvalue(), pages=2)


@QUICK
@given(TEXT, st.floats(0.5, 120), st.floats(0.2, 300), st.booleans(), st.booleans())
def test_any_text_prints_in_any_box(
    text: str, size: float, width: float, shrinks: bool, splits: bool
) -> None:
    how = {"content": "a", "fontsize": size, "width": width}
    layout = [text_box(**how, autoresize=shrinks, splitlongwords=splits), text_area(**how)]
    stream = io.BytesIO()

    render_pdf(stream, [(plan_of(layout), Ticket("A", {"a": text}))], title=text)

    assert_opens(stream.getvalue(), pages=1)


KEYS = st.sampled_from(["type", "left", "textcontainer", "a/b~c", ""])


@QUICK
@given(st.recursive(ODD, lambda each: st.lists(each) | st.dictionaries(KEYS, each), max_leaves=8))
def test_what_is_no_layout_is_refused_with_its_places(source: Any) -> None:
    try:
        read_layout(source)
    except LayoutError as error:
        assert_names_its_places(error)
    else:
        assert source == []


def assert_names_its_places(error: LayoutError) -> None:
    assert error.problems
    for problem in error.problems:
        assert problem.pointer == "" or problem.pointer.startswith("/")
        assert problem.message


def assert_names_its_place(error: TicketError, ticket: str, elements: int) -> None:
    assert error.ticket == ticket
    assert 0 <= int(error.pointer.removeprefix("/")) < elements
    assert error.message


def assert_opens(pdf: bytes, *, pages: int) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.check_pdf_syntax() == []
        assert len(document.pages) == pages
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == pages
        for page in document:
            page.render(scale=0.2)
