"""PDFs for the tests of backgrounds, and eyes to look at them with."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2
from pikepdf import Array, Name

from counterfoil.render.background import LIMITS, CompiledBackground, Limits
from counterfoil.render.background.compiling import compile_pdf, printed

Pixels = npt.NDArray[np.int16]

# Ink in every corner, unlike when turned or mirrored.
MARKS = b"""
1 0 0 rg 0 0 30 10 re f  0 0.6 0 rg 170 0 30 20 re f  0 0 1 rg 0 80 40 20 re f
0.5 g 180 60 20 40 re f  2 w 0 0 m 200 100 l S  0 0 0 RG 60 30 80 40 re S
"""


def make(
    content: bytes | Iterable[bytes] = MARKS,
    *,
    size: tuple[float, float] = (200, 100),
    pages: int = 1,
    change: Callable[[pikepdf.Pdf, pikepdf.Object], None] | None = None,
    **saving: object,
) -> bytes:
    """Return a PDF; ``change`` may do to it and to each page what it likes."""
    pdf = pikepdf.new()
    streams = [content] if isinstance(content, bytes) else list(content)
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=size).obj
        made = [pdf.make_stream(stream) for stream in streams]
        page.Contents = made[0] if len(made) == 1 else Array(made)
        if change is not None:
            change(pdf, page)
    file = io.BytesIO()
    pdf.save(file, **saving)
    return file.getvalue()


def compiled(data: bytes, limits: Limits = LIMITS) -> CompiledBackground:
    """Compile in this process: for PDFs that mean well."""
    return compile_pdf(data, limits)


def shown(data: bytes, *, page: int = 0, scale: float = 2) -> Pixels:
    """Return the pixels of a page, as pdfium shows them."""
    with pypdfium2.PdfDocument(data) as pdf:
        if pdf.get_formtype():
            pdf.init_forms()
        return np.asarray(pdf[page].render(scale=scale, rev_byteorder=True).to_numpy()).astype(
            np.int16
        )


def same(data: bytes, *, page: int = 0, scale: float = 2) -> bool:
    """Tell whether a compiled PDF looks like the original."""
    ours = shown(printed(compiled(data)), page=page, scale=scale)
    original = shown(data, page=page, scale=scale)
    return ours.shape == original.shape and bool(np.array_equal(ours, original))


def form(pdf: pikepdf.Pdf, content: bytes, **entries: object) -> pikepdf.Object:
    return pdf.make_stream(
        content,
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 200, 100]),
        **entries,
    )


def raw(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Write a PDF by hand: object numbers from 1, a sound cross-reference table."""
    body, offsets = b"%PDF-1.7\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d%b>>\nstartxref\n%d\n%%%%EOF"
        % (
            len(objects) + 1,
            table,
            len(objects) + 1,
            trailer,
            len(body),
        )
    )
