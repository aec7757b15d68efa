"""Web fonts (WOFF and WOFF 2, W3C): ordinary fonts, packed. HarfBuzz reads them unpacked."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from counterfoil.render.errors import FontError
from counterfoil.render.messages import Message

_SIGNATURES = (b"wOFF", b"wOF2")
_TOTAL_SIZE = slice(16, 20)
_LARGEST = 100_000_000
_REMEMBERED = 4


def is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in _SIGNATURES


def unpack(path: Path) -> bytes:
    """Return the font in a web font's file.

    Raises:
        FontError: it is damaged, or larger than any real font.
        OSError: it cannot be read.
    """
    state = path.stat()
    return _unpack(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=_REMEMBERED)
def _unpack(path: Path, modified_ns: int, size: int) -> bytes:
    # Most installations never meet one, and loading this takes a tenth of a second.
    from fontTools.ttLib import TTFont

    data = path.read_bytes()
    if int.from_bytes(data[_TOTAL_SIZE], "big") > _LARGEST:
        raise FontError(Message("font.too_large", file=path.name))
    unpacked = BytesIO()
    try:
        with TTFont(BytesIO(data), recalcBBoxes=False, recalcTimestamp=False) as font:
            font.flavor = None
            font.save(unpacked, reorderTables=False)
    except Exception as error:  # on damaged files fontTools raises almost anything
        raise FontError(Message("font.damaged_web_font", file=path.name)) from error
    return unpacked.getvalue()
