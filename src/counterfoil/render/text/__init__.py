"""Text to lines of glyphs: preparing, breaking, ordering, shaping, writing."""

from counterfoil.render.text.prepare import Prepared, prepare
from counterfoil.render.text.typeset import Line, TextStyle, break_lines

__all__ = ["Line", "Prepared", "TextStyle", "break_lines", "prepare"]
