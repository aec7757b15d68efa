"""The compiled background against the original, both as pdfium draws them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageChops, ImageDraw

from counterfoil.render.background.pages import Box
from counterfoil.render.errors import BackgroundError
from counterfoil.render.messages import Message

_SIDE = 800
"""Pixels of a page's longer side."""
_LARGEST = 10.0
"""Times that an original may be enlarged."""
_VISIBLE = 48
"""Of 255: by less, edges that lie a hair elsewhere differ."""
_NOTABLE = 25
"""Pixels that differ visibly before it is worth a word."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Where what prints does not look like the original."""

    pages: tuple[int, ...] = ()
    """Their numbers, from 1."""
    pixels: int = 0
    unseen: int = 0
    """The first page that there was no time to compare; 0: all were."""
    unreadable: bool = False
    """pdfium cannot open the original."""

    def findings(self) -> tuple[Message, ...]:
        if self.unreadable:
            return (Message("background.not_comparable"),)
        differing = tuple(Message("background.page_differs", page=page) for page in self.pages)
        if not self.unseen:
            return differing
        return (*differing, Message("background.pages_not_compared", page=self.unseen))


def compare(
    original: bytes, compiled: bytes, ignored: Sequence[Sequence[Box]], until: float
) -> Differences:
    """Draw each page of both; what takes too long is stopped by the process's limits.

    Args:
        original: a PDF that pdfium may not even open; then there is nothing to compare with.
        compiled: what is printed of it.
        ignored: for each page, places that are known to look otherwise.
        until: the process's CPU time after which originals are no longer drawn.

    Raises:
        BackgroundError: pdfium cannot draw what is printed.
    """
    pages: list[int] = []
    pixels = unseen = 0
    source = _opened(original)
    try:
        with pypdfium2.PdfDocument(compiled) as document:
            for number, boxes in enumerate(ignored, start=1):
                ours = _rendered(document[number - 1])
                if source is None or unseen:
                    continue
                if time.process_time() > until:
                    unseen = number
                    continue
                theirs = _page_of(source, number, max(document[number - 1].get_size()))
                count = _differing(ours, theirs, boxes, document[number - 1])
                if count > _NOTABLE:
                    pages.append(number)
                    pixels += count
    except pypdfium2.PdfiumError as error:
        raise BackgroundError(Message("background.undrawable")) from error
    finally:
        if source is not None:
            source.close()
    return Differences(tuple(pages), pixels, unseen, source is None)


def _opened(data: bytes) -> pypdfium2.PdfDocument | None:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return None
    if document.get_formtype():
        document.init_forms()
        pypdfium2.raw.FPDF_SetFormFieldHighlightAlpha(document.formenv, 0)
    return document


def _page_of(document: pypdfium2.PdfDocument, number: int, side: float) -> Image.Image | None:
    """Draw a page of the original as large as what prints: pdfium ignores UserUnit."""
    try:
        page = document[number - 1]
        return _rendered(page, min(_LARGEST, side / max(page.get_size())))
    except (pypdfium2.PdfiumError, IndexError, ZeroDivisionError):  # e.g. a page without a size
        return None


def _rendered(page: pypdfium2.PdfPage, times: float = 1.0) -> Image.Image:
    """Draw a page as it prints, not as it shows on a screen."""
    scale = times * min(2.0, _SIDE / (times * max(page.get_size())))
    bitmap = page.render(scale=scale, may_draw_forms=False, extra_flags=pypdfium2.raw.FPDF_PRINTING)
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    return picture


def _differing(
    ours: Image.Image,
    theirs: Image.Image | None,
    ignored: Sequence[Box],
    page: pypdfium2.PdfPage,
) -> int:
    """Return the number of pixels that differ visibly."""
    if theirs is None:
        return ours.width * ours.height
    if theirs.size != ours.size:
        theirs = theirs.resize(ours.size)
    channels = ImageChops.difference(ours, theirs).split()
    most = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    width, height = page.get_size()
    wide, high = ours.width / width, ours.height / height
    pen = ImageDraw.Draw(most)
    for left, bottom, right, top in ignored:
        pen.rectangle(
            (
                left * wide - 2,
                (height - top) * high - 2,
                right * wide + 2,
                (height - bottom) * high + 2,
            ),
            fill=0,
        )
    return sum(most.histogram()[_VISIBLE:])
