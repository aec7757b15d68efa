"""Font files: finding faces, measuring and shaping with them, embedding what was used."""

from counterfoil.render.fonts.embed import GlyphUse, UsedGlyphs
from counterfoil.render.fonts.face import Face
from counterfoil.render.fonts.library import DEFAULT_FAMILY, FontLibrary

__all__ = ["DEFAULT_FAMILY", "Face", "FontLibrary", "GlyphUse", "UsedGlyphs"]
