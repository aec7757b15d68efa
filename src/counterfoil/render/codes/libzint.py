"""Symbols by libzint: the fastest encoder measured (a QR code at level M in 116 us)."""

from __future__ import annotations

import zint

from counterfoil.render.codes.matrix import Level, Matrix, Symbology
from counterfoil.render.codes.qr import Mode, Segment
from counterfoil.render.errors import TooLongError
from counterfoil.render.messages import Message

_ROW = 144
"""Bytes of one row in libzint's buffer, whatever the symbol's width."""
_FULL_MULTIBYTE = 200
"""option_3: take pairs of bytes for kanji."""
_MASK = 8
"""option_3: where the mask's number plus one goes."""
_SQUARE = 100
"""option_3: no rectangular Data Matrix."""
_UTF_8 = 26
"""ECI assignment number: AIM ECI part 3."""

_KINDS = {
    Symbology.QR: zint.Symbology.QRCODE,
    Symbology.AZTEC: zint.Symbology.AZTEC,
    Symbology.DATA_MATRIX: zint.Symbology.DATAMATRIX,
    Symbology.PDF417: zint.Symbology.PDF417,
    Symbology.CODE_128: zint.Symbology.CODE128,
    Symbology.EAN_13: zint.Symbology.EANX,
}
_AS_IT_IS = zint.InputMode(0)
_QR_LEVELS = {Level.L: 1, Level.M: 2, Level.Q: 3, Level.H: 4}
_AZTEC_LEVELS = {Level.L: 1, Level.M: 2, Level.Q: 3, Level.H: 4}  # 10, 23, 36, 50 %
_PDF417_LEVELS = {Level.L: 2, Level.M: 3, Level.Q: 4, Level.H: 5}  # 8, 16, 32, 64 codewords


def qr(segment: Segment, mask: int) -> Matrix:
    symbol = _symbol(Symbology.QR)
    symbol.option_1 = _QR_LEVELS[segment.level]
    symbol.option_2 = segment.version
    symbol.option_3 = mask + 1 << _MASK | (segment.mode is Mode.KANJI) * _FULL_MULTIBYTE
    return _encode(symbol, Symbology.QR, segment.payload)


def aztec(text: str, level: Level | None) -> Matrix:
    symbol = _symbol(Symbology.AZTEC)
    if level is not None:
        symbol.option_1 = _AZTEC_LEVELS[level]
    return _encode(symbol, Symbology.AZTEC, _bytes(symbol, text))


def data_matrix(text: str) -> Matrix:
    symbol = _symbol(Symbology.DATA_MATRIX)
    symbol.option_3 = _SQUARE
    return _encode(symbol, Symbology.DATA_MATRIX, _bytes(symbol, text))


def pdf417(text: str, level: Level | None, columns: int | None) -> Matrix:
    symbol = _symbol(Symbology.PDF417)
    if level is not None:
        symbol.option_1 = _PDF417_LEVELS[level]
    if columns is not None:
        symbol.option_2 = columns
    return _encode(symbol, Symbology.PDF417, _bytes(symbol, text))


def linear(symbology: Symbology, text: str) -> Matrix:
    return _encode(_symbol(symbology), symbology, text.encode("latin-1"))


def _symbol(symbology: Symbology) -> zint.Symbol:
    symbol = zint.Symbol()
    symbol.symbology = _KINDS[symbology]
    symbol.input_mode = _AS_IT_IS
    return symbol


def _bytes(symbol: zint.Symbol, text: str) -> bytes:
    """Return UTF-8, and have the symbol say so if that differs from the default set."""
    if not text.isascii():
        symbol.eci = _UTF_8
    return text.encode("utf-8")


def _encode(symbol: zint.Symbol, symbology: Symbology, payload: bytes) -> Matrix:
    try:
        symbol.encode(payload)
    except RuntimeError as error:  # its one exception; all else was checked before
        reason = str(error).partition(": ")[2]
        raise TooLongError(
            Message("code.not_encodable", symbology=str(symbology), reason=reason)
        ) from error
    width, height = symbol.width, symbol.rows
    stride = (width + 7) // 8
    buffer = bytes(symbol.encoded_data)
    bits = b"".join([buffer[start : start + stride] for start in range(0, height * _ROW, _ROW)])
    return Matrix(symbology, width, height, bits)
