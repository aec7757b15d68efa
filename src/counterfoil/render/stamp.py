"""Words printed over a whole ticket: a proof is void, a reprint says so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from counterfoil.render.elements.base import NOTHING, Drawing, Frame, Slot
from counterfoil.render.elements.field_types import Colour
from counterfoil.render.elements.textarea import TextArea
from counterfoil.render.fonts.library import FontLibrary
from counterfoil.render.pdf import content
from counterfoil.render.pdf.inks import Ink
from counterfoil.render.plan import Plan
from counterfoil.render.units import Pt, mm

_RED: Colour = (0.8, 0.1, 0.1)
_LINE_WIDTH = 1.2
_SHARE = 0.6
"""Of the diagonal that a word across the page takes up."""
_SMALL = 7.0
_FAR = Pt(30_000.0)
_TRIAL = 100.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """A word across the page in outlines, or small at its lower edge."""

    text: str
    is_across: bool = True

    def draw(self, plan: Plan, box: Sequence[float]) -> Drawing:
        """Draw it on a page of a plan: left, bottom, right, top in points."""
        if plan.fonts is None:
            return NOTHING
        return _drawing(self, tuple(box), plan.fonts, plan.ink)


@lru_cache(16)
def _drawing(stamp: Stamp, box: tuple[float, ...], fonts: FontLibrary, ink: Ink) -> Drawing:
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    means = (fonts, ink)
    if not stamp.is_across:
        return draw_line(stamp.text, (left + 2, bottom + 2), _SMALL, width, means, _RED)
    trial = draw_line(stamp.text, (0, 0), _TRIAL, _FAR, means, _RED).ink[0]
    long = (trial[2] - trial[0]) / _TRIAL
    size = min(_SHARE * math.hypot(width, height) / long, 0.9 * _SHARE * min(width, height))
    word = draw_line(stamp.text, (0, 0), size, _FAR, means, _RED)
    x0, y0, x1, y1 = word.ink[0]
    turn = math.atan2(height, width)
    cos, sin = math.cos(turn), math.sin(turn)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    centre_x, centre_y = (left + right) / 2, (bottom + top) / 2
    moved = content.transform(
        cos, sin, -sin, cos, centre_x - x * cos + y * sin, centre_y - x * sin - y * cos
    )
    outline = (ink.stroke(_RED), content.line_width(_LINE_WIDTH), b"1 Tr")
    parts = (content.SAVE, moved, *outline, word.content, content.RESTORE)
    return replace(word, content=b"\n".join(parts))


def draw_line(
    text: str,
    at: tuple[float, float],
    size: float,
    width: float,
    means: tuple[FontLibrary, Ink],
    colour: Colour,
) -> Drawing:
    """Draw a text of one line.

    Args:
        at: its lower left corner in points.
        means: fonts and ink.
    """
    fonts, ink = means
    element = TextArea(
        left=mm(Pt(at[0])),
        bottom=mm(Pt(at[1])),
        width=mm(Pt(width)),
        content="other",
        fontsize=Pt(size),
        fontfamily="Open Sans",
        bold=False,
        italic=False,
        align="left",
        color=colour,
    )
    slot = element.compile(Frame(_FAR, _FAR, fonts, ink=ink))
    assert isinstance(slot, Slot)  # noqa: S101 - texts are slots
    drawing: Drawing = slot.draw(text, "en")
    return drawing
