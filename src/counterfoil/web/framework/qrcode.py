"""QR codes on pages, drawn by the same encoder as those on tickets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.render.codes import SHAPES, Level, Symbology, encode


def drawn(text: str, label: Any) -> SafeString:
    """Return an SVG picture of a code. Dark on white in any colours of the page: scanners ask it.

    Raises:
        CodeError: the text is too long for a code.
    """
    rows = encode(Symbology.QR, text, level=Level.M).rows()
    quiet = SHAPES[Symbology.QR].quiet_left
    size = len(rows) + 2 * quiet
    path = "".join(
        f"M{start + quiet} {y + quiet}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    )
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" width="240" height="240"'
        ' shape-rendering="crispEdges"><rect width="100%" height="100%" fill="white"/>'
        '<path fill="black" d="{}"/></svg>',
        label,
        size,
        size,
        path,
    )


def _runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Return where dark modules that touch begin, and how many they are."""
    start = None
    for x, is_dark in enumerate([*row, False]):
        if is_dark and start is None:
            start = x
        elif not is_dark and start is not None:
            yield start, x - start
            start = None
