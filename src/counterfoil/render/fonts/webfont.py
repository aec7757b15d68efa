"""Web fonts (WOFF and WOFF 2, W3C): ordinary fonts, packed. HarfBuzz reads them unpacked.

The only library that unpacks WOFF 2 brings 30 MB for everything else that can be done to fonts.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from pathlib import Path

from counterfoil.render.errors import FontError
from counterfoil.render.messages import Message

_LARGEST = 100_000_000
_REMEMBERED = 4
_WOFF, _WOFF2 = b"wOFF", b"wOF2"
_COLLECTION = b"ttcf"

#: WOFF 2 gives these tags by their numbers.
_TAGS = """
    cmap head hhea hmtx maxp name OS/2 post cvt_ fpgm glyf loca prep CFF_ VORG EBDT EBLC gasp hdmx
    kern LTSH PCLT VDMX vhea vmtx BASE GDEF GPOS GSUB EBSC JSTF MATH CBDT CBLC COLR CPAL SVG_ sbix
    acnt avar bdat bloc bsln cvar fdsc feat fmtx fvar gvar hsty just lcar mort morx opbd prop trak
    Zapf Silf Glat Gloc Feat Sill
"""
_KNOWN_TAGS = tuple(tag.replace("_", " ").encode() for tag in _TAGS.split())
_OTHER_TAG = 63

# Flags of a composite glyph's components, and of a simple glyph's points (OpenType, "glyf").
_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO, _INSTRUCTIONS = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100
_ON_CURVE, _REPEAT, _OVERLAP = 0x01, 0x08, 0x40
_SHORT, _SAME_OR_POSITIVE = (0x02, 0x04), (0x10, 0x20)  # of x and y

Tables = dict[bytes, bytes]


def is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in (_WOFF, _WOFF2)


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
    import brotli  # late: most installations never meet a web font

    data = path.read_bytes()
    try:
        (total,) = struct.unpack_from(">I", data, 16)
        if total > _LARGEST:
            raise FontError(Message("font.too_large", file=path.name))
        tables = _woff2(data) if data.startswith(_WOFF2) else _woff(data)
        return _assembled(data[4:8], tables)
    except (ValueError, IndexError, KeyError, struct.error, zlib.error, brotli.error) as error:
        raise FontError(Message("font.damaged_web_font", file=path.name)) from error


class _Stream:
    """Bytes that are read one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def bytes(self, count: int) -> bytes:
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise ValueError("The file ends too early.")
        self._at += count
        return piece

    def byte(self) -> int:
        return self.bytes(1)[0]

    def numbers(self, format_: str) -> tuple[int, ...]:
        return struct.unpack(f">{format_}", self.bytes(struct.calcsize(f">{format_}")))

    def base128(self) -> int:
        """Read a UIntBase128: seven bits a byte, the last byte without its highest bit."""
        value = 0
        for _ in range(5):
            byte = self.byte()
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise ValueError("A number is too long.")

    def short(self) -> int:
        """Read a 255UInt16: small numbers take one byte."""
        match self.byte():
            case 253:
                return self.numbers("H")[0]
            case 254:
                return self.byte() + 506
            case 255:
                return self.byte() + 253
            case small:
                return small


def _woff(data: bytes) -> Tables:
    stream = _Stream(data)
    stream.bytes(12)
    (count,) = stream.numbers("H")
    stream.bytes(30)
    tables = {}
    size = 0
    for _ in range(count):
        tag = stream.bytes(4)
        offset, packed, length, _checksum = stream.numbers("IIII")
        size += length
        if size > _LARGEST:
            raise ValueError("The tables are too large.")
        piece = data[offset : offset + packed]
        if packed < length:
            piece = zlib.decompressobj().decompress(piece, length + 1)
        if len(piece) != length:
            raise ValueError(f"The length of {tag!r} is wrong.")
        tables[tag] = piece
    return tables


def _woff2(data: bytes) -> Tables:
    import brotli

    stream = _Stream(data)
    stream.bytes(4)
    flavor = stream.bytes(4)
    if flavor == _COLLECTION:
        raise ValueError("Collections are not supported.")
    _length, count, _reserved, _total, packed = stream.numbers("IHHII")
    stream.bytes(24)
    entries = [_entry(stream) for _ in range(count)]
    size = sum(length for _tag, _is_transformed, length in entries)
    if size > _LARGEST:
        raise ValueError("The tables are too large.")
    unpacked = brotli.Decompressor().process(stream.bytes(packed), output_buffer_limit=size + 1)
    if len(unpacked) != size:
        raise ValueError("The length of the tables is wrong.")
    body = _Stream(unpacked)
    tables: Tables = {}
    transformed: Tables = {}
    for tag, is_transformed, length in entries:
        (transformed if is_transformed else tables)[tag] = body.bytes(length)
        if is_transformed:
            tables[tag] = b""  # keeps its place
    if b"glyf" in transformed:
        _restore_outlines(tables, transformed[b"glyf"])
    if b"hmtx" in transformed:
        _restore_metrics(tables, _Stream(transformed[b"hmtx"]))
    return tables


def _entry(stream: _Stream) -> tuple[bytes, bool, int]:
    """Read a table's tag, whether it is transformed, and its length in the stream."""
    flags = stream.byte()
    number, version = flags & 0x3F, flags >> 6
    tag = stream.bytes(4) if number == _OTHER_TAG else _KNOWN_TAGS[number]
    length = stream.base128()
    is_outline = tag in (b"glyf", b"loca")
    is_transformed = version != 3 if is_outline else version != 0
    if is_transformed and (version != (0 if is_outline else 1) or tag not in _TRANSFORMED):
        raise ValueError("A table is transformed in an unknown way.")
    return tag, is_transformed, stream.base128() if is_transformed else length


_TRANSFORMED = (b"glyf", b"loca", b"hmtx")


def _restore_outlines(tables: Tables, data: bytes) -> None:
    """Write the tables "glyf" and "loca" as OpenType has them."""
    header = _Stream(data)
    _reserved, options, count, is_long = header.numbers("HHHH")
    sizes = header.numbers("IIIIIII")
    streams = [_Stream(header.bytes(size)) for size in sizes]
    overlaps = header.bytes((count + 7) // 8) if options & 1 else bytes((count + 7) // 8)
    glyphs = list(_Outlines(streams, count, overlaps).glyphs())
    offsets = [0, *accumulate(map(len, glyphs))]
    if not is_long and offsets[-1] > 2 * 0xFFFF:  # ours take more room than they took once
        is_long = 1
        head = bytearray(tables[b"head"])
        struct.pack_into(">H", head, 50, 1)
        tables[b"head"] = bytes(head)
    tables[b"glyf"] = b"".join(glyphs)
    if is_long:
        tables[b"loca"] = struct.pack(f">{count + 1}I", *offsets)
    else:
        tables[b"loca"] = struct.pack(f">{count + 1}H", *(offset // 2 for offset in offsets))


class _Outlines:
    """The seven streams that the outlines of all glyphs were sorted into."""

    def __init__(self, streams: list[_Stream], count: int, overlaps: bytes) -> None:
        (
            self._contours,
            self._points,
            self._flags,
            self._glyphs,
            self._composites,
            self._boxes,
            self._instructions,
        ) = streams
        self._count = count
        self._overlaps = overlaps
        self._has_box = self._boxes.bytes(4 * ((count + 31) // 32))

    def glyphs(self) -> Iterator[bytes]:
        for number in range(self._count):
            (contours,) = self._contours.numbers("h")
            has_box = _bit(self._has_box, number)
            if contours == 0:
                if has_box:
                    raise ValueError("An empty glyph has a box.")
                glyph = b""
            elif contours == -1:
                if not has_box:
                    raise ValueError("A composite glyph has no box.")
                glyph = struct.pack(">h", -1) + self._boxes.bytes(8) + self._composite()
            elif contours > 0:
                box = self._boxes.bytes(8) if has_box else b""
                glyph = self._simple(contours, box, is_overlap=_bit(self._overlaps, number))
            else:
                raise ValueError("A glyph has a negative number of contours.")
            yield glyph + bytes(-len(glyph) % 4)

    def _composite(self) -> bytes:
        parts = []
        flags = _MORE
        has_instructions = False
        while flags & _MORE:
            start = self._composites.bytes(4)
            flags = int.from_bytes(start[:2], "big")
            has_instructions |= bool(flags & _INSTRUCTIONS)
            size = 4 if flags & _WORDS else 2
            if flags & _SCALE:
                size += 2
            elif flags & _XY_SCALE:
                size += 4
            elif flags & _TWO_BY_TWO:
                size += 8
            parts += [start, self._composites.bytes(size)]
        if has_instructions:
            parts.append(self._its_instructions())
        return b"".join(parts)

    def _its_instructions(self) -> bytes:
        length = self._glyphs.short()
        return struct.pack(">H", length) + self._instructions.bytes(length)

    def _simple(self, contours: int, box: bytes, *, is_overlap: bool) -> bytes:
        ends = list(accumulate(self._points.short() for _ in range(contours)))
        marks = self._flags.bytes(ends[-1])
        steps = [_step(mark & 0x7F, self._glyphs) for mark in marks]
        if not box:
            box = _box(steps)
        flags = [0 if mark & 0x80 else _ON_CURVE for mark in marks]
        if is_overlap and flags:
            flags[0] |= _OVERLAP
        coordinates = []
        for axis in (0, 1):
            for index, step in enumerate(steps):
                bits, piece = _coordinate(step[axis], axis)
                flags[index] |= bits
                coordinates.append(piece)
        return b"".join(
            [
                struct.pack(">h", contours),
                box,
                struct.pack(f">{contours}H", *(end - 1 for end in ends)),
                self._its_instructions(),
                _run_lengths(flags),
                *coordinates,
            ]
        )


def _bit(bitmap: bytes, number: int) -> bool:
    return bool(bitmap[number >> 3] & 0x80 >> (number & 7))


def _step(kind: int, stream: _Stream) -> tuple[int, int]:
    """Read how far a point is from the one before (WOFF 2, 5.2: triplet encoding)."""
    if kind < 10:
        return 0, _signed(kind, ((kind & 14) << 7) + stream.byte())
    if kind < 20:
        return _signed(kind, ((kind - 10 & 14) << 7) + stream.byte()), 0
    if kind < 84:
        rest, byte = kind - 20, stream.byte()
        x, y = 1 + (rest & 0x30) + (byte >> 4), 1 + ((rest & 0x0C) << 2) + (byte & 0x0F)
    elif kind < 120:
        rest, (first, second) = kind - 84, stream.bytes(2)
        x, y = 1 + (rest // 12 << 8) + first, 1 + (rest % 12 >> 2 << 8) + second
    elif kind < 124:
        first, second, third = stream.bytes(3)
        x, y = (first << 4) + (second >> 4), ((second & 0x0F) << 8) + third
    else:
        x, y = stream.numbers("HH")
    return _signed(kind, x), _signed(kind >> 1, y)


def _signed(flag: int, size: int) -> int:
    return size if flag & 1 else -size


def _box(steps: list[tuple[int, int]]) -> bytes:
    xs = list(accumulate(x for x, _y in steps))
    ys = list(accumulate(y for _x, y in steps))
    if not steps:
        return bytes(8)
    return struct.pack(">4h", min(xs), min(ys), max(xs), max(ys))


def _coordinate(step: int, axis: int) -> tuple[int, bytes]:
    """Return the flags and bytes of a coordinate in the table "glyf"."""
    if step == 0:
        return _SAME_OR_POSITIVE[axis], b""
    if -256 < step < 256:
        sign = _SAME_OR_POSITIVE[axis] if step > 0 else 0
        return _SHORT[axis] | sign, bytes([abs(step)])
    return 0, struct.pack(">h", step)


def _run_lengths(flags: list[int]) -> bytes:
    out = bytearray()
    for flag, run in groupby(flags):
        left = len(list(run))
        while left:
            times = min(left, 256)
            out += bytes([flag | _REPEAT, times - 1]) if times > 1 else bytes([flag])
            left -= times
    return bytes(out)


def _restore_metrics(tables: Tables, stream: _Stream) -> None:
    """Write the table "hmtx", whose bearings are the left edges of the glyphs where they lack."""
    flags = stream.byte()
    (advances_count,) = struct.unpack_from(">H", tables[b"hhea"], 34)
    (count,) = struct.unpack_from(">H", tables[b"maxp"], 4)
    if not flags & 3 or flags & ~3 or not 0 < advances_count <= count:
        raise ValueError("The metrics are transformed in an unknown way.")
    edges = _left_edges(tables, count)
    advances = stream.numbers(f"{advances_count}H")
    rest = count - advances_count
    first = edges[:advances_count] if flags & 1 else stream.numbers(f"{advances_count}h")
    last = edges[advances_count:] if flags & 2 else stream.numbers(f"{rest}h")
    pairs = b"".join(
        struct.pack(">Hh", advance, bearing)
        for advance, bearing in zip(advances, first, strict=True)
    )
    tables[b"hmtx"] = pairs + struct.pack(f">{rest}h", *last)


def _left_edges(tables: Tables, count: int) -> list[int]:
    glyf, loca = tables[b"glyf"], tables[b"loca"]
    (is_long,) = struct.unpack_from(">H", tables[b"head"], 50)
    offsets = (
        struct.unpack(f">{count + 1}I", loca)
        if is_long
        else [2 * offset for offset in struct.unpack(f">{count + 1}H", loca)]
    )
    return [
        struct.unpack_from(">h", glyf, start + 2)[0] if end > start else 0
        for start, end in pairwise(offsets)
    ]


def _assembled(flavor: bytes, tables: Tables) -> bytes:
    """Return a font file of these tables, in their order."""
    if not tables:
        raise ValueError("There is no table.")
    if b"head" in tables:
        head = bytearray(tables[b"head"])
        struct.pack_into(">I", head, 8, 0)  # the sum over the whole file, below
        tables[b"head"] = bytes(head)
    count = len(tables)
    power = count.bit_length() - 1
    start = struct.pack(">HHHH", count, 16 << power, power, 16 * count - (16 << power))
    offset = 12 + 16 * count
    directory, body = [], []
    for tag, data in tables.items():
        directory.append(tag + struct.pack(">III", _checksum(data), offset, len(data)))
        body.append(data + bytes(-len(data) % 4))
        offset += len(body[-1])
    font = bytearray(b"".join([flavor, start, *sorted(directory), *body]))
    if b"head" in tables:
        place = 12 + 16 * count
        for tag, data in tables.items():
            if tag == b"head":
                break
            place += len(data) + -len(data) % 4
        struct.pack_into(">I", font, place + 8, (0xB1B0AFBA - _checksum(bytes(font))) & 0xFFFFFFFF)
    return bytes(font)


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total & 0xFFFFFFFF
