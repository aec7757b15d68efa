from __future__ import annotations

import hashlib
import io
import zlib
from dataclasses import replace

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Dictionary, Name

from counterfoil.render.background import (
    BackgroundPage,
    CompiledBackground,
    CompiledObject,
    blank_background,
    embed_background,
)
from counterfoil.render.background.compiling import printed
from counterfoil.render.errors import BackgroundError
from counterfoil.render.pdf.syntax import dictionary
from counterfoil.render.pdf.writer import Writer, page_attributes
from counterfoil.render.units import Pt
from render.background.pdfs import MARKS, compiled, form, make, shown


def rich(content: bytes = MARKS) -> bytes:
    def nest(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        state = pdf.make_indirect(Dictionary(Type=Name.ExtGState, ca=0.5))
        page.Resources = Dictionary(
            XObject=Dictionary(F=form(pdf, content)), ExtGState=Dictionary(G=state)
        )

    return make(b"/G gs /F Do", pages=2, change=nest)


def test_a_background_survives_storing() -> None:
    background = compiled(rich())

    stored = background.to_bytes()

    assert CompiledBackground.from_bytes(stored) == background
    assert CompiledBackground.from_bytes(stored).sha256 == background.sha256


def test_the_same_pdf_compiles_to_the_same_bytes() -> None:
    data = rich()

    assert compiled(data).to_bytes() == compiled(data).to_bytes()


def test_what_is_stored_is_hardly_longer_than_the_pdf() -> None:
    data = rich()

    assert len(compiled(data).to_bytes()) < len(data)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_a_damaged_store_is_noticed(at: int, damage: bytes) -> None:
    stored = compiled(make()).to_bytes()
    at %= len(stored)
    damaged = stored[:at] + damage + stored[at + len(damage) :]

    if damaged != stored:
        with pytest.raises(BackgroundError, match="Upload the PDF again"):
            CompiledBackground.from_bytes(damaged)


def sealed(head: bytes, streams: bytes = b"") -> bytes:
    """Store something of our format that we would not have written."""
    deflated = zlib.compress(head)
    body = b"Counterfoil background 1\n%d\n" % len(deflated) + deflated + streams
    return body + hashlib.sha256(body).digest()


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]",
        b"{}",
        b'{"pages":[[1,1,0]],"fonts":[],"objects":[]}\n',
        b'{"pages":[[1,1,-1]],"fonts":[],"objects":[[[0],0]]}\n',
        b'{"pages":[[1,1,true]],"fonts":[],"objects":[]}\n',
        b'{"pages":[["a",1,null]],"fonts":[],"objects":[]}\n',
        b'{"pages":[],"fonts":[],"objects":[[[9],null]]}\n',
        b'{"pages":[],"fonts":[],"objects":[[[-7],null]]}\n',
        b'{"pages":[],"fonts":[],"objects":[[[0],-5]]}\n',
        b'{"pages":[],"fonts":[],"objects":[[[0],5]]}\n',
        b"[" * 100_000 + b"\n",
        bytes(101_000_000),
    ],
)
def test_a_store_that_nobody_wrote_is_refused(head: bytes) -> None:
    with pytest.raises(BackgroundError, match="Upload the PDF again"):
        CompiledBackground.from_bytes(sealed(head))


def test_two_backgrounds_share_a_document() -> None:
    first, second = compiled(rich()), compiled(rich(b"0 0 1 rg 10 10 50 50 re f"))
    sink = io.BytesIO()
    writer = Writer(sink)

    for background in (first, second):
        forms = embed_background(background, writer).pages
        for page, ref in zip(background.pages, forms, strict=True):
            assert ref is not None
            resources = writer.add(dictionary({"XObject": dictionary({"B": bytes(ref)})}))
            box = (0, 0, page.width, page.height)
            writer.page(page_attributes(box, resources), page.draw(b"/B"))
    writer.finish(title="Both", language="en")

    both = sink.getvalue()
    assert np.array_equal(shown(both, page=1), shown(printed(first), page=1))
    assert np.array_equal(shown(both, page=3), shown(printed(second), page=1))
    with pikepdf.open(io.BytesIO(both)) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_blank_paper_has_size_and_no_objects() -> None:
    background = blank_background(Pt(100), Pt(50), pages=2)

    assert background.pages == (BackgroundPage(Pt(100), Pt(50), None),) * 2
    assert background.objects == ()
    assert shown(printed(background), scale=1).shape[:2] == (50, 100)


def test_objects_of_any_parts_survive_storing() -> None:
    objects = (
        CompiledObject((b"<</A ", 1, b">>")),
        CompiledObject((b"/Length1 3",), b"\0\xff\n"),
        CompiledObject((), b""),
        CompiledObject((0, 1, 2)),
    )
    background = CompiledBackground((BackgroundPage(Pt(1.5), Pt(2), 1),), objects, ("Zürich",))

    assert CompiledBackground.from_bytes(background.to_bytes()) == background
    darker = replace(background, has_rgb_black=True)
    assert CompiledBackground.from_bytes(darker.to_bytes()) == darker
