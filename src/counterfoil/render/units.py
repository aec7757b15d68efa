"""Lengths.

Layouts speak millimetres; PDF and font sizes speak points, 1/72 inch (ISO 32000-1, 8.3.2.3).
Both measure from the bottom left with y upwards, so a position needs a factor and no flip.
The two are different types here: mypy refuses to mix them, and only this module converts.
"""

from __future__ import annotations

from typing import NewType

Mm = NewType("Mm", float)
Pt = NewType("Pt", float)

_PT_PER_MM = 72 / 25.4


def pt(length: Mm) -> Pt:
    """Turn millimetres into points.

    >>> round(pt(Mm(210)), 4)
    595.2756
    """
    return Pt(length * _PT_PER_MM)


def mm(length: Pt) -> Mm:
    """Turn points into millimetres, for what is told to people."""
    return Mm(length / _PT_PER_MM)
