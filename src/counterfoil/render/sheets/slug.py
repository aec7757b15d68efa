"""The slug: one line of small text at the edge of a sheet."""

from __future__ import annotations

from counterfoil.render.elements.base import Drawing, Frame, Slot
from counterfoil.render.elements.field_types import BLACK
from counterfoil.render.elements.textarea import TextArea
from counterfoil.render.fonts.library import FontLibrary
from counterfoil.render.pdf.inks import Ink
from counterfoil.render.units import Pt, mm

_FAR = Pt(30_000.0)
_SIZE = Pt(6.0)


def draw_slug(
    text: str, at: tuple[float, float], width: float, fonts: FontLibrary, ink: Ink
) -> Drawing:
    """Draw a text of one line; ``at`` is its lower left corner in points."""
    element = TextArea(
        left=mm(Pt(at[0])),
        bottom=mm(Pt(at[1])),
        width=mm(Pt(width)),
        content="other",
        fontsize=_SIZE,
        fontfamily="Open Sans",
        bold=False,
        italic=False,
        align="left",
        color=BLACK,
    )
    slot = element.compile(Frame(_FAR, _FAR, fonts, ink=ink))
    assert isinstance(slot, Slot)  # noqa: S101 - texts are slots
    drawing: Drawing = slot.draw(text, "en")
    return drawing
