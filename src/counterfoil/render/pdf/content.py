"""The operators of page content (ISO 32000-1, annex A), as bytes ready to be joined by a newline.

Lengths are points, colours red, green and blue from 0 to 1. Pure black is DeviceGray, so that
printers use black ink alone and no mix of all; every other colour is DeviceRGB.
"""

from __future__ import annotations

import math
from itertools import pairwise

from counterfoil.render.pdf.syntax import number

SAVE = b"q"
RESTORE = b"Q"
FILL = b"f"
FILL_EVEN_ODD = b"f*"
STROKE = b"S"
FILL_AND_STROKE = b"B"
CLOSE_PATH = b"h"
BEGIN_TEXT = b"BT"
END_TEXT = b"ET"

# How far a curve's handles reach to draw a quarter of a circle, off by 0.03 % at most.
_KAPPA = 4 * (math.sqrt(2) - 1) / 3
# Offsets of a matrix are points; its factors apply to whole pages and need more decimals.
_COLOUR_PLACES = 4
_FACTOR_PLACES = 6


def operator(name: bytes, *operands: float) -> bytes:
    """Write one operator behind its numeric operands."""
    return b" ".join([*map(number, operands), name])


def transform(a: float, b: float, c: float, d: float, e: float, f: float) -> bytes:
    """Put a matrix before the current one: x' = ax + cy + e, y' = bx + dy + f."""
    return matrix(a, b, c, d, e, f) + b" cm"


def text_matrix(a: float, b: float, c: float, d: float, e: float, f: float) -> bytes:
    return matrix(a, b, c, d, e, f) + b" Tm"


def matrix(a: float, b: float, c: float, d: float, e: float, f: float) -> bytes:
    factors = [number(value, _FACTOR_PLACES) for value in (a, b, c, d)]
    return b" ".join([*factors, number(e), number(f)])


def fill_rgb(red: float, green: float, blue: float) -> bytes:
    return _colour(red, green, blue) + b" rg" if red or green or blue else b"0 g"


def stroke_rgb(red: float, green: float, blue: float) -> bytes:
    return _colour(red, green, blue) + b" RG" if red or green or blue else b"0 G"


def _colour(*components: float) -> bytes:
    # Layouts give 255ths, and readers round to those again: four decimals do, and take 9 bytes
    # less a page than six.
    return b" ".join(number(component, _COLOUR_PLACES) for component in components)


def line_width(width: float) -> bytes:
    return operator(b"w", width)


def move_to(x: float, y: float) -> bytes:
    return operator(b"m", x, y)


def line_to(x: float, y: float) -> bytes:
    return operator(b"l", x, y)


def curve_to(
    start: tuple[float, float], end: tuple[float, float], to: tuple[float, float]
) -> bytes:
    """Draw a Bézier curve ``to`` a point with the handles ``start`` and ``end``."""
    return operator(b"c", *start, *end, *to)


def rectangle(x: float, y: float, width: float, height: float) -> bytes:
    return operator(b"re", x, y, width, height)


def ellipse(x: float, y: float, width: float, height: float) -> bytes:
    """Draw the path of an ellipse that fills the given box, from the right counter-clockwise."""
    rx, ry = width / 2, height / 2
    cx, cy = x + rx, y + ry
    corners = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 0.0)]
    path = [move_to(cx + rx, cy)]
    for (ux, uy), (vx, vy) in pairwise(corners):
        start = cx + (ux + _KAPPA * vx) * rx, cy + (uy + _KAPPA * vy) * ry
        end = cx + (vx + _KAPPA * ux) * rx, cy + (vy + _KAPPA * uy) * ry
        path.append(curve_to(start, end, (cx + vx * rx, cy + vy * ry)))
    return b"\n".join([*path, CLOSE_PATH])


def draw_xobject(resource: bytes) -> bytes:
    """Paint a form or an image by its resource name, slash included."""
    return resource + b" Do"


def select_font(resource: bytes, size: float) -> bytes:
    """Choose a font by its resource name, slash included."""
    return resource + b" " + operator(b"Tf", size)
