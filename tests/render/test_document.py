from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Iterator

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.render import (
    LayoutError,
    Message,
    Plan,
    RenderError,
    Ticket,
    TicketError,
    compile_plan,
    read_layout,
    render_pdf,
)
from render.rendering import (
    code,
    fonts,
    glyphs,
    paper,
    plan_of,
    printed,
    text_area,
    text_box,
    text_of,
    ticket,
)

SCRIPTS = "Grüße, Ωμέγα, Привет, مرحبا بالعالم, שלום (VIP), हिन्दी, ไทย ตั๋ว, fluffig"


def test_every_ticket_gets_every_page_of_its_background() -> None:
    layout = [text_box("first"), text_box("second", page=2), text_box("none", page=7)]
    layout += [text_box("none", page=0)]

    pdf, report = printed(layout, [ticket("A"), ticket("B")], paper(80, 60, pages=3))

    assert (report.tickets, report.pages) == (2, 6)
    assert [text_of(pdf, page) for page in range(1, 7)] == ["first", "second", ""] * 2


def test_several_layouts_print_into_one_document() -> None:
    small = plan_of([text_box("small {n}")], paper(100, 95))
    large = plan_of([text_box("large {n}")], paper(120, 100))
    items = [(plan, ticket(n=str(n))) for n, plan in enumerate([small, large, small])]
    stream = io.BytesIO()

    render_pdf(stream, items, title="Both")

    assert [text_of(stream.getvalue(), page) for page in (1, 2, 3)] == [
        "small 0",
        "large 1",
        "small 2",
    ]


def test_the_same_tickets_give_the_same_bytes_in_every_process() -> None:
    script = (
        "import hashlib, sys; from render.test_document import sample;"
        "sys.stdout.write(hashlib.sha256(sample()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert {hashlib.sha256(sample()).hexdigest()} == set(runs)


def sample() -> bytes:
    layout = [text_box(SCRIPTS), code(bottom=5), text_box("{secret} {n}", fontsize=8)]
    return printed(layout, [ticket(str(n), n=str(n)) for n in range(5)])[0]


def test_what_is_printed_can_be_read_back_in_every_script() -> None:
    for text in SCRIPTS.split(", "):
        pdf, report = printed([text_box(text)])

        # Readers order right-to-left text each in their own way.
        assert sorted("".join(text_of(pdf).split())) == sorted("".join(text.split())), text
        assert not report.findings


def test_the_file_is_sound_and_tells_its_title_and_language() -> None:
    stream = io.BytesIO()
    layout = [text_box(SCRIPTS), code(bottom=5)]
    render_pdf(stream, [(plan_of(layout), ticket())], title="Konzert – Ω", language="de")

    with pikepdf.open(io.BytesIO(stream.getvalue())) as document:
        assert document.check_pdf_syntax() == []
        assert document.docinfo["/Title"] == "Konzert – Ω"
        assert document.Root.Lang == "de"
        assert all("/Resources" in page.obj for page in document.pages)


def test_fonts_come_once_and_hold_what_all_tickets_use() -> None:
    layout = [text_box("{n}")]

    pdf, _ = printed(layout, [ticket(n=chr(65 + n) * 3) for n in range(20)])

    with pikepdf.open(io.BytesIO(pdf)) as document:
        files = [each for each in document.objects if is_font_descriptor(each)]
    assert len(files) == 1
    assert text_of(pdf, 20) == "TTT"


def is_font_descriptor(item: object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"


def test_tickets_are_taken_one_by_one() -> None:
    plan, taken = plan_of([code()]), []

    class Sink:
        size = 0

        def write(self, data: bytes) -> None:
            self.size += len(data)

    sink = Sink()

    def tickets() -> Iterator[tuple[Plan, Ticket]]:
        for number in range(400):
            taken.append(sink.size)
            yield plan, ticket(secret=f"{number:032}")

    render_pdf(sink, tickets(), title="Many")

    assert taken[0] < taken[200] < taken[399] < sink.size


def test_progress_is_told_every_hundred_tickets_and_at_the_end() -> None:
    told: list[int] = []
    plan = plan_of([text_box("x")])

    render_pdf(io.BytesIO(), [(plan, ticket())] * 250, title="Many", on_progress=told.append)

    assert told == [100, 200, 250]


def test_a_broken_value_fails_its_ticket_where_an_element_wants_it() -> None:
    broken = Ticket("B-1", {"a": "x"}, broken={"b": Message.of_text("The answer cannot be read.")})

    printed([text_box(content="a")], [broken])
    with pytest.raises(TicketError) as caught:
        printed([text_box(content="a"), text_box("{b}")], [broken])

    assert str(caught.value) == "B-1, /1: The answer cannot be read."


def test_an_element_that_is_not_shown_needs_no_value() -> None:
    broken = Ticket("B-1", {"a": "x"}, broken={"b": Message.of_text("The answer cannot be read.")})

    printed([text_box("{b}", condition={"variable": "a", "is": "y"})], [broken])


def test_printed_secrets_are_shortened_and_placeholders_are_not() -> None:
    layout = [text_box(content="secret"), text_box("{secret}", bottom=20, fontsize=7)]
    secret = "0123456789" * 4

    pdf, _ = printed(layout, [ticket(secret=secret)])

    assert text_of(pdf).split() == [secret[:30] + "…", secret]


def test_a_translation_follows_the_tickets_language() -> None:
    box = text_box(content="other_i18n", text_i18n={"en": "Welcome", "de": "Willkommen"})
    tickets = [Ticket("A", {}, locale="de"), Ticket("B", {}, locale="fr")]

    pdf, _ = printed([box], tickets)

    assert [text_of(pdf, page) for page in (1, 2)] == ["Willkommen", "Welcome"]


INJECTIONS = [
    *("{{7*7}}", "{secret.__class__}", "${x}", "<b>bold</b>", "&amp;", "%s%n", ") Tj ET (", "\\)"),
    *("<br/>", "' OR 1=1 --", "endstream endobj", "{\\rtf1}", "=1+1", "/JS (app.alert(1))"),
    *("(unbalanced", "unbalanced)", "\\", "{order}"),
]


@pytest.mark.parametrize("kind", [text_box, text_area])
@pytest.mark.parametrize("text", INJECTIONS)
def test_what_a_value_says_is_printed_as_it_is(text: str, kind: object) -> None:
    element = kind(content="x")  # type: ignore[operator]

    pdf, _ = printed([element], [ticket(x=text, order="QX7K2")])

    found = "".join(each.text for each in glyphs(pdf))
    assert "".join(found.split()) == "".join(text.split())


@given(
    text=st.text(max_size=80),
    changes=st.fixed_dictionaries(
        {},
        optional={
            "width": st.floats(0.001, 300),
            "height": st.floats(-10, 300),
            "fontsize": st.floats(0.001, 2000),
            "lineheight": st.floats(-1000, 1000),
            "rotation": st.floats(allow_nan=False, allow_infinity=False),
            "left": st.floats(-1e6, 1e6),
            "autoresize": st.booleans(),
            "splitlongwords": st.booleans(),
            "align": st.sampled_from(["left", "center", "right"]),
            "verticalalign": st.sampled_from(["top", "middle", "bottom"]),
        },
    ),
    symbology=st.sampled_from(["qr", "aztec", "datamatrix", "pdf417", "code128", "ean13"]),
)
@settings(max_examples=60, deadline=None)
def test_any_text_in_any_layout_prints_or_names_its_place(
    text: str, changes: dict[str, object], symbology: str
) -> None:
    layout = [
        text_box(content="x", **changes),
        text_area("{x}"),
        code(symbology=symbology, content="x"),
    ]

    try:
        pdf, _ = printed(layout, [ticket(x=text)])
    except TicketError as error:
        assert error.pointer == "/2"  # noqa: PT017 - either outcome is right
    else:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert document.check_pdf_syntax() == []


def test_errors_are_all_of_one_family() -> None:
    assert issubclass(LayoutError, RenderError)
    assert issubclass(TicketError, RenderError)


def test_a_plan_tells_what_it_needs() -> None:
    layout = [
        text_box(content="item", locale="de"),
        text_box("{a} {b}"),
        code(),
        {"type": "imagearea", "left": 0, "bottom": 0, "width": 9, "height": 9, "content": "photo"},
        text_box(content="elsewhere", page=3),
    ]

    plan = compile_plan(read_layout(layout), paper(), fonts(), name="Main")

    assert plan.needs == {("item", "de"), "a", "b", "secret"}
    assert plan.images == {"photo"}
