"""PNG's way to store pixels (ISO/IEC 15948) is one of PDF's (FlateDecode with predictor 15).

So a PNG's own compressed rows go into the document as they are, where they can; where they
cannot (alpha, interlacing, other formats), the pixels are written as PNG anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO

from PIL import Image as Pillow

from counterfoil.render.errors import ImageError
from counterfoil.render.images.picture import Raster
from counterfoil.render.messages import Message
from counterfoil.render.pdf.syntax import entries, numbers
from counterfoil.render.profiles import LONGEST_PROFILE

_GREY, _RGB, _INDEXED = 0, 2, 3
_COMPONENTS = {_GREY: 1, _RGB: 3, _INDEXED: 1}
_BLOCK = 1 << 20
_NEEDED = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"))
_EXIF = b"eXIf"
_ICC = b"iCCP"
_BROKEN = Message("image.broken")


@dataclass(frozen=True, slots=True)
class Header:
    """What a PNG's chunks say, as far as it shows."""

    width: int
    height: int
    bits: int
    kind: int
    interlaced: bool
    palette: bytes
    transparency: bytes
    rows: bytes
    """The compressed, filtered rows."""
    file: bytes
    """The PNG without the chunks that pixels do not need: text and profiles may be bombs, too."""
    exif: bytes
    """What the camera says of the picture (PNG 3rd edition, 11.3.4.5); empty if it says nothing."""
    profile: bytes
    """An ICC profile that nobody has looked at (11.3.2.3); empty if there is none."""


def read_header(data: bytes) -> Header:
    """Read a PNG's structure, decoding nothing.

    Raises:
        ImageError: it is cut off or wrong.
    """
    chunks: dict[bytes, list[bytes]] = {}
    needed = [data[:8]]
    for kind, chunk in _chunks(data):
        if kind in _NEEDED:
            chunks.setdefault(kind, []).append(chunk[8:-4])
            needed.append(chunk)
        elif kind in (_EXIF, _ICC):
            chunks.setdefault(kind, []).append(chunk[8:-4])
    first = chunks.get(b"IHDR", [b""])[0]
    if len(first) != 13 or b"IDAT" not in chunks:
        raise ImageError(_BROKEN)
    return Header(
        width=int.from_bytes(first[0:4], "big"),
        height=int.from_bytes(first[4:8], "big"),
        bits=first[8],
        kind=first[9],
        interlaced=first[12] != 0,
        palette=chunks.get(b"PLTE", [b""])[0],
        transparency=chunks.get(b"tRNS", [b""])[0],
        rows=b"".join(chunks[b"IDAT"]),
        file=b"".join(needed),
        exif=chunks.get(_EXIF, [b""])[0],
        profile=_profile(chunks.get(_ICC, [b""])[0]),
    )


def _profile(chunk: bytes) -> bytes:
    """Inflate a profile that follows its name and the number of the method."""
    _name, end, rest = chunk.partition(b"\0")
    if not end or rest[:1] != b"\0":
        return b""
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(rest[1:], LONGEST_PROFILE)
    except zlib.error:
        return b""
    return profile if inflater.eof else b""


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give each chunk's kind, and the chunk from its length to its checksum.

    The data's end will do for IEND: whether all pixels are there, the decoder knows.
    """
    at = 8
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + size
        if end > len(data):
            raise ImageError(_BROKEN)
        yield kind, data[at:end]
        if kind == b"IEND":
            return
        at = end


def from_file(header: Header, picture: Pillow.Image) -> tuple[Raster, Raster | None]:
    """Return the raster, and that of its alpha, of a PNG that was decoded without complaint."""
    if header.kind == _INDEXED and (header.transparency or not _is_palette(header.palette)):
        return from_pixels(picture)
    if header.kind in _COMPONENTS and not header.interlaced and rows_are_exact(header):
        return _as_it_is(header), None
    return from_pixels(picture, colour_key(header))


def _is_palette(palette: bytes) -> bool:
    return 3 <= len(palette) <= 768 and len(palette) % 3 == 0


def _as_it_is(header: Header) -> Raster:
    size, samples = (header.width, header.height), _COMPONENTS[header.kind]
    inner = _inner(size, header.bits, samples) + _mask(header)
    if header.kind == _INDEXED:
        return Raster(inner, _COMPONENTS[_RGB], header.rows, header.palette)
    return Raster(inner, samples, header.rows)


def rows_are_exact(header: Header) -> bool:
    """Tell whether the rows inflate to the promised size, not a byte more or less.

    A PNG decoder stops when it has enough; a viewer of PDF files might inflate on.
    """
    row = 1 + (header.width * header.bits * _COMPONENTS[header.kind] + 7) // 8
    inflater, left, feed = zlib.decompressobj(), row * header.height, header.rows
    try:
        while left >= 0 and not inflater.eof:
            block = inflater.decompress(feed, min(left + 1, _BLOCK))
            if not block and not inflater.eof:
                return False
            left -= len(block)
            feed = inflater.unconsumed_tail
    except zlib.error:
        return False
    return left == 0 and not inflater.unused_data


def _mask(header: Header) -> bytes:
    """Return the entry that makes one colour transparent (ISO 32000-1, 8.9.6.4)."""
    key = colour_key(header)
    return b"" if key is None else b"/Mask" + numbers([v for value in key for v in (value, value)])


def colour_key(header: Header) -> tuple[int, ...] | None:
    """Return the transparent colour of a PNG without alpha, if it has one."""
    length = 2 * _COMPONENTS.get(header.kind, 0)
    if header.kind == _INDEXED or not length or len(header.transparency) != length:
        return None
    values = header.transparency
    return tuple(int.from_bytes(values[i : i + 2], "big") for i in range(0, length, 2))


def from_pixels(
    picture: Pillow.Image, key: tuple[int, ...] | None = None
) -> tuple[Raster, Raster | None]:
    """Return the raster of decoded pixels, and that of their alpha if not all are opaque."""
    if picture.mode == "I;16":
        raster = _rewritten(picture)
        if key is not None:
            raster = replace(raster, inner=raster.inner + b"/Mask" + numbers([*key, *key]))
        return raster, None
    if key is not None and len(key) == 3 and max(key) > 255:
        picture.info["transparency"] = tuple(value >> 8 for value in key)
    if not picture.has_transparency_data:
        return _rewritten(picture), None
    rgba = picture.convert("RGBA")
    alpha = rgba.getchannel("A")
    grey = picture.mode in ("LA", "La", "L", "1")
    raster = _rewritten(rgba.convert("RGB").convert("L") if grey else rgba.convert("RGB"))
    return raster, None if alpha.getextrema() == (255, 255) else _rewritten(alpha)


def _rewritten(picture: Pillow.Image) -> Raster:
    """Store pixels the PNG way, which filters rows so that they deflate well."""
    if picture.mode not in ("1", "L", "P", "RGB", "I;16"):
        picture = picture.convert("RGB")
    picture.info.clear()
    file = BytesIO()
    picture.save(file, "PNG")
    header = read_header(file.getvalue())
    return _as_it_is(header)


def _inner(size: tuple[int, int], bits: int, components: int) -> bytes:
    parameters = b"<</Predictor 15/Colors %d/BitsPerComponent %d/Columns %d>>"
    return entries(
        {
            "Type": b"/XObject",
            "Subtype": b"/Image",
            "Width": b"%d" % size[0],
            "Height": b"%d" % size[1],
            "BitsPerComponent": b"%d" % bits,
            "Filter": b"/FlateDecode",
            "DecodeParms": parameters % (components, bits, size[0]),
        }
    )
