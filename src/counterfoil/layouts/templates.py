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


#: What a ticket says, from top to bottom: its content, its share of the height, how many lines.
_LINES = (
    ("event_name", 1.5, 1),
    ("itemvar", 1.0, 1),
    ("{event_date_range} · {event_begin_time}", 0.9, 1),
    ("event_location", 1.8, 3),
    ("price", 0.9, 1),
    ("order_positionid", 0.8, 1),
)


def starter(width: float, height: float) -> list[dict[str, Any]]:
    """Return elements for a page of this size in mm: the code on one half, texts on the other.

    The texts say all that tells one ticket from another: what it is for, when, where, how much,
    and which one it is.
    """
    margin = min(width, height) * 0.08
    beside = width >= 1.4 * height
    size = min(height - 2 * margin, width * 0.36) if beside else min(width, height) / 2 - margin
    size = max(min(size, 45.0), 4.0)
    left = 2 * margin + size if beside else margin
    floor = margin if beside else 1.5 * margin + size
    texts_width = max(width - left - margin, 5.0)
    unit = min((height - margin - floor) / sum(share for _content, share, _lines in _LINES), 12.0)
    elements: list[dict[str, Any]] = [_code(margin, margin, size)]
    top = height - margin
    for content, share, lines in _LINES:
        box = unit * share
        top -= box
        font = min(box * 0.85 / lines, 9.0) * 72 / 25.4 * 0.72
        elements.append(_text(content, (left, top, texts_width, box * 0.95), font))
    elements[1]["bold"] = True
    return elements


def _code(left: float, bottom: float, size: float) -> dict[str, Any]:
    return {
        "type": "barcodearea",
        "left": f"{left:.2f}",
        "bottom": f"{bottom:.2f}",
        "size": f"{size:.2f}",
        "content": "secret",
    }


def _text(content: str, box: tuple[float, float, float, float], fontsize: float) -> dict[str, Any]:
    """Return a text in a box of left, bottom, width and height, with or without placeholders."""
    left, bottom, width, height = box
    is_own = "{" in content
    return {
        "type": "textcontainer",
        "page": 1,
        "left": f"{left:.2f}",
        "bottom": f"{bottom:.2f}",
        "width": f"{width:.2f}",
        "height": f"{height:.2f}",
        "fontsize": f"{fontsize:.1f}",
        "lineheight": "1",
        "color": _BLACK,
        "fontfamily": "Open Sans",
        "bold": False,
        "italic": False,
        "content": "other" if is_own else content,
        "text": content if is_own else "",
        "text_i18n": {},
        "align": "left",
        "verticalalign": "middle",
        "autoresize": True,
        "splitlongwords": True,
        "rotation": 0,
    }
