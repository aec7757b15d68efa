"""Codes that machines read: text -> matrix of modules -> one path in the page.

``encode`` is the only door to the encoders and ``BarcodePlacement`` the usual way to draw.
"""

from __future__ import annotations

from counterfoil.render.codes.draw import BarcodePlacement, DrawnCode
from counterfoil.render.codes.encoding import encode
from counterfoil.render.codes.matrix import SHAPES, Level, Matrix, Shape, Symbology

__all__ = [
    "SHAPES",
    "BarcodePlacement",
    "DrawnCode",
    "Level",
    "Matrix",
    "Shape",
    "Symbology",
    "encode",
]
