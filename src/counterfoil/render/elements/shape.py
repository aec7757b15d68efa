"""What shapes share: how they are stroked and filled, and where their ink comes down."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from counterfoil.render.elements.base import Box
from counterfoil.render.elements.kinds import Colour
from counterfoil.render.pdf import content
from counterfoil.render.units import Mm, Pt, pt

HAIRLINE = Mm(0.25)
# Boxes along a slanted stroke: enough to tell whether it passes beside a code or over it.
_STEPS = 16
# Codes want at least this much light from the paper they stand on.
_LIGHT = 0.8


def paint(path: bytes, stroke: Colour | None, fill: Colour | None, thickness: Mm) -> bytes:
    """Return the operators that stroke and fill a path, and nothing if neither is wanted."""
    parts = [content.SAVE]
    if fill is not None:
        parts.append(content.fill_rgb(*fill))
    if stroke is not None:
        parts += (content.stroke_rgb(*stroke), content.line_width(pt(thickness)))
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
    """Tell whether a code stands out on this colour (ITU-R BT.709 luma)."""
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue >= _LIGHT
