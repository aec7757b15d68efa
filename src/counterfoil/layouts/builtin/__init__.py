"""What prints a ticket when nobody has set a layout or a background.

The background's PDF (``tools/builtin_background.py`` draws it) and what the engine makes of it are
shipped as files, so that the first ticket after a start costs no more than the second.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from counterfoil.render import CompiledBackground

_FOLDER = Path(__file__).parent
BACKGROUND_PDF = _FOLDER / "background.pdf"
COMPILED_BACKGROUND = _FOLDER / "background.compiled"


def built_in_layout() -> list[dict[str, Any]]:
    """Return the elements of the built-in layout. Not to be changed by callers."""
    return _layout()


@cache
def _layout() -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = json.loads((_FOLDER / "layout.json").read_text("utf-8"))
    return elements


@cache
def built_in_background() -> CompiledBackground:
    return CompiledBackground.from_bytes(COMPILED_BACKGROUND.read_bytes())
