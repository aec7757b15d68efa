"""What a stream becomes when its filters are undone, found out without trusting it.

The libraries that read PDFs inflate what they are given: half a megabyte can become half a
gigabyte. These decoders (ISO 32000-1, 7.4) stop at a limit.
"""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Callable

from counterfoil.render.errors import BackgroundError
from counterfoil.render.messages import Message

PICTURES = frozenset(("DCTDecode", "JPXDecode", "CCITTFaxDecode", "JBIG2Decode"))
"""Filters whose result is a picture; its pixels are counted instead."""
_MAX_FILTERS = 4
_BLOCK = 1 << 20
_LZW_TABLE = 4096 - 258


def inflated(raw: bytes, filters: tuple[str, ...], limit: int) -> bytes:
    """Return a decoded stream, as far as it can be decoded; predictors are left to others.

    Raises:
        BackgroundError: it exceeds the limit, or a filter is unknown.
    """
    if len(filters) > _MAX_FILTERS:
        raise BackgroundError(Message("background.too_many_filters"))
    data = raw
    for name in filters:
        if name in PICTURES:
            break
        if name not in _DECODERS:
            raise BackgroundError(Message("background.unknown_filter", name=name[:40]))
        data = _DECODERS[name](data, limit)
    return data


def _too_large_error(limit: int) -> BackgroundError:
    return BackgroundError(Message("background.unpacks_too_large", most=limit // 1_000_000))


def _flate(data: bytes, limit: int) -> bytes:
    """Inflate; where the data breaks off, what came before it counts, as it does for viewers."""
    inflater = zlib.decompressobj()
    blocks, length, feed = [], 0, data
    while not inflater.eof:
        try:
            block = inflater.decompress(feed, _BLOCK)
        except zlib.error:
            break
        if not block:
            break
        length += len(block)
        if length > limit:
            raise _too_large_error(limit)
        blocks.append(block)
        feed = inflater.unconsumed_tail
    return b"".join(blocks)


def _lzw(data: bytes, limit: int) -> bytes:
    """Decode LZW with codes of 9 to 12 bits, the longer ones one code early (7.4.4)."""
    clear, end = 256, 257
    blocks: list[bytes] = []
    table: list[bytes] = []
    last, length, width, bits, bit_count = b"", 0, 9, 0, 0
    for octet in data:
        bits, bit_count = bits << 8 | octet, bit_count + 8
        if bit_count < width:
            continue
        bit_count -= width
        code, bits = bits >> bit_count, bits & ((1 << bit_count) - 1)
        if code == end:
            break
        if code == clear:
            table, last, width = [], b"", 9
            continue
        word = _word(code, table, last)
        if last and len(table) < _LZW_TABLE:
            table.append(last + word[:1])
        last = word
        length += len(word)
        if length > limit:
            raise _too_large_error(limit)
        blocks.append(word)
        width = min(12, max(9, (len(table) + 259).bit_length()))
    return b"".join(blocks)


def _word(code: int, table: list[bytes], last: bytes) -> bytes:
    if code < 256:
        return bytes((code,))
    entry = code - 258
    return table[entry] if entry < len(table) else last + last[:1]


def _run_length(data: bytes, limit: int) -> bytes:
    blocks: list[bytes] = []
    length, at = 0, 0
    while at < len(data) and (size := data[at]) != 128:
        if size < 128:
            block, at = data[at + 1 : at + size + 2], at + size + 2
        else:
            block, at = data[at + 1 : at + 2] * (257 - size), at + 2
        length += len(block)
        if length > limit:
            raise _too_large_error(limit)
        blocks.append(block)
    return b"".join(blocks)


def _hexadecimal(data: bytes, limit: int) -> bytes:
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", data.partition(b">")[0])
    return binascii.unhexlify(digits + b"0" * (len(digits) % 2))[:limit]


def _ascii85(data: bytes, limit: int) -> bytes:
    """Decode base 85; a ``z`` stands for four zero bytes."""
    digits = re.sub(rb"[^!-uz]", b"", data.partition(b"~")[0]).replace(b"z", b"!!!!!")
    missing = -len(digits) % 5
    digits += b"u" * missing
    values = (
        sum((digit - 33) * 85**power for digit, power in zip(group, (4, 3, 2, 1, 0), strict=True))
        for group in (digits[i : i + 5] for i in range(0, len(digits), 5))
    )
    decoded = b"".join((value & 0xFFFFFFFF).to_bytes(4, "big") for value in values)
    return decoded[: len(decoded) - missing][:limit]


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "FlateDecode": _flate,
    "LZWDecode": _lzw,
    "RunLengthDecode": _run_length,
    "ASCIIHexDecode": _hexadecimal,
    "ASCII85Decode": _ascii85,
}
