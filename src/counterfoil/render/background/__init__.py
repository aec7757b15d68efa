"""PDF backgrounds: hostile until compiled, then a list of our own objects.

A PDF is read once, when a designer sets it, by a child process that may be killed. What comes
back holds only what paints: each page is one form XObject, written object by object from an
allowlist. Printing embeds those bytes and parses no PDF.
"""

from __future__ import annotations

from counterfoil.render.background.compiled import (
    COMPILER_VERSION,
    BackgroundPage,
    CompiledBackground,
    CompiledObject,
    blank_background,
    embed_background,
)
from counterfoil.render.background.limits import LIMITS, Limits
from counterfoil.render.background.sandbox import compile_background

__all__ = [
    "COMPILER_VERSION",
    "LIMITS",
    "BackgroundPage",
    "CompiledBackground",
    "CompiledObject",
    "Limits",
    "blank_background",
    "compile_background",
    "embed_background",
]
