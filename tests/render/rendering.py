"""A press for the tests: layouts in, PDF and what it says out."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pdfplumber
import pypdfium2
import zxingcpp

from counterfoil.render import (
    CompiledBackground,
    FontLibrary,
    Plan,
    Report,
    Ticket,
    blank_background,
    compile_plan,
    read_layout,
    render_pdf,
)
from counterfoil.render.units import Mm, pt

CORPUS = Path(__file__).parent / "corpus"


@cache
def fonts() -> FontLibrary:
    return FontLibrary()


def paper(width: float = 100, height: float = 100, pages: int = 1) -> CompiledBackground:
    """Return empty paper, in millimetres."""
    return blank_background(pt(Mm(width)), pt(Mm(height)), pages)


def text_box(text: str = "", /, **changes: Any) -> dict[str, Any]:
    """Return a text container over the upper part of the paper, in layout JSON."""
    own = {"content": "other", "text": text}
    return {
        "type": "textcontainer",
        "left": 10,
        "bottom": 50,
        "width": 80,
        "height": 40,
        "fontsize": 12,
        "fontfamily": "Open Sans",
        "bold": False,
        "italic": False,
        "align": "left",
        "verticalalign": "top",
        "color": [0, 0, 0],
        **own,
        **changes,
    }


def text_area(text: str = "", /, **changes: Any) -> dict[str, Any]:
    box = text_box(text, **{"type": "textarea", **changes})
    return {key: value for key, value in box.items() if key not in ("height", "verticalalign")}


def code(**changes: Any) -> dict[str, Any]:
    return {"type": "barcodearea", "left": 30, "bottom": 30, "size": 40, **changes}


def plan_of(
    elements: list[dict[str, Any]],
    background: CompiledBackground | None = None,
    printer_dpi: int | None = None,
) -> Plan:
    return compile_plan(
        read_layout(elements), background or paper(), fonts(), printer_dpi=printer_dpi
    )


def ticket(label: str = "A", **values: str) -> Ticket:
    """Return a ticket with a secret of its own."""
    secret = "tdm7ruoekvkpbv1o2mv8xccvqcikvr58"
    own = secret if label == "A" else secret[: -len(label)] + label.lower()
    return Ticket(label, {"secret": own, **values})


def printed(
    elements: list[dict[str, Any]],
    tickets: Iterable[Ticket] = (ticket(),),
    background: CompiledBackground | None = None,
    printer_dpi: int | None = None,
) -> tuple[bytes, Report]:
    plan = plan_of(elements, background, printer_dpi)
    stream = io.BytesIO()
    report = render_pdf(stream, ((plan, each) for each in tickets), title="Test")
    return stream.getvalue(), report


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as a reader of the PDF sees it; lengths in points."""

    text: str
    x: float
    y: float
    after: tuple[float, float]
    angle: float
    size: float
    colour: tuple[float, ...]


def glyphs(pdf: bytes, page: int = 1) -> list[Glyph]:
    """Return a page's characters in the order of its content stream."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [_glyph(char) for char in document.pages[page - 1].chars]


def _glyph(char: Mapping[str, Any]) -> Glyph:
    a, b, _, _, x, y = char["matrix"]
    angle = round(math.degrees(math.atan2(b, a)), 1) % 360
    return Glyph(
        text=char["text"],
        x=x,
        y=y,
        after=(x + char["adv"] * a, y + char["adv"] * b),
        angle=angle,
        size=round(_size(char), 2),
        colour=_rgb(char["non_stroking_color"]),
    )


def _rgb(colour: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(colour) * 3 if len(colour) == 1 else tuple(colour)


def _size(char: Mapping[str, Any]) -> float:
    """Solve the font size from the bounding box: pdfminer's own is wrong for turned text."""
    a, b, c, d, _, _ = char["matrix"]
    width, height, advance = char["x1"] - char["x0"], char["bottom"] - char["top"], char["adv"]
    if abs(d) > abs(c):
        return float(height - abs(b) * advance) / abs(d)
    return float(width - abs(a) * advance) / abs(c)


def text_of(pdf: bytes, page: int = 1) -> str:
    """Return a page's text as pdfium reads it, lines joined by a line feed."""
    with pypdfium2.PdfDocument(pdf) as document:
        text: str = document[page - 1].get_textpage().get_text_range()
        return text.replace("\r\n", "\n").replace("\ufffe", "-")


def seen(pdf: bytes, page: int = 1, dpi: float = 200) -> npt.NDArray[np.uint8]:
    """Return a page as pixels, RGB."""
    with pypdfium2.PdfDocument(pdf) as document:
        bitmap = document[page - 1].render(scale=dpi / 72, rev_byteorder=True)
        return np.array(bitmap.to_numpy()[:, :, :3])


def codes(pdf: bytes, page: int = 1) -> list[zxingcpp.Barcode]:
    return sorted(zxingcpp.read_barcodes(seen(pdf, page)), key=lambda found: found.text)
