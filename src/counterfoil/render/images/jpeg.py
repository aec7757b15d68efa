"""JPEG files (ITU-T T.81), passed through: a viewer decodes what the camera encoded.

Only what the pixels need comes along, and the profile of their colours. Comments, EXIF (which may
tell where someone lives), thumbnails and anything behind the end stay out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from counterfoil.render.errors import ImageError
from counterfoil.render.images.picture import Raster
from counterfoil.render.messages import Message
from counterfoil.render.pdf.syntax import entries

_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = frozenset((0xC4, 0xCC, 0xDB, 0xDD))
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_MARKER = re.compile(rb"\xff+[^\x00\xff]", re.DOTALL)
_END_OF_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
_MAX_SCANNED = 1_000_000_000
"""Pixels times scans. A usual progressive file has ten scans; a hostile one thousands."""
_RGB_IDS = b"RGB"
_END = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class JpegFile:
    """What a PDF needs to know of a JPEG, and its bytes without the rest.

    They lack an EOI if the file does: whether all pixels are there, the decoder knows.
    """

    data: bytes
    width: int
    height: int
    bits: int
    frame: int
    component_ids: bytes
    adobe: bool
    orientation: int
    scans: int
    profile: bytes
    """An ICC profile that nobody has looked at; empty if there is none, or not all of it."""

    @property
    def passes(self) -> bool:
        """Tell whether every PDF viewer decodes this file as it is (ISO 32000-1, 7.4.8)."""
        return (
            self.frame in (_BASELINE, _EXTENDED, _PROGRESSIVE)
            and self.bits == 8
            and len(self.component_ids) in (1, 3, 4)
            # RGB without Adobe's mark is told by the names of components, which viewers ignore.
            and (self.adobe or self.component_ids != _RGB_IDS)
        )


def raster(file: JpegFile) -> Raster:
    """Return the XObject of a file that passes."""
    inner = {
        "Type": b"/XObject",
        "Subtype": b"/Image",
        "Width": b"%d" % file.width,
        "Height": b"%d" % file.height,
        "BitsPerComponent": b"8",
        "Filter": b"/DCTDecode",
    }
    if file.adobe and len(file.component_ids) == 4:
        inner["Decode"] = b"[1 0 1 0 1 0 1 0]"  # Adobe writes CMYK inverted
    return Raster(entries(inner), len(file.component_ids), file.data.removesuffix(_END) + _END)


def check_scans(file: JpegFile) -> None:
    """Refuse a file whose many scans would each be decoded over all of its pixels.

    Raises:
        ImageError: there are too many.
    """
    if file.scans * file.width * file.height > _MAX_SCANNED:
        raise ImageError(Message("image.too_many_layers"))


def read_file(data: bytes) -> JpegFile:
    """Walk through a JPEG's segments, keeping those that pixels need.

    Raises:
        ImageError: it is cut off, or no JPEG behind its first bytes.
    """
    segments = [data[:2]]
    frame: tuple[int, bytes] | None = None
    adobe, orientation, scans, at = False, 1, 0, 2
    profile: list[bytes] = []
    while at < len(data):
        marker, at = _marker(data, at)
        if marker in (None, _EOI):
            segments += [_END] * (marker == _EOI)
            break
        if marker in _ALONE:
            continue
        start, body, at = at, *_segment(data, at)
        if marker in _FRAMES:
            if frame is not None:
                raise ImageError(_BROKEN)
            frame = marker, body
        elif marker == _SOS:
            scans += 1
            at = _end_of_scan(data, at)
        elif marker == _APP14 and body.startswith(b"Adobe"):
            adobe = True
        elif marker == _APP1 and body.startswith(b"Exif\0\0"):
            orientation = exif_orientation(body)
            continue
        elif marker == _APP2 and body.startswith(_ICC):
            profile.append(body.removeprefix(_ICC))
            continue
        elif not _is_needed(marker, body):
            continue
        segments.append(b"\xff%c" % marker + data[start:at])
    file = _file(b"".join(segments), frame, adobe=adobe, orientation=orientation, scans=scans)
    return replace(file, profile=_joined(profile))


_ICC = b"ICC_PROFILE\0"


def _joined(parts: list[bytes]) -> bytes:
    """Join the parts of a profile, each with its number and how many there are (ICC.1, B.4)."""
    parts = sorted(part for part in parts if len(part) > 2)
    expected = [bytes((number, len(parts))) for number in range(1, min(len(parts), 255) + 1)]
    if [part[:2] for part in parts] != expected:
        return b""
    return b"".join(part[2:] for part in parts)


_BROKEN = Message("image.broken")


def _is_needed(marker: int, body: bytes) -> bool:
    return marker in _TABLES or (marker == _APP0 and body.startswith(b"JFIF\0"))


def _marker(data: bytes, at: int) -> tuple[int | None, int]:
    """Return the next marker from a position on, None at the end, and where its segment starts.

    Decoders skip stray bytes between segments, so they are skipped here; they are not copied.
    """
    match = _MARKER.search(data, at)
    if match is None:
        return None, len(data)
    return data[match.end() - 1], match.end()


def _segment(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the body of a segment that starts with its length, and where it ends."""
    end = at + int.from_bytes(data[at : at + 2], "big")
    if end < at + 2 or end > len(data):
        raise ImageError(_BROKEN)
    return data[at + 2 : end], end


def _end_of_scan(data: bytes, at: int) -> int:
    match = _END_OF_SCAN.search(data, at)
    return match.start() if match else len(data)


def _file(
    data: bytes, frame: tuple[int, bytes] | None, *, adobe: bool, orientation: int, scans: int
) -> JpegFile:
    if frame is None or not scans:
        raise ImageError(_BROKEN)
    kind, body = frame
    if len(body) < 6 or len(body) != 6 + 3 * body[5]:
        raise ImageError(_BROKEN)
    return JpegFile(
        data=data,
        width=int.from_bytes(body[3:5], "big"),
        height=int.from_bytes(body[1:3], "big"),
        bits=body[0],
        frame=kind,
        component_ids=body[6::3],
        adobe=adobe,
        orientation=orientation,
        scans=scans,
        profile=b"",
    )


def exif_orientation(tiff: bytes) -> int:
    """Read the one EXIF value that changes how a picture looks; 1 (upright) if in doubt."""
    tiff = tiff.removeprefix(b"Exif\0\0")
    if tiff[:4] not in (b"II*\0", b"MM\0*"):
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if tiff[:1] == b"I" else "big")

    start = number(4, 4)
    for entry in range(start + 2, start + 2 + 12 * number(start, 2), 12):
        if entry + 12 > len(tiff):
            break
        if number(entry, 2) == 0x0112 and number(entry + 2, 2) == 3:
            value = number(entry + 8, 2)
            return value if 1 <= value <= 8 else 1
    return 1
