"""What shapes share: how they are stroked and filled, and where their ink comes down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from counterfoil.render.elements.base import Box, Drawing, Element, Extent, Frame
from counterfoil.render.elements.field_types import (
    BLACK,
    COLOUR_OR_NONE,
    LENGTH,
    POSITIVE_LENGTH,
    THICKNESS,
    Colour,
)
from counterfoil.render.pdf import content
from counterfoil.render.pdf.inks import Ink
from counterfoil.render.reader import attribute
from counterfoil.render.units import Mm, Pt, pt
from counterfoil.render.values import Ticket

HAIRLINE = Mm(0.25)
# Boxes along a slanted stroke: enough to tell whether it passes beside a code or over it.
_STEPS = 16
# Codes want at least this much light from the paper they stand on.
_LIGHT = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Area(Element):
    """A closed shape that fills a box."""

    left: Mm = field(metadata=attribute(LENGTH, "Left"))
    bottom: Mm = field(metadata=attribute(LENGTH, "Bottom"))
    width: Mm = field(metadata=attribute(POSITIVE_LENGTH, "Width"))
    height: Mm = field(metadata=attribute(POSITIVE_LENGTH, "Height"))
    color: Colour | None = field(
        default=BLACK, metadata=attribute(COLOUR_OR_NONE, "Outline", "null: no outline.")
    )
    fill: Colour | None = field(
        default=None, metadata=attribute(COLOUR_OR_NONE, "Filling", "null: not filled.")
    )
    thickness: Mm = field(
        default=HAIRLINE, metadata=attribute(THICKNESS, "Thickness", "Of the outline.")
    )

    def extent(self, ticket: Ticket, frame: Frame) -> Extent:
        return Extent.around(self.left, self.bottom, self.width, self.height)

    def _painted(
        self, path: bytes, outline: Sequence[tuple[float, float]], filling: Sequence[Box], ink: Ink
    ) -> Drawing:
        """Paint the shape; ``outline`` and ``filling`` tell where its ink would come down."""
        return Drawing(
            content=paint(path, self.color, self.fill, self.thickness, ink),
            ink=stroke_ink(outline, pt(self.thickness)) if self.color else (),
            cover=tuple(filling) if self.fill else (),
            is_light=self.fill is not None and is_light(self.fill),
        )


def paint(
    path: bytes, stroke: Colour | None, fill: Colour | None, thickness: Mm, ink: Ink
) -> bytes:
    """Return the operators that stroke and fill a path, and nothing if neither is wanted."""
    parts = [content.SAVE]
    if fill is not None:
        parts.append(ink.fill(fill))
    if stroke is not None:
        parts += (ink.stroke(stroke), content.line_width(pt(thickness)))
    both, only_fill = (content.FILL_AND_STROKE, content.FILL)
    last = content.STROKE if fill is None else only_fill if stroke is None else both
    return b"\n".join([*parts, path, last, content.RESTORE]) if stroke or fill else b""


def stroke_ink(points: Sequence[tuple[float, float]], thickness: Pt) -> tuple[Box, ...]:
    """Return boxes along a stroke."""
    half = thickness / 2
    boxes: list[Box] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = 1 if x0 == x1 or y0 == y1 else _STEPS
        stops = [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(steps + 1)]
        boxes += (
            (min(ax, bx) - half, min(ay, by) - half, max(ax, bx) + half, max(ay, by) + half)
            for (ax, ay), (bx, by) in pairwise(stops)
        )
    return tuple(boxes)


def is_light(colour: Colour) -> bool:
    """Tell whether a code stands out on this colour."""
    return luma(colour) >= _LIGHT


def luma(colour: Colour) -> float:
    """Return how light a colour is, from 0 to 1 (ITU-R BT.709)."""
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
