"""Small PDFs, made on the spot."""

from __future__ import annotations

import io

import pikepdf


def pdf_of(*sizes: tuple[float, float]) -> bytes:
    """Return a PDF with blank pages of these sizes in points."""
    pdf = pikepdf.new()
    for size in sizes or [(298, 420)]:
        pdf.add_blank_page(page_size=size)
    stream = io.BytesIO()
    pdf.save(stream, deterministic_id=True)
    return stream.getvalue()


NOT_A_PDF = b"this is not a pdf"
