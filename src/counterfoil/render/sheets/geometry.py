"""From a sheet and the pages of a layout to coordinates.

Everything is worked out once per document, in millimetres from the top left. The back is the
mirror image of the front's places (those after calibration, since that is where the front's ink
comes down); what is drawn there is turned so that heads meet heads, and never mirrored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import NamedTuple

from counterfoil.render.background import BackgroundPage
from counterfoil.render.diagnostics import Concern, Diagnostic
from counterfoil.render.errors import Problem
from counterfoil.render.messages import Message
from counterfoil.render.pdf import content
from counterfoil.render.reader import JsonPointer
from counterfoil.render.sheets.model import (
    HORIZONTAL,
    SLACK,
    VERTICAL,
    Calibration,
    Duplex,
    Sheet,
    SheetError,
    check_fit,
    check_perforation,
)
from counterfoil.render.units import Mm, Pt, mm, pt

_SAME_SIZE = 0.05
# Nobody cuts off less: paper sizes in points are rounded.
_THINNEST = 0.1
# Bleed that is short by less than this is rounding.
_SHORT = 0.05


class Rect(NamedTuple):
    """Left, top, right, bottom in millimetres from the top left corner of the sheet."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> Rect:
        return Rect(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def around(self, other: Rect) -> Rect:
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def within(self, other: Rect) -> Rect:
        """Return the part of it that lies in another; none has no width or no height."""
        return Rect(
            min(max(self.left, other.left), other.right),
            min(max(self.top, other.top), other.bottom),
            max(min(self.right, other.right), other.left),
            max(min(self.bottom, other.bottom), other.top),
        )


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the sheet: how its coordinates follow from those of the front."""

    width: float
    height: float
    mirror_x: bool = False
    mirror_y: bool = False

    def rect(self, front: Rect) -> Rect:
        left, top, right, bottom = front
        if self.mirror_x:
            left, right = self.width - right, self.width - left
        if self.mirror_y:
            top, bottom = self.height - bottom, self.height - top
        return Rect(left, top, right, bottom)

    def turn(self, front: int) -> int:
        """Return the rotation of tickets whose heads lie behind those of the front."""
        if self.mirror_x:
            return -front % 360
        return (180 - front) % 360 if self.mirror_y else front

    def calibration(self, front: Calibration) -> Calibration:
        """Return what moves this side to where the calibrated front lies, seen through it."""
        dx, dy = front.dx, front.dy
        if self.mirror_x:
            dx = self.width * (1 - front.scale_x) - dx
        if self.mirror_y:
            dy = self.height * (1 - front.scale_y) - dy
        return replace(front, dx=dx, dy=dy)


@dataclass(frozen=True)
class Imposition:
    """A sheet with the size of its cells and tickets settled."""

    sheet: Sheet
    pages: tuple[BackgroundPage, ...]
    cell_width: float
    cell_height: float
    trim_width: float
    trim_height: float
    """Of the ticket as it lies in its cell, after rotation."""

    @classmethod
    def of(cls, sheet: Sheet, pages: Sequence[BackgroundPage]) -> Imposition:
        """Fit the pages of a layout into the cells of a sheet.

        Raises:
            SheetError: they do not fit. What is wrong with the layout itself has the pointer
                ``/layout``.
        """
        problems: list[Problem] = []
        place = JsonPointer(problems)
        _check_sides(sheet, pages, place)
        width, height = (mm(Pt(each)) for each in _trim_size(pages[0]))
        if sheet.rotate % 180:
            width, height = height, width
        for axis, cell, trim in (
            (HORIZONTAL, sheet.cell_width, width),
            (VERTICAL, sheet.cell_height, height),
        ):
            if cell is None:
                check_fit({**asdict(sheet)}, axis, trim, place)
            elif trim > cell + SLACK:
                place.inside(axis.cell).note(
                    Message("sheet.ticket_too_large", needed=f"{trim:.2f}", most=f"{cell:g}")
                )
        for at, perforation in enumerate(sheet.perforations):
            size = (
                sheet.cell_width or width
                if perforation.axis == "x"
                else (sheet.cell_height or height)
            )
            check_perforation(perforation, size, place.inside("perforations"), at)
        if problems:
            raise SheetError(problems)
        return cls(
            sheet,
            tuple(pages),
            sheet.cell_width or width,
            sheet.cell_height or height,
            width,
            height,
        )

    @cached_property
    def sides(self) -> tuple[Side, ...]:
        sheet = self.sheet
        front = Side(sheet.width, sheet.height)
        if sheet.duplex is None:
            return (front,)
        is_portrait = sheet.height >= sheet.width
        about_vertical = (sheet.duplex is Duplex.LONG) is is_portrait
        back = Side(sheet.width, sheet.height, about_vertical, not about_vertical)
        return front, back

    @cached_property
    def cell_rects(self) -> tuple[Rect, ...]:
        """The cells of the front, row by row."""
        sheet, width, height = self.sheet, self.cell_width, self.cell_height
        needed_x = sheet.columns * width + (sheet.columns - 1) * sheet.gap_x
        needed_y = sheet.rows * height + (sheet.rows - 1) * sheet.gap_y
        left = (sheet.width - needed_x) / 2 if sheet.left is None else sheet.left
        top = (sheet.height - needed_y) / 2 if sheet.top is None else sheet.top
        rects = []
        for cell in range(sheet.cells):
            row, column = divmod(cell, sheet.columns)
            x = left + column * (width + sheet.gap_x)
            y = top + row * (height + sheet.gap_y)
            rects.append(Rect(x, y, x + width, y + height))
        return tuple(rects)

    @cached_property
    def trim_rects(self) -> tuple[Rect, ...]:
        """Where the tickets of the front are cut, each centred in its cell."""
        x, y = self._margin_x, self._margin_y
        return tuple(
            Rect(cell.left + x, cell.top + y, cell.right - x, cell.bottom - y)
            for cell in self.cell_rects
        )

    @property
    def _margin_x(self) -> float:
        return (self.cell_width - self.trim_width) / 2

    @property
    def _margin_y(self) -> float:
        return (self.cell_height - self.trim_height) / 2

    @cached_property
    def union(self) -> Rect:
        """What all cells of the front take up together."""
        return self.cell_rects[0].around(self.cell_rects[-1])

    def edges(self) -> tuple[list[float], list[float]]:
        """Return where tickets of the front are cut: distances from the left, and from the top."""
        rects = self.trim_rects
        return (
            _distinct(edge for rect in rects for edge in (rect.left, rect.right)),
            _distinct(edge for rect in rects for edge in (rect.top, rect.bottom)),
        )

    @property
    def cuts(self) -> int:
        """How many straight cuts through a lift part all its tickets."""
        across, down = self.edges()
        inside_x = [edge for edge in across if _THINNEST < edge < self.sheet.width - _THINNEST]
        inside_y = [edge for edge in down if _THINNEST < edge < self.sheet.height - _THINNEST]
        return len(inside_x) + len(inside_y)

    def bleed_rects(self) -> Iterator[Rect]:
        """Yield how far each ticket of the front may print: neighbours share the gap."""
        sheet = self.sheet
        inner_x = min(sheet.bleed, (sheet.gap_x + 2 * self._margin_x) / 2)
        inner_y = min(sheet.bleed, (sheet.gap_y + 2 * self._margin_y) / 2)
        for cell, trim in enumerate(self.trim_rects):
            row, column = divmod(cell, sheet.columns)
            yield Rect(
                trim.left - (inner_x if column else sheet.bleed),
                trim.top - (inner_y if row else sheet.bleed),
                trim.right + (inner_x if column < sheet.columns - 1 else sheet.bleed),
                trim.bottom + (inner_y if row < sheet.rows - 1 else sheet.bleed),
            )

    def boxes(self, side: Side) -> tuple[tuple[str, tuple[float, ...]], ...]:
        """Return BleedBox and TrimBox of a side, in points."""
        paper = Rect(0, 0, self.sheet.width, self.sheet.height)
        trim, bleed = (
            self.calibrated(side, side.rect(each)).within(paper)
            for each in (self.union, self.union.grown(self.sheet.bleed))
        )
        return ("BleedBox", self.to_pdf(bleed)), ("TrimBox", self.to_pdf(trim))

    def calibrated(self, side: Side, rect: Rect) -> Rect:
        """Return where a place of this side comes out after calibration."""
        by = side.calibration(self.sheet.calibration)
        return Rect(
            rect.left * by.scale_x + by.dx,
            rect.top * by.scale_y + by.dy,
            rect.right * by.scale_x + by.dx,
            rect.bottom * by.scale_y + by.dy,
        )

    def calibrate(self, side: Side) -> bytes:
        """Return the operator that calibrates all that follows; nothing if there is no need."""
        by = side.calibration(self.sheet.calibration)
        if by == Calibration():
            return b""
        down = self.sheet.height * (1 - by.scale_y) - by.dy
        return content.transform(by.scale_x, 0, 0, by.scale_y, pt(Mm(by.dx)), pt(Mm(down)))

    def to_pdf(self, rect: Rect) -> tuple[float, float, float, float]:
        """Return left, bottom, right, top in points from the bottom left."""
        left, top, right, bottom = rect
        height = self.sheet.height
        a, b, c, d = (pt(Mm(each)) for each in (left, height - bottom, right, height - top))
        return a, b, c, d

    def openings(self, side: Side) -> list[bytes]:
        """Return for each cell the operators that clip to it and move its ticket there."""
        page = self.pages[self.sides.index(side)]
        turn = side.turn(self.sheet.rotate)
        openings = []
        for trim, bleed in zip(self.trim_rects, self.bleed_rects(), strict=True):
            left, bottom, right, top = self.to_pdf(side.rect(bleed))
            clip = content.rectangle(left, bottom, right - left, top - bottom)
            placed = _matrix(page.trim_box, self.to_pdf(side.rect(trim)), turn)
            openings.append(b"\n".join((content.SAVE, clip, b"W n", content.transform(*placed))))
        return openings

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what is wrong with the bleed."""
        sheet = self.sheet
        if not sheet.bleed:
            return
        for number, page in enumerate(self.pages, start=1):
            if page.form is None:
                continue
            trim, bleed = page.trim_box, page.bleed_box
            have = [mm(Pt(each)) for each in _margins(trim, bleed)]
            if min(have) < sheet.bleed - _SHORT:
                width = f"{max(min(have), 0):.1f}"
                detail = Message(
                    "missing_bleed", page=number, width=width, needed=f"{sheet.bleed:g}"
                )
                yield Diagnostic(Concern.MISSING_BLEED, detail)
        union = self.union.grown(sheet.bleed)
        if (
            min(union.left, union.top) < -SLACK
            or union.right > sheet.width + SLACK
            or (union.bottom > sheet.height + SLACK)
        ):
            yield Diagnostic(Concern.MISSING_BLEED, Message("missing_bleed.sheet"))


def _check_sides(sheet: Sheet, pages: Sequence[BackgroundPage], place: JsonPointer) -> None:
    if len(pages) > 2:
        place.inside("layout").note(Message("sheet.too_many_pages", number=len(pages)))
    elif len(pages) == 2 and sheet.duplex is None:
        place.inside("duplex").note(Message("sheet.back_without_duplex"))
    elif len(pages) == 1 and sheet.duplex is not None:
        place.inside("duplex").note(Message("sheet.duplex_without_back"))
    check_equal_sizes(pages, place.inside("layout"))


def check_equal_sizes(pages: Iterable[BackgroundPage], place: JsonPointer) -> None:
    sizes = [_trim_size(page) for page in pages]
    first = sizes[0]
    if any(
        abs(mm(Pt(one)) - mm(Pt(other))) > _SAME_SIZE
        for size in sizes
        for one, other in zip(first, size, strict=True)
    ):
        place.note(Message("sheet.different_sizes"))


def _trim_size(page: BackgroundPage) -> tuple[float, float]:
    left, bottom, right, top = page.trim_box
    return right - left, top - bottom


def _margins(trim: Sequence[float], bleed: Sequence[float]) -> tuple[float, float, float, float]:
    return trim[0] - bleed[0], trim[1] - bleed[1], bleed[2] - trim[2], bleed[3] - trim[3]


def _matrix(
    trim: Sequence[float], rect: Sequence[float], turn: int
) -> tuple[float, float, float, float, float, float]:
    """Return the matrix that moves a page's trim box into a rectangle, turned clockwise."""
    left, bottom, _, _ = trim
    x0, y0, x1, y1 = rect
    return {
        0: (1.0, 0.0, 0.0, 1.0, x0 - left, y0 - bottom),
        90: (0.0, -1.0, 1.0, 0.0, x0 - bottom, y1 + left),
        180: (-1.0, 0.0, 0.0, -1.0, x1 + left, y1 + bottom),
        270: (0.0, 1.0, -1.0, 0.0, x1 + bottom, y0 - left),
    }[turn]


def _distinct(values: Iterable[float]) -> list[float]:
    distinct: list[float] = []
    for value in sorted(values):
        if not distinct or value - distinct[-1] > SLACK:
            distinct.append(value)
    return distinct
