"""Text to lines of glyphs: preparing, breaking, ordering, shaping, writing."""

from counterfoil.render.text.line_breaker import Line, TextStyle, break_lines
from counterfoil.render.text.prepare import Prepared, prepare

__all__ = ["Line", "Prepared", "TextStyle", "break_lines", "prepare"]
