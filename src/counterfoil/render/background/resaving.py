"""A second reader for files that the first one cannot repair: pdfium mends what viewers mend."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pypdfium2


def resaved(data: bytes) -> Iterator[bytes]:
    """Yield copies that pdfium writes: first of all the file, then of its pages alone.

    A copy of the pages has a page tree of its own, whatever the original's was.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    with document:
        for copied in (False, True):
            try:
                yield _pages(document) if copied else _saved(document)
            except pypdfium2.PdfiumError:
                continue


def _saved(document: pypdfium2.PdfDocument) -> bytes:
    file = BytesIO()
    document.save(file, flags=pypdfium2.raw.FPDF_REMOVE_SECURITY)
    return file.getvalue()


def _pages(document: pypdfium2.PdfDocument) -> bytes:
    with pypdfium2.PdfDocument.new() as copy:
        copy.import_pages(document)
        return _saved(copy)
