"""Our mark, where layouts made for pretix leave room for its logo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from counterfoil.render.elements.base import Drawing, Element, Extent, Frame
from counterfoil.render.elements.field_types import LENGTH, POSITIVE_LENGTH, Choice
from counterfoil.render.elements.mark import HEIGHT, MARKS, WIDTH
from counterfoil.render.pdf import content
from counterfoil.render.reader import attribute
from counterfoil.render.units import Mm, pt
from counterfoil.render.values import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class PoweredBy(Element):
    """The mark, as high as ``size`` and 1024/629 times as wide."""

    kind: ClassVar[str] = "poweredby"
    label: ClassVar[str] = "Counterfoil mark"
    about: ClassVar[str] = (
        "The mark of this program, dark or white. pretix prints its own logo of the same shape."
    )

    left: Mm = field(metadata=attribute(LENGTH, "Left"))
    bottom: Mm = field(metadata=attribute(LENGTH, "Bottom"))
    size: Mm = field(metadata=attribute(POSITIVE_LENGTH, "Height", "The width is 1024/629 of it."))
    content: str = field(
        default="dark",
        metadata=attribute(
            Choice({"dark": "Dark, for light paper", "white": "White, for dark paper"}), "Style"
        ),
    )

    def extent(self, ticket: Ticket, frame: Frame) -> Extent:
        return Extent(self.left, self.bottom, Mm(self.size * WIDTH / HEIGHT), self.size)

    def compile(self, frame: Frame) -> Drawing:
        x, y, scale = pt(self.left), pt(self.bottom), pt(self.size) / HEIGHT
        mark = MARKS[self.content, frame.ink]
        parts = [
            content.SAVE,
            content.transform(scale, 0, 0, scale, x, y),
            content.draw_xobject(mark.name),
            content.RESTORE,
        ]
        return Drawing(
            content=b"\n".join(parts),
            graphics=(mark,),
            ink=((x, y, x + WIDTH * scale, y + HEIGHT * scale),),
        )
