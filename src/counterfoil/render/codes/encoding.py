"""One ``encode`` for every symbology: checks what the standards ask, then calls the encoder."""

from __future__ import annotations

import re

from counterfoil.render.codes import qr
from counterfoil.render.codes.masking import encode_masked
from counterfoil.render.codes.matrix import SHAPES, Level, Matrix, Symbology
from counterfoil.render.errors import CodeError, TooLongError
from counterfoil.render.messages import Message

try:
    from counterfoil.render.codes import libzint as encoder
except ImportError:  # a platform without zint's wheel: the second source is a third slower
    from counterfoil.render.codes import zxing as encoder  # type: ignore[no-redef]

_EAN = re.compile(r"[0-9]{12,13}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAX_COLUMNS = 30
"""Data columns of PDF417: ISO/IEC 15438, 5.1.1."""
_WITH_LEVELS = (Symbology.QR, Symbology.AZTEC, Symbology.PDF417)


def encode(
    symbology: Symbology,
    text: str,
    *,
    level: Level | None = None,
    aspect: float | None = None,
) -> Matrix:
    """Encode a text.

    Args:
        level: error correction; None: QR chooses by the number of characters (32 or fewer H,
            128 or fewer M, else L), the others by their standard's recommendation.
        aspect: width / height of the paper; PDF417 chooses its columns to fill it.

    Raises:
        TooLongError: the symbology has no symbol for as much text.
        CodeError: the text is empty, or holds what this symbology cannot carry.
    """
    check(symbology, text, level=level)
    match symbology:
        case Symbology.QR:
            return encode_masked(qr.plan(text, level), encoder.qr)
        case Symbology.AZTEC:
            return encoder.aztec(text, level)
        case Symbology.DATA_MATRIX:
            return encoder.data_matrix(text)
        case Symbology.PDF417:
            return _pdf417(text, level, aspect)
        case Symbology.CODE_128:
            return encoder.linear(symbology, text)
        case Symbology.EAN_13:
            return encoder.linear(symbology, text[:12])


def check(symbology: Symbology, text: str, *, level: Level | None) -> None:
    """Refuse what no encoder need see.

    Raises:
        CodeError: with the reason.
    """
    if not text:
        raise CodeError(Message("code.empty"))
    if level is not None and symbology not in _WITH_LEVELS:
        raise CodeError(Message("code.no_error_correction", symbology=str(symbology)))
    if symbology is Symbology.EAN_13:
        _check_ean(text)
    elif symbology is Symbology.CODE_128 and not text.isascii():
        raise CodeError(Message("code.not_ascii"))
    elif not text.isascii() and _SURROGATE.search(text):
        raise CodeError(Message("code.half_character"))


def _check_ean(text: str) -> None:
    if not _EAN.fullmatch(text):
        raise CodeError(Message("code.ean_digits"))
    digit = ean_check_digit(text[:12])
    if text[12:] not in ("", digit):
        raise CodeError(Message("code.ean_check_digit", text=text, digit=digit))


def ean_check_digit(digits: str) -> str:
    """Return the 13th digit: GS1 General Specifications, 7.9.1."""
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(digits))
    return str(-total % 10)


def _pdf417(text: str, level: Level | None, aspect: float | None) -> Matrix:
    """Find the number of columns whose modules print largest on the given paper.

    More columns make modules narrower and let rows be higher, so the best is where the two
    limits cross.
    """
    if aspect is None:
        return encoder.pdf417(text, level, None)
    low, high = 1, _MAX_COLUMNS
    tried: dict[int, Matrix | None] = {}
    while low < high:
        middle = (low + high) // 2
        tried[middle] = _with_columns(text, level, middle)
        if _too_high(tried[middle], aspect):
            low = middle + 1
        else:
            high = middle
    candidates = [
        tried[columns] if columns in tried else _with_columns(text, level, columns)
        for columns in (low - 1, low)
        if columns >= 1
    ]
    fitting = [matrix for matrix in candidates if matrix is not None]
    if not fitting:
        return encoder.pdf417(text, level, None)
    return max(fitting, key=lambda matrix: _module(matrix, aspect))


def _with_columns(text: str, level: Level | None, columns: int) -> Matrix | None:
    try:
        return encoder.pdf417(text, level, columns)
    except TooLongError:  # more than 90 rows or 928 codewords in this many columns
        return None


def _too_high(matrix: Matrix | None, aspect: float) -> bool:
    if matrix is None:
        return True
    width, height = _extent(matrix)
    return width < height * aspect


def _module(matrix: Matrix, aspect: float) -> float:
    """Return the module's width on paper one unit high."""
    width, height = _extent(matrix)
    return min(aspect / width, 1 / height)


def _extent(matrix: Matrix) -> tuple[int, int]:
    shape = SHAPES[Symbology.PDF417]
    height = matrix.height * (shape.row_height or 1) + 2 * shape.quiet_vertical
    return matrix.width + shape.quiet_left + shape.quiet_right, height
