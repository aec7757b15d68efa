from __future__ import annotations

import io
import subprocess
import sys
import zlib

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.render.pdf.syntax import dictionary, entries
from counterfoil.render.pdf.writer import Writer, page_attributes


def written(pages: int, *, title: str = "Tickets", language: str = "en") -> bytes:
    file = io.BytesIO()
    writer = Writer(file)
    attributes = page_attributes((0, 0, 210.5, 100), writer.add(b"<<>>"))
    for number in range(pages):
        writer.page(attributes, b"%d 0 m" % number)
    writer.finish(title=title, language=language)
    return file.getvalue()


# With 194 pages the last object stream is exactly full when the file ends.
@pytest.mark.parametrize("pages", [0, 1, 100, 101, 194, 10_001])
def test_pages_keep_their_number_and_order(pages: int) -> None:
    with pikepdf.open(io.BytesIO(written(pages))) as document:
        contents = [page.Contents.read_bytes() for page in document.pages]

        assert document.check_pdf_syntax() == []
        assert document.Root.Pages.Count == pages
    assert contents == [b"%d 0 m" % number for number in range(pages)]


def test_no_node_of_the_page_tree_has_more_than_a_hundred_kids() -> None:
    def look(node: pikepdf.Object) -> int:
        if node.Type == "/Page":
            return 1
        assert len(node.Kids) <= 100
        assert node.Count == sum(look(kid) for kid in node.Kids)
        assert all(kid.Parent.objgen == node.objgen for kid in node.Kids)
        return int(node.Count)

    with pikepdf.open(io.BytesIO(written(10_101))) as document:
        assert look(document.Root.Pages) == 10_101


def test_pdfium_reads_it_as_well() -> None:
    with pypdfium2.PdfDocument(written(101)) as document:
        assert len(document) == 101
        assert document[100].get_size() == (210.5, 100.0)
        assert document.get_metadata_value("Title") == "Tickets"


@given(title=st.text(st.characters(codec="utf-8"), min_size=1))
@settings(max_examples=30)
def test_any_title_is_read_back(title: str) -> None:
    with pikepdf.open(io.BytesIO(written(1, title=title))) as document:
        assert str(document.docinfo["/Title"]) == title


def test_readers_are_told_the_language_and_show_the_title() -> None:
    with pikepdf.open(io.BytesIO(written(1, language="de-DE"))) as document:
        assert document.Root.Lang == "de-DE"
        assert document.Root.ViewerPreferences.DisplayDocTitle


def test_resources_stand_on_every_page() -> None:
    with pikepdf.open(io.BytesIO(written(3))) as document:
        assert all("/Resources" in page.obj for page in document.pages)


def test_the_same_calls_give_the_same_bytes_in_every_process() -> None:
    program = "import sys; from render.pdf.test_writer import written; "
    program += "sys.stdout.buffer.write(written(3))"

    other = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )

    assert other.stdout == written(3)


def test_other_content_has_another_identity() -> None:
    identities = set()
    for pages in (1, 2):
        with pikepdf.open(io.BytesIO(written(pages))) as document:
            identities.add(bytes(document.trailer.ID[0]))

    assert len(identities) == 2


def test_streams_are_deflated_unless_they_are_encoded_already() -> None:
    file = io.BytesIO()
    writer = Writer(file)
    plain, ready = writer.alloc(), writer.alloc()
    writer.stream(plain, entries({"Kind": b"/Plain"}), b"abc" * 100)
    writer.stream(ready, b"/Filter/FlateDecode", zlib.compress(b"xyz"), encoded=True)
    root = writer.add(dictionary({"Plain": bytes(plain), "Ready": bytes(ready)}))
    writer.page(page_attributes((0, 0, 9, 9), root), zlib.compress(b"q Q")[2:], encoded=True)

    writer.finish(title="Streams", language="en")

    with pikepdf.open(io.BytesIO(file.getvalue())) as document:
        resources = document.pages[0].Resources
        assert resources.Plain.read_bytes() == b"abc" * 100
        assert resources.Plain.Kind == "/Plain"
        assert len(resources.Plain.read_raw_bytes()) < 300
        assert resources.Ready.read_bytes() == b"xyz"


def test_pages_may_use_objects_that_come_last() -> None:
    file = io.BytesIO()
    writer = Writer(file)
    resources = writer.alloc()
    writer.page(page_attributes((0, 0, 9, 9), resources), b"q Q")
    writer.obj(resources, b"<</Late true>>")

    writer.finish(title="Late", language="en")

    with pikepdf.open(io.BytesIO(file.getvalue())) as document:
        assert document.pages[0].Resources.Late


def test_an_object_that_was_never_written_is_a_mistake() -> None:
    writer = Writer(io.BytesIO())
    writer.alloc()

    with pytest.raises(ValueError, match="never written"):
        writer.finish(title="Hole", language="en")


def test_an_object_cannot_be_written_twice() -> None:
    writer = Writer(io.BytesIO())
    ref = writer.alloc()
    writer.stream(ref, b"", b"once")

    with pytest.raises(ValueError, match="written before"):
        writer.stream(ref, b"", b"twice")


def test_bytes_go_out_while_pages_come_in() -> None:
    file = io.BytesIO()
    writer = Writer(file)
    attributes = page_attributes((0, 0, 9, 9), writer.add(b"<<>>"))
    noise = bytes(range(256)) * 400

    writer.page(attributes, zlib.compress(noise, 0), encoded=True)

    assert len(file.getvalue()) > 100_000


def test_a_shared_stream_is_written_once() -> None:
    writer = Writer(io.BytesIO())

    first = writer.shared_stream(b"/Type/XObject", b"0 m")

    assert writer.shared_stream(b"/Type/XObject", b"0 m") == first
    assert writer.shared_stream(b"/Type/XObject", b"1 m") != first


def test_output_intents_are_in_the_catalog() -> None:
    file = io.BytesIO()
    writer = Writer(file)
    writer.page(page_attributes((0, 0, 10, 10), writer.add(b"<<>>")), b"0 m")
    intent = writer.add(b"<</Type/OutputIntent/S/GTS_PDFX/OutputConditionIdentifier(x)>>")
    writer.finish(title="Tickets", language="en", intents=[intent])

    with pikepdf.open(file) as document:
        assert [each.S for each in document.Root.OutputIntents] == ["/GTS_PDFX"]
