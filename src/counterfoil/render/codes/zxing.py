"""Symbols by zxing-cpp, for platforms without zint's wheel; it carries the same encoder inside.

A third slower, and with one difference: bytes outside ASCII go with a note of their character
set, which can cost a QR code one version. It ignores options it does not know without a word,
so the tests look at what it made.
"""

from __future__ import annotations

import zxingcpp

from counterfoil.render.codes.matrix import SHAPES, Level, Matrix, Symbology
from counterfoil.render.codes.qr import Mode, Segment
from counterfoil.render.errors import TooLongError
from counterfoil.render.messages import Message

_UTF_8 = 26
"""ECI assignment number: AIM ECI part 3."""

_KINDS = {
    Symbology.QR: zxingcpp.BarcodeFormat.QRCode,
    Symbology.AZTEC: zxingcpp.BarcodeFormat.Aztec,
    Symbology.DATA_MATRIX: zxingcpp.BarcodeFormat.DataMatrix,
    Symbology.PDF417: zxingcpp.BarcodeFormat.PDF417,
    Symbology.CODE_128: zxingcpp.BarcodeFormat.Code128,
    Symbology.EAN_13: zxingcpp.BarcodeFormat.EAN13,
}
_AZTEC_LEVELS = {Level.L: "10%", Level.M: "23%", Level.Q: "36%", Level.H: "50%"}
_PDF417_LEVELS = {Level.L: "2", Level.M: "3", Level.Q: "4", Level.H: "5"}


def qr(segment: Segment, mask: int) -> Matrix:
    options: dict[str, object] = {
        "ec_level": segment.level.value,
        "version": segment.version,
        "data_mask": mask,
    }
    if segment.mode is Mode.KANJI:
        return _encode(Symbology.QR, segment.payload.decode("shift_jis"), options)
    text = segment.payload.decode("utf-8")
    if text.isascii():
        return _encode(Symbology.QR, text, options)
    options["eci"] = _UTF_8
    try:
        return _encode(Symbology.QR, text, options)
    except TooLongError:  # the note of the character set did not fit beside the text
        options["version"] = segment.version + 1
        return _encode(Symbology.QR, text, options)


def aztec(text: str, level: Level | None) -> Matrix:
    options = _character_set(text)
    if level is not None:
        options["ec_level"] = _AZTEC_LEVELS[level]
    return _encode(Symbology.AZTEC, text, options)


def data_matrix(text: str) -> Matrix:
    return _encode(Symbology.DATA_MATRIX, text, {"force_square": True} | _character_set(text))


def pdf417(text: str, level: Level | None, columns: int | None) -> Matrix:
    options = _character_set(text)
    if level is not None:
        options["ec_level"] = _PDF417_LEVELS[level]
    if columns is not None:
        options["columns"] = columns
    return _encode(Symbology.PDF417, text, options)


def linear(symbology: Symbology, text: str) -> Matrix:
    return _encode(symbology, text, {})


def _character_set(text: str) -> dict[str, object]:
    return {} if text.isascii() else {"eci": _UTF_8}


def _encode(symbology: Symbology, text: str, options: dict[str, object]) -> Matrix:
    try:
        code = zxingcpp.create_barcode(text, _KINDS[symbology], **options)
    except ValueError as error:
        reason = str(error).partition(": ")[2].partition(" (retval")[0]
        raise TooLongError(
            Message("code.not_encodable", symbology=str(symbology), reason=reason)
        ) from error
    image = code.to_image(scale=1, add_quiet_zones=False)
    rows, columns = image.shape[:2]
    # An image is a buffer, which the stubs do not say before Python 3.12.
    return _matrix(symbology, bytes(image), rows, columns)  # type: ignore[call-overload]


def _matrix(symbology: Symbology, pixels: bytes, rows: int, columns: int) -> Matrix:
    """Pack pixels, of which a row of a symbol may take several lines."""
    lines = SHAPES[symbology].row_height or rows
    packed = [
        _pack(pixels[start : start + columns])
        for start in range(0, rows * columns, lines * columns)
    ]
    return Matrix(symbology, columns, len(packed), b"".join(packed))


def _pack(pixels: bytes) -> bytes:
    """Turn a line of grey values, 0 for dark, into bits, lowest first."""
    value = sum(1 << x for x, grey in enumerate(pixels) if not grey)
    return value.to_bytes((len(pixels) + 7) // 8, "little")
