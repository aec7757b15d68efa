"""What a code stands on, as paper would show it: the background and light shapes over it, drawn.

It loads a PDF viewer, so it is imported when a code stands on something for the first time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO

import pypdfium2

from counterfoil.render.background import BackgroundPage, CompiledBackground, embed_background
from counterfoil.render.elements.base import Box
from counterfoil.render.pdf.syntax import dictionary
from counterfoil.render.pdf.writer import Writer, page_attributes

PDFIUM = threading.Lock()
"""PDFium may be in one thread at a time only: two threads of a web server would crash it."""

_SCALE = 100 / 72
"""Pixels a point: a module of the smallest codes is more than one."""
_MOST_PIXELS = 1000
"""Of a side. Codes of posters are drawn coarser."""
_CONTRAST = 0.4
"""Between code and paper; ISO/IEC 15415 calls less than this poor."""
_SHARE = 0.03
"""Of the area that may be darker: lines and specks are what error correction is for."""
_CACHE_SIZE = 256


@dataclass(frozen=True, slots=True)
class Ground:
    """A page before a code is drawn on it; equal ones look the same."""

    background: CompiledBackground = field(compare=False, repr=False)
    sha256: bytes
    page: BackgroundPage
    operators: bytes
    """Of the light shapes between background and code; anything else there is a finding anyway."""

    def pdf(self) -> bytes:
        """Return the page alone."""
        sink = BytesIO()
        writer = Writer(sink)
        painted, xobject_refs = b"", {}
        number = self.background.pages.index(self.page)
        form = embed_background(self.background, writer).pages[number]
        if form is not None:
            xobject_refs["Ground"] = bytes(form)
            painted = self.page.draw(b"/Ground")
        resources = writer.add(dictionary({"XObject": dictionary(xobject_refs)}))
        attributes = page_attributes((0.0, 0.0, self.page.width, self.page.height), resources)
        writer.page(attributes, painted + b"\n" + self.operators)
        writer.finish(title="", language="en")
        return sink.getvalue()


@lru_cache(_CACHE_SIZE)
def has_contrast(ground: Ground, area: Box, luma: float) -> bool:
    """Tell whether a code can be told from what is below it.

    Args:
        area: the code with its quiet zone.
        luma: of the code's colour, from 0 for black to 1.
    """
    width, height = ground.page.width, ground.page.height
    left, bottom = max(area[0], 0.0), max(area[1], 0.0)
    right, top = min(area[2], width), min(area[3], height)
    if right <= left or top <= bottom:
        return True
    scale = min(_SCALE, _MOST_PIXELS / max(right - left, top - bottom))
    with PDFIUM, pypdfium2.PdfDocument(ground.pdf()) as document:
        bitmap = document[0].render(
            scale=scale,
            crop=(left, bottom, width - right, height - top),
            may_draw_forms=False,
            grayscale=True,
            extra_flags=pypdfium2.raw.FPDF_PRINTING,
        )
        counts: list[int] = bitmap.to_pil().convert("L").histogram()
        bitmap.close()
    too_dark = sum(counts[: int(255 * min(1.0, luma + _CONTRAST))])
    return too_dark <= _SHARE * sum(counts)
