"""What every kind of element has, and what it becomes: a drawing, or a slot to draw per ticket."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Protocol

from counterfoil.render.diagnostics import Diagnostic
from counterfoil.render.elements.condition import Condition, ConditionKind
from counterfoil.render.elements.field_types import PAGE
from counterfoil.render.fonts import FontLibrary
from counterfoil.render.fonts.embed import GlyphUse
from counterfoil.render.pdf.inks import Ink
from counterfoil.render.pdf.syntax import Ref
from counterfoil.render.pdf.writer import Writer
from counterfoil.render.reader import JsonPointer, attribute
from counterfoil.render.units import Mm, Pt
from counterfoil.render.values import Key, Ticket

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""


class Extent(NamedTuple):
    """The box of an element in millimetres, before it is turned clockwise about the pivot."""

    left: Mm
    bottom: Mm
    width: Mm
    height: Mm
    rotation: float = 0.0
    pivot: tuple[Mm, Mm] | None = None
    """Of what can be turned."""

    @classmethod
    def around(cls, left: Mm, bottom: Mm, width: Mm, height: Mm) -> Extent:
        """Return the box between two corners, whichever of them comes first."""
        low, high = min(left, left + width), min(bottom, bottom + height)
        return cls(Mm(low), Mm(high), Mm(abs(width)), Mm(abs(height)))


class Graphic(Protocol):
    """A picture or form that is stored once in a document, and painted by its name."""

    @property
    def name(self) -> bytes:
        """Its resource name, slash included; the same graphic always has the same one."""

    def embed(self, writer: Writer) -> Ref:
        """Store it in a document."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What one element puts on a page, with what the document and preflight must know of it."""

    content: bytes = b""
    glyphs: tuple[GlyphUse, ...] = ()
    graphics: tuple[Graphic, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    ink: tuple[Box, ...] = ()
    """Where colour comes down, near enough to tell whether it hits a code."""
    cover: tuple[Box, ...] = ()
    """Where it fills areas evenly; if ``is_light``, a code may stand on them."""
    is_light: bool = False
    blank: Box | None = None
    """Paper that must stay blank but for this drawing: a code with its quiet zone."""


NOTHING = Drawing()


@dataclass(frozen=True, slots=True)
class Frame:
    """What an element needs to know to be compiled."""

    width: Pt
    height: Pt
    fonts: FontLibrary
    printer_dpi: int | None = None
    """Dots per inch that bars are aligned to; None: no printer in particular."""
    ink: Ink = Ink.OFFICE


@dataclass(frozen=True, slots=True)
class Slot:
    """An element that may differ from ticket to ticket: a value, and how to draw it.

    ``draw`` takes the value and the ticket's locale, depends on nothing else, and gives equal
    drawings for equal arguments, so whoever fills the slot may remember them.
    """

    value: Callable[[Ticket], Any]
    draw: Callable[[Any, str], Drawing]
    needs: frozenset[Key] = frozenset()
    images: frozenset[str] = frozenset()
    remembered: int = 64
    """How many drawings are worth keeping."""
    reach: Box | None = None
    """For a code: the paper it can need at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element(ABC):
    """One entry of a layout, in the units of its attributes.

    A new kind is a subclass in a file of its own and an entry in ``ELEMENTS``.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    about: ClassVar[str]
    ours: ClassVar[bool] = False
    """pretix does not know this kind."""

    page: float = field(
        default=1,
        metadata=attribute(PAGE, "Page", "Counts from 1; a page that is not there is not drawn."),
    )
    condition: Condition | None = field(
        default=None,
        metadata=attribute(
            ConditionKind(), "Condition", "Show the element only if this holds.", ours=True
        ),
    )

    @classmethod
    def check(cls, values: Mapping[str, Any], place: JsonPointer) -> None:
        """Note what no single attribute can tell. ``values`` lacks those with problems."""
        return

    @abstractmethod
    def extent(self, ticket: Ticket, frame: Frame) -> Extent:
        """Tell which box the element takes up; of most kinds it is the same for all tickets."""

    @abstractmethod
    def compile(self, frame: Frame) -> Drawing | Slot:
        """Do everything that need not be done for each ticket."""
