"""Readers for the tests of codes: our matrices and paths as pictures, and what they say."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pypdfium2
import zxingcpp

from counterfoil.render.codes import SHAPES, Matrix
from counterfoil.render.pdf.syntax import Ref
from counterfoil.render.pdf.writer import Writer, page_attributes

Picture = npt.NDArray[np.uint8]


def modules(matrix: Matrix) -> npt.NDArray[np.bool_]:
    return np.array(matrix.rows(), dtype=np.bool_)


def picture(matrix: Matrix, scale: int = 4) -> Picture:
    """Draw a matrix with its quiet zone, dark on white."""
    shape = SHAPES[matrix.symbology]
    rows = scale * (shape.row_height or 40)
    dark = np.kron(modules(matrix), np.ones((rows, scale), dtype=np.bool_))
    quiet = 12 * scale
    return np.where(np.pad(dark, quiet), 0, 255).astype(np.uint8)


def read(image: Picture) -> zxingcpp.Barcode:
    """Return the one code a picture shows."""
    (found,) = zxingcpp.read_barcodes(image)
    return found


def page(content: bytes, width: float, height: float, dpi: float = 300) -> Picture:
    """Print one page of our own and look at it."""
    sink = io.BytesIO()
    writer = Writer(sink)
    resources: Ref = writer.add(b"<<>>")
    writer.page(page_attributes((0, 0, width, height), resources), content)
    writer.finish(title="Codes", language="en")
    with pypdfium2.PdfDocument(sink.getvalue()) as document:
        bitmap = document[0].render(scale=dpi / 72, grayscale=True)
        return np.array(bitmap.to_numpy()).reshape(bitmap.height, -1)
