"""What a layout on an empty page begins with: its size, a code, and what the ticket is for.

A layout without elements would print the built-in ones, which are drawn for A4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

_BLACK = [0, 0, 0, 1]


@dataclass(frozen=True, slots=True)
class PageSize:
    """Paper that tickets are printed on, in mm."""

    label: Any
    width: float
    height: float


PAGE_SIZES = {
    "a4": PageSize(_("A4 portrait, 210 × 297 mm"), 210, 297),
    "a5": PageSize(_("A5 portrait, 148 × 210 mm"), 148, 210),
    "a6": PageSize(_("A6 portrait, 105 × 148 mm"), 105, 148),
    "a6-landscape": PageSize(_("A6 landscape, 148 × 105 mm"), 148, 105),
    "strip": PageSize(_("Ticket strip, 210 × 74 mm"), 210, 74),
    "roll": PageSize(_("Roll, 80 × 200 mm"), 80, 200),
    "card": PageSize(_("Credit card, 85.6 × 54 mm"), 85.6, 54),
}


def starter(width: float, height: float) -> list[dict[str, Any]]:
    """Return elements for a page of this size in mm: the code on one half, texts on the other."""
    margin = min(width, height) * 0.08
    size = min(width, height) / 2 - margin if width < 1.4 * height else height - 2 * margin
    size = max(min(size, 45.0), 4.0)
    beside = width >= 1.4 * height
    left = 2 * margin + size if beside else margin
    texts_width = max(width - left - margin, 5.0)
    top = height - margin
    lines = [("event_name", 0.11, True), ("item", 0.08, False), ("price", 0.08, False)]
    elements: list[dict[str, Any]] = [_code(margin, margin, size)]
    for content, share, bold in lines:
        line = min(height * share, 9.0)
        top -= line * 1.4
        elements.append(_text(content, left, top, texts_width, line, bold=bold))
    return elements


def _code(left: float, bottom: float, size: float) -> dict[str, Any]:
    return {
        "type": "barcodearea",
        "left": f"{left:.2f}",
        "bottom": f"{bottom:.2f}",
        "size": f"{size:.2f}",
        "content": "secret",
    }


def _text(
    content: str, left: float, bottom: float, width: float, height: float, *, bold: bool
) -> dict[str, Any]:
    return {
        "type": "textcontainer",
        "page": 1,
        "left": f"{left:.2f}",
        "bottom": f"{bottom:.2f}",
        "width": f"{width:.2f}",
        "height": f"{height * 1.3:.2f}",
        "fontsize": f"{height * 2:.1f}",
        "lineheight": "1",
        "color": _BLACK,
        "fontfamily": "Open Sans",
        "bold": bold,
        "italic": False,
        "content": content,
        "text": "",
        "text_i18n": {},
        "align": "left",
        "verticalalign": "middle",
        "autoresize": True,
        "splitlongwords": True,
        "rotation": 0,
    }
