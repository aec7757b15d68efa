"""A straight rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from counterfoil.render.elements.base import Drawing, Element, Extent, Frame
from counterfoil.render.elements.field_types import BLACK, COLOUR, LENGTH, THICKNESS, Colour
from counterfoil.render.elements.shape import HAIRLINE, paint, stroke_ink
from counterfoil.render.pdf import content
from counterfoil.render.reader import attribute
from counterfoil.render.units import Mm, pt
from counterfoil.render.values import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Element):
    """A straight rule from one corner of its box to the opposite one."""

    kind: ClassVar[str] = "line"
    label: ClassVar[str] = "Line"
    about: ClassVar[str] = (
        "A straight rule from (left, bottom) to (left + width, bottom + height). "
        "Width and height may be 0 or negative."
    )
    ours: ClassVar[bool] = True

    left: Mm = field(metadata=attribute(LENGTH, "Left", "Where it starts."))
    bottom: Mm = field(metadata=attribute(LENGTH, "Bottom", "Where it starts."))
    width: Mm = field(metadata=attribute(LENGTH, "Width", "How far right it goes."))
    height: Mm = field(metadata=attribute(LENGTH, "Height", "How far up it goes."))
    thickness: Mm = field(default=HAIRLINE, metadata=attribute(THICKNESS, "Thickness"))
    color: Colour = field(default=BLACK, metadata=attribute(COLOUR, "Colour"))

    def extent(self, ticket: Ticket, frame: Frame) -> Extent:
        return Extent.around(self.left, self.bottom, self.width, self.height)

    def compile(self, frame: Frame) -> Drawing:
        x, y = pt(self.left), pt(self.bottom)
        end = x + pt(self.width), y + pt(self.height)
        path = content.move_to(x, y) + b"\n" + content.line_to(*end)
        return Drawing(
            content=paint(path, self.color, None, self.thickness, frame.ink),
            ink=stroke_ink([(x, y), end], pt(self.thickness)),
        )
