"""Two viewers, pdfium and poppler: one hides what the other shows."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image

Pixels = npt.NDArray[np.int16]

VIEWERS = ("pdfium", "poppler")
VISIBLE = 48
"""Of 255: by less, pixels on edges differ when a page is wrapped in a form."""
SMALL = 0.0005
"""Share of a page's pixels that may differ visibly before it counts as different."""


class Verdict(NamedTuple):
    word: str
    """identical, small or different."""
    differing: int
    """Pixels that differ visibly."""


def drawn(data: bytes, viewer: str, *, page: int = 1, dpi: int = 144) -> Pixels | None:
    """Return the RGB pixels of a page, as a viewer draws it; None: it does not."""
    return _by_pdfium(data, page, dpi) if viewer == "pdfium" else _by_poppler(data, page, dpi)


def compared(ours: Pixels | None, original: Pixels | None) -> Verdict:
    if ours is None or original is None:
        return Verdict("identical" if ours is original else "different", 0)
    if ours.shape != original.shape:
        return Verdict("different", ours.shape[0] * ours.shape[1])
    if np.array_equal(ours, original):
        return Verdict("identical", 0)
    differing = int((np.abs(ours - original).max(axis=2) > VISIBLE).sum())
    share = differing / (ours.shape[0] * ours.shape[1])
    return Verdict("small" if share <= SMALL else "different", differing)


def _by_pdfium(data: bytes, page: int, dpi: int) -> Pixels | None:
    try:
        with pypdfium2.PdfDocument(data) as document:
            if document.get_formtype():
                document.init_forms()
                pypdfium2.raw.FPDF_SetFormFieldHighlightAlpha(document.formenv, 0)
            flags = pypdfium2.raw.FPDF_PRINTING
            bitmap = document[page - 1].render(scale=dpi / 72, extra_flags=flags)
            return np.asarray(bitmap.to_pil().convert("RGB")).astype(np.int16)
    except (pypdfium2.PdfiumError, IndexError, ValueError):  # e.g. a page without a size
        return None


def _by_poppler(data: bytes, page: int, dpi: int) -> Pixels | None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "page.pdf"
        file.write_bytes(data)
        command = ["pdftoppm", "-q", "-cropbox", "-r", str(dpi), "-f", str(page), "-l", str(page)]
        command += ["-singlefile", str(file), str(Path(folder) / "page")]
        try:
            subprocess.run(command, check=False, capture_output=True, timeout=120)
            with Image.open(Path(folder) / "page.ppm") as picture:
                return np.asarray(picture.convert("RGB")).astype(np.int16)
        except (OSError, subprocess.TimeoutExpired):
            return None
