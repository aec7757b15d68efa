"""What lies on a page beside its content: annotations and form fields (ISO 32000-1, 12.5, 12.7).

Paper shows those that print. An appearance in the file is what they look like; viewers make up a
missing one, and so do we, or say that we cannot.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from counterfoil.render.background.appearances import Maker, NotDrawnError, Title
from counterfoil.render.background.copying import entry, name_of
from counterfoil.render.background.optional_content import OptionalContent
from counterfoil.render.background.pages import Box, PageGeometry, read_box, read_number

Matrix = tuple[float, float, float, float, float, float]

_HIDDEN, _PRINT, _NO_ROTATE, _NO_VIEW = 2, 4, 16, 32
_SILENT = frozenset(("Popup", "Link", "PrinterMark", "TrapNet"))
"""What nobody misses on paper unless it is meant to print."""
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Painted:
    """An annotation as it prints."""

    appearance: pikepdf.Object | None
    """A form XObject; None: paints nothing."""
    matrix: Matrix
    """From the form's space to the page's."""
    place: Box
    comparable: bool
    """Looks the same in all viewers; they do not agree on fields and on what they make up."""


def printing_annotations(
    page: pikepdf.Object, number: int, sheet: PageGeometry, layers: OptionalContent, maker: Maker
) -> Iterator[Painted]:
    """Yield what prints of a page's annotations; ``maker`` collects what could not come along."""
    annotations = entry(page, "/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    for item in list(annotations):
        if isinstance(item, pikepdf.Dictionary) and not layers.is_hidden(entry(item, "/OC")):
            painted = _painted(item, number, sheet, maker)
            if painted is not None:
                yield painted


def _painted(
    item: pikepdf.Object, number: int, sheet: PageGeometry, maker: Maker
) -> Painted | None:
    kind = name_of(entry(item, "/Subtype")) or "unknown"
    flags, rect = int(read_number(entry(item, "/F")) or 0), read_box(entry(item, "/Rect"))
    if flags & _HIDDEN or kind == "Popup" or rect is None:
        return None
    has_one, appearance = _normal_appearance(item)
    if not flags & _PRINT:
        if kind not in _SILENT and not flags & _NO_VIEW and (appearance is not None or not has_one):
            maker.mention(_title(item, kind).message("not_printed", number))
        return None
    if not has_one:
        try:
            appearance = maker.appearance(item, kind, rect, _title(item, kind), number)
        except NotDrawnError:
            maker.mention(_title(item, kind).message("left_out", number))
    matrix = None if appearance is None else _placing(appearance, rect)
    if matrix is None:
        return Painted(None, _IDENTITY, rect, has_one and kind != "Widget")
    if flags & _NO_ROTATE and sheet.turn:
        matrix = multiplied(matrix, _upright(rect, sheet.turn))
    return Painted(appearance, matrix, rect, has_one and kind != "Widget")


def _title(item: pikepdf.Object, kind: str) -> Title:
    """Return what a designer knows it by."""
    if kind != "Widget":
        return Title("annotation", kind[:40])
    names: list[str] = []
    node: object = item
    for _ in range(10):
        if not isinstance(node, pikepdf.Dictionary):
            break
        name = entry(node, "/T")
        if isinstance(name, pikepdf.String):
            names.append(str(name)[:40])
        node = entry(node, "/Parent")
    return Title("field", ".".join(reversed(names)) or "?")


def _normal_appearance(item: pikepdf.Object) -> tuple[bool, pikepdf.Object | None]:
    """Tell whether it brings its appearance, and return that of its state; None paints nothing."""
    normal = entry(entry(item, "/AP"), "/N")
    if isinstance(normal, pikepdf.Stream):
        return True, normal
    if not isinstance(normal, pikepdf.Dictionary) or not list(normal.keys()):
        return False, None
    state = entry(item, "/AS")
    for holder in (item, entry(item, "/Parent")):
        if not isinstance(state, pikepdf.Name):
            state = entry(holder, "/V")
    chosen = normal[state] if isinstance(state, pikepdf.Name) and state in normal else None
    return True, chosen if isinstance(chosen, pikepdf.Stream) else None


def _placing(appearance: pikepdf.Object, rect: Box) -> Matrix | None:
    """Return what maps an appearance onto its rectangle (12.5.5)."""
    box = read_box(entry(appearance, "/BBox"))
    if box is None:
        return None
    a, b, c, d, e, f = read_matrix(entry(appearance, "/Matrix"))
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in box[::2] for y in box[1::2]]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    bottom, top = min(y for _, y in corners), max(y for _, y in corners)
    if right <= left or top <= bottom:
        return None
    wide, high = (rect[2] - rect[0]) / (right - left), (rect[3] - rect[1]) / (top - bottom)
    return wide, 0, 0, high, rect[0] - left * wide, rect[1] - bottom * high


def _upright(rect: Box, turn: int) -> Matrix:
    """Return a turn about the upper left corner that undoes the page's."""
    x, y = rect[0], rect[3]
    cos, sin = round(math.cos(turn * math.pi / 2)), round(math.sin(turn * math.pi / 2))
    return cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y


def read_matrix(value: object) -> Matrix:
    """Return a matrix; what is none is the identity, as for viewers."""
    if not isinstance(value, pikepdf.Array) or len(value) != 6:
        return _IDENTITY
    a, b, c, d, e, f = (read_number(each) or 0.0 for each in list(value))
    return a, b, c, d, e, f


def multiplied(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )
