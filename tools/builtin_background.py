"""Draw the built-in background: a ticket with a counterfoil, on A4.

``make builtin`` writes the files that are shipped. Everything is
vectors, so it prints sharp and costs a document a few kilobytes, once.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from io import BytesIO

import pikepdf

from counterfoil.layouts.builtin import BACKGROUND_PDF, COMPILED_BACKGROUND
from counterfoil.render import compile_background
from counterfoil.render.units import Mm, pt

Point = tuple[float, float]

PAGE = (210.0, 297.0)
#: The ticket's box, where it is torn in two, and how round its corners and notches are (mm).
LEFT, BOTTOM, RIGHT, TOP = 12.0, 157.0, 198.0, 285.0
TEAR = 131.0
CORNER = 5.0
NOTCH = 4.0
#: White paper for the code; its quiet zone ends where this does.
CODE = (TEAR + 5.5, 215.0, RIGHT - 5.5, 271.0)
STRIPE = 4.5

INK = (0.075, 0.188, 0.255)
AMBER = (0.914, 0.639, 0.188)
TINT = (0.80, 0.865, 0.885)
FAINT = (0.955, 0.970, 0.975)

#: Where a circle's quarter has its control points, for a radius of 1.
KAPPA = 0.5523

_LINES = 16
_STEP = 2.38  # mm; a tenth of the shortest wave


def background_pdf() -> bytes:
    """Return the background as a PDF of one page; the same bytes each time."""
    pdf = pikepdf.new()
    width, height = (pt(Mm(side)) for side in PAGE)
    pdf.add_blank_page(page_size=(round(width, 3), round(height, 3)))
    page = pdf.pages[0]
    page.Contents = pdf.make_stream("\n".join(_content()).encode("ascii"))
    out = BytesIO()
    pdf.save(
        out,
        deterministic_id=True,
        compress_streams=True,
        recompress_flate=True,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )
    return out.getvalue()


def _content() -> Iterator[str]:
    scale = f"{pt(Mm(1)):.5f}"
    yield f"{scale} 0 0 {scale} 0 0 cm 1 J 1 j"
    yield from _ticket()
    yield from _tear_line()
    yield from _cut_marks()


def _ticket() -> Iterator[str]:
    yield f"q {_outline()} W n"
    yield f"{_colour(FAINT)} rg {_box(TEAR, BOTTOM, RIGHT, TOP)} f"
    yield f"1 1 1 rg {_box(*CODE)} f"
    yield from _guilloche()
    yield f"{_colour(INK)} rg {_box(LEFT, BOTTOM, LEFT + STRIPE, TOP)} f"
    yield f"{_colour(AMBER)} rg {_box(LEFT + STRIPE, BOTTOM, LEFT + STRIPE + 1.1, TOP)} f"
    yield "Q"
    yield f"{_colour(INK)} RG 0.35 w {_outline()} S"


def _outline() -> str:
    """Outline the ticket counterclockwise, with a notch at each end of the tear line."""
    arcs = [
        (LEFT + CORNER, BOTTOM + CORNER, CORNER, 180, 270),
        (TEAR, BOTTOM, NOTCH, 180, 0),
        (RIGHT - CORNER, BOTTOM + CORNER, CORNER, 270, 360),
        (RIGHT - CORNER, TOP - CORNER, CORNER, 0, 90),
        (TEAR, TOP, NOTCH, 360, 180),
        (LEFT + CORNER, TOP - CORNER, CORNER, 90, 180),
    ]
    drawn: list[str] = []
    for arc in arcs:
        begin, curves = _arc(*arc)
        drawn += [f"{_at(begin)} {'l' if drawn else 'm'}", *curves]
    return " ".join([*drawn, "h"])


def _arc(x: float, y: float, radius: float, begin: float, end: float) -> tuple[Point, list[str]]:
    """Return where an arc begins and its curves; angles in degrees, in steps of a quarter."""
    turn = 90 if end > begin else -90
    pull = math.copysign(radius * KAPPA, turn)
    curves = []
    for angle in range(int(begin), int(end), turn):
        (cos_a, sin_a), (cos_b, sin_b) = (_direction(each) for each in (angle, angle + turn))
        controls = (
            (x + radius * cos_a - pull * sin_a, y + radius * sin_a + pull * cos_a),
            (x + radius * cos_b + pull * sin_b, y + radius * sin_b - pull * cos_b),
            (x + radius * cos_b, y + radius * sin_b),
        )
        curves.append(" ".join(map(_at, controls)) + " c")
    cos, sin = _direction(begin)
    return (x + radius * cos, y + radius * sin), curves


def _direction(degrees: float) -> Point:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


def _guilloche() -> Iterator[str]:
    """Weave fine lines between the ticket's upper and lower part, as on old share certificates."""
    yield f"{_colour(TINT)} RG 0.16 w"
    for number in range(_LINES):
        yield _wave(2 * math.pi * number / _LINES)


def _wave(phase: float) -> str:
    """Draw one line as curves through points that are close enough to look smooth."""
    xs = [LEFT + step * _STEP for step in range(round((TEAR - LEFT) / _STEP) + 1)]
    drawn = [f"{_at((xs[0], _height(xs[0], phase)))} m"]
    for begin, end in itertools.pairwise(xs):
        third = _STEP / 3
        controls = (
            (begin + third, _height(begin, phase) + third * _slope(begin, phase)),
            (end - third, _height(end, phase) - third * _slope(end, phase)),
            (end, _height(end, phase)),
        )
        drawn.append(" ".join(map(_at, controls)) + " c")
    return " ".join([*drawn, "S"])


def _height(x: float, phase: float) -> float:
    swell = 2.6 + 1.5 * math.sin(2 * math.pi * x / 59.5)
    return 197.0 + swell * math.sin(2 * math.pi * x / 23.8 + phase)


def _slope(x: float, phase: float) -> float:
    return (_height(x + 1e-3, phase) - _height(x - 1e-3, phase)) / 2e-3


def _tear_line() -> Iterator[str]:
    yield f"{_colour(INK)} RG 0.3 w [0.01 1.6] 0 d"
    yield f"{_at((TEAR, BOTTOM + NOTCH + 1.5))} m {_at((TEAR, TOP - NOTCH - 1.5))} l S [] 0 d"


def _cut_marks() -> Iterator[str]:
    """Mark where to fold the sheet, so that the ticket's half fits a C5 envelope."""
    yield f"{_colour(TINT)} RG 0.2 w"
    middle = PAGE[1] / 2
    for x in (5.0, PAGE[0] - 9.0):
        yield f"{_at((x, middle))} m {_at((x + 4, middle))} l S"


def _box(left: float, bottom: float, right: float, top: float) -> str:
    return f"{left:g} {bottom:g} {right - left:g} {top - bottom:g} re"


def _at(point: Point) -> str:
    return f"{point[0]:.2f} {point[1]:.2f}"


def _colour(rgb: tuple[float, float, float]) -> str:
    return " ".join(f"{part:g}" for part in rgb)


def main() -> None:
    pdf = background_pdf()
    BACKGROUND_PDF.write_bytes(pdf)
    COMPILED_BACKGROUND.write_bytes(compile_background(pdf).to_bytes())


if __name__ == "__main__":
    main()
