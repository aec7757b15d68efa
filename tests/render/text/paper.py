"""Lines on a page, for tests that look at what readers make of them."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pypdfium2

from counterfoil.render.fonts import Face, FontLibrary, UsedGlyphs
from counterfoil.render.pdf.syntax import dictionary
from counterfoil.render.pdf.writer import Writer, page_attributes
from counterfoil.render.text import Line, TextStyle, break_lines, prepare
from counterfoil.render.units import Pt

LIBRARY = FontLibrary()
WIDE = Pt(2000.0)


def style(
    *,
    family: str = "Open Sans",
    size: float = 10.0,
    library: FontLibrary = LIBRARY,
    language: str = "",
) -> TextStyle:
    return TextStyle(library.face(family), Pt(size), library, language)


def lines(
    text: str, width: float = WIDE, *, split: bool = True, how: TextStyle | None = None
) -> tuple[Line, ...]:
    return break_lines(prepare(text), how or style(), Pt(width), split_long_words=split)


def texts(text: str, width: float = WIDE, **options: object) -> list[str]:
    return [line.text for line in lines(text, width, **options)]  # type: ignore[arg-type]


def width_of(text: str, face: Face | None = None) -> float:
    """Return the sum of nominal advances at 10 points: what plain text must come to."""
    face = face or LIBRARY.face("Open Sans")
    return 10 * sum(face.advance(face.gid(character)) for character in text)


def page(shown: Iterable[Line]) -> bytes:
    """Return a PDF with the lines one under the other."""
    file = io.BytesIO()
    writer, used, content = Writer(file), UsedGlyphs(), []
    resources = writer.alloc()
    for number, line in enumerate(shown):
        content.append(b"BT 20 %d Td\n%b\nET" % (800 - 25 * number, line.body))
        used.add(line.glyphs)
    writer.page(page_attributes((0, 0, 2100, 842), resources), b"\n".join(content))
    writer.obj(resources, dictionary({"Font": dictionary(used.embed(writer))}))
    writer.finish(title="Lines", language="en")
    return file.getvalue()


def picture(data: bytes) -> np.ndarray:
    """Return the grey pixels of the first page, as pdfium draws it."""
    with pypdfium2.PdfDocument(data) as document:
        return np.asarray(document[0].render(scale=2).to_pil().convert("L"))


def pdfium_text(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        text: str = document[0].get_textpage().get_text_range()
    return [line.rstrip() for line in text.splitlines()]


def poppler_text(data: bytes, folder: Path) -> list[str]:
    """Return poppler's reading, without the marks it puts around right-to-left text."""
    path = folder / "page.pdf"
    path.write_bytes(data)
    program = shutil.which("pdftotext") or "pdftotext"
    run = subprocess.run([program, path, "-"], capture_output=True, text=True, check=True)
    marks = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\f"))
    return [line.strip() for line in run.stdout.translate(marks).splitlines() if line.strip()]
