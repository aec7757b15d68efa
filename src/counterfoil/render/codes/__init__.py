"""Codes that machines read: text -> matrix of modules -> one path in the page.

``encode`` is the only door to the encoders and ``Spot`` the usual way to draw.
"""

from __future__ import annotations

from counterfoil.render.codes.draw import Drawn, Spot
from counterfoil.render.codes.encoding import encode
from counterfoil.render.codes.matrix import SHAPES, Level, Matrix, Shape, Symbology

__all__ = ["SHAPES", "Drawn", "Level", "Matrix", "Shape", "Spot", "Symbology", "encode"]
