"""A second reader for files that the first one cannot repair: pdfium mends what viewers mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

import pypdfium2


def resaved(data: bytes, most: int) -> Iterator[bytes]:
    """Yield copies that pdfium writes: first of the file, then of ``most`` of its pages alone.

    A copy of the pages has a page tree of its own, whatever the original's was.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    with document:
        for copied in (False, True):
            try:
                yield _pages(document, most) if copied else _saved(document)
            except pypdfium2.PdfiumError:
                continue


def _saved(document: pypdfium2.PdfDocument) -> bytes:
    file = BytesIO()
    document.save(file, flags=pypdfium2.raw.FPDF_REMOVE_SECURITY)
    return file.getvalue()


def _pages(document: pypdfium2.PdfDocument, most: int) -> bytes:
    with pypdfium2.PdfDocument.new() as copy:
        for index in range(min(len(document), most)):
            with suppress(pypdfium2.PdfiumError):  # a page that viewers do not show either
                copy.import_pages(document, [index])
        return _saved(copy)
