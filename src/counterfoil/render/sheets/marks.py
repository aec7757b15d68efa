"""What stands outside the tickets: crop and registration marks, perforations, the slug's place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from counterfoil.render.diagnostics import Diagnostic
from counterfoil.render.pdf import content
from counterfoil.render.pdf.inks import Ink
from counterfoil.render.sheets.geometry import Imposition, Rect, Side
from counterfoil.render.units import Mm, pt

# Millimetres.
_CLEAR = 1.0
"""Between the bleed and the marks."""
_LENGTH = 5.0
_SHORTEST = 1.0
_TICK = 2.5
_TARGET = 2.0
"""Radius of a registration mark."""
_SLUG = 3.0
"""The height that the slug takes up."""
_HAIRLINE = 0.25
"""Points."""
_DASHES = b"[3 3] 0 d"


class Segment(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """The marks of one side."""

    operators: bytes
    slug: Rect | None
    """Where the slug goes, if there is room for it."""
    diagnostics: tuple[Diagnostic, ...]


def draw_marks(imposition: Imposition, side: Side, ink: Ink) -> SheetMarks:
    """Draw the marks of one side, in PDF coordinates of the sheet."""
    marks = imposition.sheet.marks
    bleed = imposition.union.grown(imposition.sheet.bleed)
    bottom_room = imposition.sheet.height - bleed.bottom
    slug, at_bottom = None, bottom_room >= bleed.top
    if marks.slug:
        room = max(bottom_room, bleed.top)
        if room >= _CLEAR + _SLUG + (_SHORTEST if marks.crop else 0):
            away = _CLEAR + (_LENGTH if marks.crop else 0.0)
            away = min(
                away, room - _SLUG
            )  # beyond the crop marks, which give way where it is tight
            y = bleed.bottom + away if at_bottom else bleed.top - away - _SLUG
            slug = Rect(max(bleed.left, 0.0), y, imposition.sheet.width, y + _SLUG)
    beyond = _SLUG if max(bottom_room, bleed.top) < _CLEAR + _LENGTH + _SLUG else 0.0
    reserved = (0.0, beyond) if at_bottom else (beyond, 0.0)
    rooms = _rooms(imposition, bleed, reserved if slug else (0.0, 0.0))
    lost: list[Diagnostic] = []
    segments: list[Segment] = []
    if marks.crop:
        segments += _crop_marks(imposition, bleed, rooms)
        if min(rooms) < _CLEAR + _SHORTEST:
            lost.append(Diagnostic.of("marks_left_out.crop"))
    segments += _perforation_ticks(imposition, bleed, rooms)
    targets = list(_targets(imposition, bleed, rooms)) if marks.registration else []
    if marks.registration and len(targets) < len(rooms):
        lost.append(Diagnostic.of("marks_left_out.registration"))
    if marks.slug and slug is None:
        lost.append(Diagnostic.of("marks_left_out.slug"))
    parts = [content.SAVE, ink.on_all_plates, content.line_width(_HAIRLINE)]
    parts += [_line(imposition, side, each) for each in segments]
    parts += [_target(imposition, side, x, y) for x, y in targets]
    parts.append(content.RESTORE)
    dashes = [_line(imposition, side, each) for each in _dashed(imposition)]
    if dashes:
        parts += [content.SAVE, ink.stroke((0, 0, 0)), content.line_width(_HAIRLINE), _DASHES]
        parts += [*dashes, content.RESTORE]
    is_blank = not (segments or targets or dashes)
    return SheetMarks(
        b"" if is_blank else b"\n".join(parts),
        slug and _on_side(slug, side, bleed),
        tuple(lost),
    )


def _on_side(slug: Rect, side: Side, bleed: Rect) -> Rect:
    """Let the slug of the back begin where its tickets do."""
    turned = side.rect(slug)
    return turned._replace(left=max(side.rect(bleed).left, 0.0), right=side.width)


class _Rooms(NamedTuple):
    """Millimetres between the bleed and the edge of the paper."""

    left: float
    top: float
    right: float
    bottom: float


def _rooms(imposition: Imposition, bleed: Rect, reserved: tuple[float, float]) -> _Rooms:
    sheet = imposition.sheet
    return _Rooms(
        bleed.left,
        bleed.top - reserved[0],
        sheet.width - bleed.right,
        sheet.height - bleed.bottom - reserved[1],
    )


def _crop_marks(imposition: Imposition, bleed: Rect, rooms: _Rooms) -> Iterator[Segment]:
    across, down = imposition.edges()
    for x in across:
        yield from _above_and_below(x, bleed, rooms, _LENGTH)
    for y in down:
        yield from _beside(y, bleed, rooms, _LENGTH)


def _above_and_below(x: float, bleed: Rect, rooms: _Rooms, length: float) -> Iterator[Segment]:
    start, end = bleed.top - _CLEAR, bleed.bottom + _CLEAR
    if (long := min(length, rooms.top - _CLEAR)) >= _SHORTEST:
        yield Segment(x, start, x, start - long)
    if (long := min(length, rooms.bottom - _CLEAR)) >= _SHORTEST:
        yield Segment(x, end, x, end + long)


def _beside(y: float, bleed: Rect, rooms: _Rooms, length: float) -> Iterator[Segment]:
    start, end = bleed.left - _CLEAR, bleed.right + _CLEAR
    if (long := min(length, rooms.left - _CLEAR)) >= _SHORTEST:
        yield Segment(start, y, start - long, y)
    if (long := min(length, rooms.right - _CLEAR)) >= _SHORTEST:
        yield Segment(end, y, end + long, y)


def _perforation_ticks(imposition: Imposition, bleed: Rect, rooms: _Rooms) -> Iterator[Segment]:
    for perforation in imposition.sheet.perforations:
        if perforation.draw != "ticks":
            continue
        if perforation.axis == "x":
            lefts = sorted({cell.left for cell in imposition.cell_rects})
            for left in lefts:
                yield from _above_and_below(left + perforation.at, bleed, rooms, _TICK)
        else:
            tops = sorted({cell.top for cell in imposition.cell_rects})
            for top in tops:
                yield from _beside(top + perforation.at, bleed, rooms, _TICK)


def _dashed(imposition: Imposition) -> Iterator[Segment]:
    for perforation in imposition.sheet.perforations:
        if perforation.draw != "dashed":
            continue
        for cell, trim in zip(imposition.cell_rects, imposition.trim_rects, strict=True):
            if perforation.axis == "x":
                x = cell.left + perforation.at
                yield Segment(x, trim.top, x, trim.bottom)
            else:
                y = cell.top + perforation.at
                yield Segment(trim.left, y, trim.right, y)


def _targets(imposition: Imposition, bleed: Rect, rooms: _Rooms) -> Iterator[tuple[float, float]]:
    """Yield the centres of registration marks: beside the middle of a cell, where no cut is."""
    sheet = imposition.sheet
    middle = imposition.cell_rects[sheet.rows // 2 * sheet.columns + sheet.columns // 2]
    x, y = (middle.left + middle.right) / 2, (middle.top + middle.bottom) / 2
    away = _CLEAR + _TARGET
    if rooms.left >= away + _TARGET:
        yield bleed.left - away, y
    if rooms.top >= away + _TARGET:
        yield x, bleed.top - away
    if rooms.right >= away + _TARGET:
        yield bleed.right + away, y
    if rooms.bottom >= away + _TARGET:
        yield x, bleed.bottom + away


def _line(imposition: Imposition, side: Side, segment: Segment) -> bytes:
    rect = side.rect(
        Rect(
            min(segment.x0, segment.x1),
            min(segment.y0, segment.y1),
            max(segment.x0, segment.x1),
            max(segment.y0, segment.y1),
        )
    )
    left, bottom, right, top = imposition.to_pdf(rect)
    return b"%b %b S" % (content.move_to(left, bottom), content.line_to(right, top))


def _target(imposition: Imposition, side: Side, x: float, y: float) -> bytes:
    left, bottom, right, top = imposition.to_pdf(side.rect(Rect(x, y, x, y).grown(_TARGET)))
    inset = pt(Mm(_TARGET / 2))
    circle = content.ellipse(
        left + inset, bottom + inset, right - left - 2 * inset, top - bottom - 2 * inset
    )
    cx, cy = (left + right) / 2, (bottom + top) / 2
    cross = (
        content.move_to(left, cy),
        content.line_to(right, cy),
        content.move_to(cx, bottom),
        content.line_to(cx, top),
    )
    return b"\n".join((circle, *cross, content.STROKE))
