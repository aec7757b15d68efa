"""The door for pictures: tells the format by its first bytes and bounds what may follow."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image as Pillow
from PIL import features

from counterfoil.render.errors import ImageError
from counterfoil.render.images import jpeg, png
from counterfoil.render.images.picture import Image, Raster
from counterfoil.render.messages import Message
from counterfoil.render.profiles import LONGEST_PROFILE, describes_pixels


@dataclass(frozen=True, slots=True)
class Limits:
    """What a picture may cost."""

    octets: int = 20_000_000
    """Length of the file."""
    pixels: int = 40_000_000
    """A3 at 400 dpi has 31 million; a decoded pixel takes up to 4 bytes of memory, for a moment."""


LIMITS = Limits()
_BROKEN = Message("image.broken")


def read_image(data: bytes, limits: Limits = LIMITS) -> Image:
    """Read a picture of any of our formats.

    Raises:
        ImageError: it is none of them, broken, or larger than the limits.
    """
    if len(data) > limits.octets:
        size, most = f"{len(data) / 1e6:.0f}", f"{limits.octets / 1e6:.0f}"
        raise ImageError(Message("image.file_too_large", size=size, most=most))
    read = _reader(data)(data, limits.pixels)
    width, height = read.size
    if read.orientation >= 5:
        width, height = height, width
    digest = hashlib.sha256(data).digest()
    # What was converted to other colours while it was decoded is not in the profile's any more.
    is_sound = len(read.profile) <= LONGEST_PROFILE and describes_pixels(
        read.profile, read.raster.components
    )
    profile = read.profile if is_sound else None
    return Image(digest, width, height, read.orientation, read.raster, read.alpha, profile)


@dataclass(frozen=True, slots=True)
class _Read:
    orientation: int
    raster: Raster
    alpha: Raster | None
    size: tuple[int, int]
    """As the pixels are stored, before they are turned."""
    profile: bytes


def _reader(data: bytes) -> Callable[[bytes, int], _Read]:
    for start, reader in _READERS.items():
        if data.startswith(start):
            return reader
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _read_webp
    if _is_avif(data):
        return _read_avif
    raise ImageError(Message("image.format"))


def _read_png(data: bytes, pixels: int) -> _Read:
    header = png.read_header(data)
    check_size(header.width, header.height, pixels)
    picture = decode(header.file, "PNG", pixels)
    raster, alpha = png.from_file(header, picture)
    turned = jpeg.exif_orientation(header.exif)
    return _Read(turned, raster, alpha, picture.size, header.profile)


def _read_gif(data: bytes, pixels: int) -> _Read:
    check_size(int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"), pixels)
    picture = decode(data, "GIF", pixels)
    profile = _profile(picture)
    raster, alpha = png.from_pixels(picture)
    return _Read(1, raster, alpha, picture.size, profile)


def _read_jpeg(data: bytes, pixels: int) -> _Read:
    file = jpeg.read_file(data)
    check_size(file.width, file.height, pixels)
    jpeg.check_scans(file)
    small = decode(file.data, "JPEG", pixels, thumbnail=file.passes)
    if not file.passes:
        raster, alpha = png.from_pixels(small)
        return _Read(file.orientation, raster, alpha, small.size, file.profile)
    size = (file.width, file.height)
    return _Read(file.orientation, jpeg.raster(file), None, size, file.profile)


def _read_webp(data: bytes, pixels: int) -> _Read:
    # Opening the file already takes memory for all of its pixels.
    check_size(*_webp_size(data), pixels)
    return _read_modern(data, "WEBP", pixels)


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return the size that the first chunk states (RFC 9649, 2.5 to 2.7)."""
    kind, body = data[12:16], data[20:30]
    if len(body) == 10 and kind == b"VP8X":
        return (
            int.from_bytes(body[4:7], "little") + 1,
            int.from_bytes(body[7:10], "little") + 1,
        )
    if len(body) == 10 and kind == b"VP8 ":
        width, height = (int.from_bytes(body[at : at + 2], "little") for at in (6, 8))
        return width & 0x3FFF, height & 0x3FFF
    if len(body) >= 5 and kind == b"VP8L":
        packed = int.from_bytes(body[1:5], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    raise ImageError(_BROKEN)


def _is_avif(data: bytes) -> bool:
    """Tell whether the file type box names AVIF among its brands (ISO/IEC 14496-12, 4.3)."""
    brands = data[8 : min(int.from_bytes(data[:4], "big"), _LONGEST_FTYP)]
    return data[4:8] == b"ftyp" and not _AVIF_BRANDS.isdisjoint(
        brands[at : at + 4] for at in range(0, len(brands), 4)
    )


def _read_avif(data: bytes, pixels: int) -> _Read:
    return _read_modern(data, "AVIF", pixels)


def _read_modern(data: bytes, kind: str, pixels: int) -> _Read:
    """Read a format that PDF has no filter for; turns and mirrors are told as EXIF tells them."""
    if not features.check(kind.lower()):
        raise ImageError(Message("image.format_not_installed", format=_NAMES[kind]))
    picture = decode(data, kind, pixels)
    orientation = jpeg.exif_orientation(picture.info.get("exif") or b"")
    profile = _profile(picture)
    raster, alpha = png.from_pixels(picture)
    return _Read(orientation, raster, alpha, picture.size, profile)


def _profile(picture: Pillow.Image) -> bytes:
    profile = picture.info.get("icc_profile")
    return profile if isinstance(profile, bytes) else b""


_NAMES = {"WEBP": "WebP", "AVIF": "AVIF"}
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_LONGEST_FTYP = 256
_READERS: dict[bytes, Callable[[bytes, int], _Read]] = {
    b"\x89PNG\r\n\x1a\n": _read_png,
    b"\xff\xd8\xff": _read_jpeg,
    b"GIF87a": _read_gif,
    b"GIF89a": _read_gif,
}


def check_size(width: int, height: int, pixels: int) -> None:
    """Refuse a picture without pixels, and one with too many, before it is decoded.

    Raises:
        ImageError: with its size.
    """
    if width < 1 or height < 1:
        raise ImageError(Message("image.empty"))
    if width * height > pixels:
        most = f"{pixels / 1e6:.0f}"
        raise ImageError(Message("image.too_large", width=width, height=height, most=most))


def decode(data: bytes, kind: str, pixels: int, *, thumbnail: bool = False) -> Pillow.Image:
    """Decode all of a picture, to have its pixels or to see that they are there.

    Args:
        kind: Pillow's word for the format; no other is tried.
        thumbnail: decode a JPEG at an eighth of its size, which reads all of it just the same.

    Raises:
        ImageError: it is broken.
    """
    try:
        picture: Pillow.Image = Pillow.open(BytesIO(data), formats=(kind,))
        check_size(*picture.size, pixels)  # a GIF's frame may be larger than its screen
        if thumbnail:
            picture.draft(picture.mode, (max(1, picture.width // 8), max(1, picture.height // 8)))
        picture.load()
    except ImageError:
        raise
    except Exception as error:  # on broken files Pillow raises almost anything
        raise ImageError(_BROKEN) from error
    return picture
