"""An ellipse or a circle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from counterfoil.render.elements.base import Box, Drawing, Frame
from counterfoil.render.elements.shape import Area
from counterfoil.render.pdf import content
from counterfoil.render.units import pt

# Corners of the polygon that stands for the curve, and bands for its filling, when a code's
# blank paper is checked.
_CORNERS = 32
_BANDS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Ellipse(Area):
    """The ellipse that fills a box."""

    kind: ClassVar[str] = "ellipse"
    label: ClassVar[str] = "Ellipse"
    about: ClassVar[str] = "The ellipse that fills a box, with an outline, a filling, or both."
    ours: ClassVar[bool] = True

    def compile(self, frame: Frame) -> Drawing:
        x, y, width, height = map(pt, (self.left, self.bottom, self.width, self.height))
        outline = [self._point(step) for step in range(_CORNERS + 1)]
        return self._painted(
            content.ellipse(x, y, width, height), outline, self._bands(), frame.ink
        )

    def _point(self, step: int) -> tuple[float, float]:
        turn = 2 * math.pi * step / _CORNERS
        rx, ry = pt(self.width) / 2, pt(self.height) / 2
        return pt(self.left) + rx * (1 + math.cos(turn)), pt(self.bottom) + ry * (
            1 + math.sin(turn)
        )

    def _bands(self) -> list[Box]:
        """Cut the filling into level bands, each as wide as the ellipse at its middle."""
        rx, ry, step = pt(self.width) / 2, pt(self.height) / 2, pt(self.height) / _BANDS
        cx, bottom = pt(self.left) + rx, pt(self.bottom)
        bands = []
        for band in range(_BANDS):
            half = rx * math.sqrt(1 - ((band + 0.5) * step / ry - 1) ** 2)
            bands.append((cx - half, bottom + band * step, cx + half, bottom + (band + 1) * step))
        return bands
