"""What a page is: its box, the way it is turned, what it inherits (ISO 32000-1, 7.7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pikepdf

from counterfoil.render.errors import BackgroundError
from counterfoil.render.messages import Message
from counterfoil.render.pdf.content import matrix
from counterfoil.render.pdf.syntax import numbers
from counterfoil.render.units import Pt, mm

Box = tuple[float, float, float, float]
_MAX_ANCESTORS = 100
_SAME = 0.01
_LETTER: Box = (0, 0, 612, 792)
"""What viewers take for a page that does not tell its size."""


@dataclass(frozen=True, slots=True)
class PageGeometry:
    """How a page's coordinates become those of the page as it is shown."""

    box: Box
    """What is shown: MediaBox within CropBox."""
    turn: int
    """Quarters of a turn, clockwise."""
    unit: float
    """Points per unit of the page's coordinates."""
    cut: Box | None = None
    """The TrimBox, if it lies within what is shown."""
    bleeding: Box | None = None
    """How far content reaches, if further than what is shown or than the cut."""

    @property
    def size(self) -> tuple[Pt, Pt]:
        left, bottom, right, top = self.box
        width, height = Pt((right - left) * self.unit), Pt((top - bottom) * self.unit)
        return (height, width) if self.turn % 2 else (width, height)

    @property
    def header(self) -> bytes:
        """Entries of a form XObject that shows the page upright, at the origin."""
        left, bottom, right, top = (edge * self.unit for edge in self.box)
        unit = self.unit
        turned = (
            (unit, 0, 0, unit, -left, -bottom),
            (0, -unit, unit, 0, -bottom, right),
            (-unit, 0, 0, -unit, right, top),
            (0, unit, -unit, 0, top, -left),
        )[self.turn]
        return self.untouched + b"/Matrix[" + matrix(*turned) + b"]"

    @property
    def untouched(self) -> bytes:
        """Entries of a form XObject in the page's own coordinates."""
        return b"/BBox" + numbers(_around(self.box, self.bleeding))

    @property
    def trim(self) -> Box | None:
        """Where the page as shown is cut; None: at its edges."""
        return self.cut and self.visible(self.cut)

    @property
    def bleed(self) -> Box | None:
        """How far the content of the page as shown reaches; None: to its edges."""
        return self.bleeding and self.visible(self.bleeding)

    def visible(self, place: Box) -> Box:
        """Return where a place on the page lies when it is shown."""
        left, bottom, right, top = self.box
        x1, y1, x2, y2 = place
        unit = self.unit
        corners = {
            0: (x1 - left, y1 - bottom, x2 - left, y2 - bottom),
            1: (y1 - bottom, right - x2, y2 - bottom, right - x1),
            2: (right - x2, top - y2, right - x1, top - y1),
            3: (top - y2, x1 - left, top - y1, x2 - left),
        }[self.turn]
        a, b, c, d = (edge * unit for edge in corners)
        return a, b, c, d


def read_page_geometry(page: pikepdf.Object, side: int) -> PageGeometry:
    """Read a page's boxes, rotation and unit.

    Raises:
        BackgroundError: it has no sensible size.
    """
    media = read_box(inherited(page, "/MediaBox")) or _LETTER
    crop = read_box(inherited(page, "/CropBox"))
    visible = _within(media, crop) if crop else media
    unit = read_number(page.get("/UserUnit")) or 1.0
    turn = int(read_number(inherited(page, "/Rotate")) or 0) // 90 % 4
    sheet = PageGeometry(visible, turn, unit, *_cut_and_bleed(page, media, visible))
    width, height = sheet.size
    if not (1 <= width <= side and 1 <= height <= side):
        raise BackgroundError(
            Message(
                "background.page_size",
                width=f"{mm(width):.1f}",
                height=f"{mm(height):.1f}",
                least="0.4",
                most=f"{mm(Pt(side)):.0f}",
            )
        )
    return sheet


def _cut_and_bleed(page: pikepdf.Object, media: Box, visible: Box) -> tuple[Box | None, Box | None]:
    """Return where a page is cut within what is shown, and how far its content reaches.

    Without a BleedBox a page with a TrimBox bleeds to the edges of the medium. Both boxes default
    to the CropBox (ISO 32000-1, 14.11.2), so a page with neither has no bleed.
    """
    trim, bleed = read_box(page.get("/TrimBox")), read_box(page.get("/BleedBox"))
    if trim is not None:
        trim = _common(trim, visible)
    if bleed is not None:
        bleed = _common(bleed, media)
    elif trim is not None:
        bleed = media
    cut = trim if trim is not None and not _same(trim, visible) else None
    if bleed is None or _same(bleed, visible):
        bleed = None
    return cut, bleed


def _common(one: Box, other: Box) -> Box | None:
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    has_area = right - left >= 1 and top - bottom >= 1
    return (left, bottom, right, top) if has_area else None


def _same(one: Box, other: Box) -> bool:
    return all(abs(a - b) < _SAME for a, b in zip(one, other, strict=True))


def _around(one: Box, other: Box | None) -> Box:
    if other is None:
        return one
    left, bottom = min(one[0], other[0]), min(one[1], other[1])
    return left, bottom, max(one[2], other[2]), max(one[3], other[3])


def inherited(page: pikepdf.Object, key: str) -> pikepdf.Object | None:
    """Return an entry of a page, or of the nearest ancestor that has it."""
    node: object = page
    for _ in range(_MAX_ANCESTORS):
        if not isinstance(node, pikepdf.Dictionary):
            return None
        if (value := node.get(key)) is not None:
            return value
        node = node.get("/Parent")
    return None


def read_box(value: object) -> Box | None:
    """Return left, bottom, right, top, which a file may give in any order."""
    if not isinstance(value, pikepdf.Array) or len(value) != 4:
        return None
    edges = [read_number(edge) for edge in list(value)]
    if any(edge is None for edge in edges):
        return None
    x1, y1, x2, y2 = (float(edge or 0) for edge in edges)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _within(media: Box, crop: Box) -> Box:
    """Clip one box by another; viewers ignore a CropBox that lies outside."""
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def read_number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return float(value)
