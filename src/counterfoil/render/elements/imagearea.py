"""A picture that belongs to the ticket: a photo of its holder, a sponsor's logo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from counterfoil.render.diagnostics import Diagnostic
from counterfoil.render.elements.base import NOTHING, Drawing, Element, Extent, Frame, Slot
from counterfoil.render.elements.field_types import FINEST, LENGTH, POSITIVE_LENGTH, VARIABLE
from counterfoil.render.images import Image, embed_image, fit
from counterfoil.render.pdf import content
from counterfoil.render.pdf.syntax import Ref
from counterfoil.render.pdf.writer import Writer
from counterfoil.render.reader import attribute
from counterfoil.render.units import Mm, pt
from counterfoil.render.values import Ticket, Unknown

# Below this a picture looks coarse on paper.
_LEAST_DPI = 150
# Pictures may be large, and remembered drawings keep them in memory.
_REMEMBERED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageArea(Element):
    """A picture, as large as its box allows and in the middle of it."""

    kind: ClassVar[str] = "imagearea"
    label: ClassVar[str] = "Picture"
    about: ClassVar[str] = (
        "A picture of the ticket, fitted into its box and centred. Without a picture nothing is "
        "printed; one that cannot be read fails the ticket."
    )

    left: Mm = field(metadata=attribute(LENGTH, "Left"))
    bottom: Mm = field(metadata=attribute(LENGTH, "Bottom"))
    width: Mm = field(metadata=attribute(POSITIVE_LENGTH, "Width"))
    height: Mm = field(metadata=attribute(LENGTH, "Height"))
    content: str = field(metadata=attribute(VARIABLE, "Content", "A variable that is a picture."))

    def extent(self, ticket: Ticket, frame: Frame) -> Extent:
        return Extent.around(self.left, self.bottom, self.width, self.height)

    def compile(self, frame: Frame) -> Drawing | Slot:
        if not self.content or self.height < FINEST:
            return NOTHING
        return Slot(
            value=_Picture(self.content),
            draw=self._draw,
            images=frozenset([self.content]),
            remembered=_REMEMBERED,
        )

    def _draw(self, image: Image | str | None, locale: str) -> Drawing:
        if not isinstance(image, Image):
            return NOTHING
        left, bottom, width, height = map(pt, (self.left, self.bottom, self.width, self.height))
        at = fit(image, left, bottom, width, height)
        graphic = _Graphic(image)
        parts = [
            content.SAVE,
            image.place(at.left, at.bottom, at.width, at.height),
            content.draw_xobject(graphic.name),
            content.RESTORE,
        ]
        dpi = image.dpi(at.width, at.height)
        coarse = Diagnostic.of("low_resolution", dpi=f"{dpi:.0f}", least=_LEAST_DPI)
        return Drawing(
            content=b"\n".join(parts),
            graphics=(graphic,),
            diagnostics=(coarse,) if dpi < _LEAST_DPI else (),
            ink=((at.left, at.bottom, at.left + at.width, at.bottom + at.height),),
        )


@dataclass(frozen=True, slots=True)
class _Picture:
    """The picture that a ticket has for a variable."""

    variable: str

    def __call__(self, ticket: Ticket) -> Image | str | None:
        if self.variable in ticket.images:
            return ticket.images[self.variable]
        return Unknown.named("", (self.variable,))


@dataclass(frozen=True, slots=True)
class _Graphic:
    """A picture under a name made of its content, so that equal files are stored once."""

    image: Image

    @property
    def name(self) -> bytes:
        return b"/Im" + self.image.sha256.hex()[:16].encode("ascii")

    def embed(self, writer: Writer) -> Ref:
        return embed_image(self.image, writer)
