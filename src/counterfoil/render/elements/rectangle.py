"""A rectangle, with round corners if wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from counterfoil.render.elements.base import Drawing, Frame
from counterfoil.render.elements.field_types import THICKNESS
from counterfoil.render.elements.shape import Area
from counterfoil.render.pdf import content
from counterfoil.render.reader import attribute
from counterfoil.render.units import Mm, pt

# How far a curve's handles reach to draw a quarter of a circle.
_KAPPA = 0.5523


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle(Area):
    """A box with an outline, a filling, or both."""

    kind: ClassVar[str] = "rectangle"
    label: ClassVar[str] = "Rectangle"
    about: ClassVar[str] = "A box with an outline, a filling, or both; corners may be round."
    ours: ClassVar[bool] = True

    radius: Mm = field(
        default=Mm(0), metadata=attribute(THICKNESS, "Radius", "Of the corners; 0: square.")
    )

    def compile(self, frame: Frame) -> Drawing:
        x0, y0 = pt(self.left), pt(self.bottom)
        x1, y1 = x0 + pt(self.width), y0 + pt(self.height)
        corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
        return self._painted(self._path(), corners, [(x0, y0, x1, y1)], frame.ink)

    def _path(self) -> bytes:
        x, y, width, height = map(pt, (self.left, self.bottom, self.width, self.height))
        radius = min(pt(self.radius), width / 2, height / 2)
        if radius == 0:
            return content.rectangle(x, y, width, height)
        return _rounded(x, y, x + width, y + height, radius)


def _rounded(x0: float, y0: float, x1: float, y1: float, r: float) -> bytes:
    k = r * (1 - _KAPPA)
    return b"\n".join(
        [
            content.move_to(x0 + r, y0),
            content.line_to(x1 - r, y0),
            content.curve_to((x1 - k, y0), (x1, y0 + k), (x1, y0 + r)),
            content.line_to(x1, y1 - r),
            content.curve_to((x1, y1 - k), (x1 - k, y1), (x1 - r, y1)),
            content.line_to(x0 + r, y1),
            content.curve_to((x0 + k, y1), (x0, y1 - k), (x0, y1 - r)),
            content.line_to(x0, y0 + r),
            content.curve_to((x0, y0 + k), (x0 + k, y0), (x0 + r, y0)),
            content.CLOSE_PATH,
        ]
    )
