"""A picture that was read: where it goes on a page, and its objects in a document."""

from __future__ import annotations

from dataclasses import dataclass

from counterfoil.render.pdf import content
from counterfoil.render.pdf.syntax import Ref, entries
from counterfoil.render.pdf.writer import Writer
from counterfoil.render.units import Pt

# How EXIF's orientations turn the unit square an image is painted in: a, b, c, d, e, f.
# 1 upright, 2 mirrored, 3 upside down, 4 flipped, 5 to 8 lie on a side. Exif 2.32, 4.6.4.
_TURNS: dict[int, tuple[int, int, int, int, int, int]] = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}


_DEVICE_SPACES = {1: b"/DeviceGray", 3: b"/DeviceRGB", 4: b"/DeviceCMYK"}


@dataclass(frozen=True, slots=True)
class Raster:
    """One image XObject: its dictionary without the colour space, and encoded bytes."""

    inner: bytes
    """Its filter is among the entries."""
    components: int
    """Of its colour space: 1, 3 or 4; of the palette's colours if it has one."""
    data: bytes
    palette: bytes = b""
    """Up to 256 colours, if pixels are their numbers."""

    def dictionary(self, profile: Ref | None) -> bytes:
        """Return the entries, with colours as the profile describes them if there is one."""
        space = _DEVICE_SPACES[self.components]
        if profile is not None:
            space = b"[/ICCBased %b]" % bytes(profile)
        if self.palette:  # ISO 32000-1, 8.6.6.3
            last = len(self.palette) // self.components - 1
            colours = self.palette.hex().encode("ascii")
            space = b"[/Indexed %b %d<%b>]" % (space, last, colours)
        return entries({"ColorSpace": space}) + self.inner


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, sound and ready to be written into any number of documents."""

    sha256: bytes
    """Identity: of the file that was read."""
    width: int
    """Pixels, as a viewer shows the picture; likewise the height."""
    height: int
    orientation: int
    raster: Raster
    alpha: Raster | None
    profile: bytes | None = None
    """The ICC profile that the file brings, if its pixels are in the profile's colours."""

    def place(self, left: Pt, bottom: Pt, width: Pt, height: Pt) -> bytes:
        """Return the ``cm`` operator that puts the picture, upright, into a rectangle."""
        a, b, c, d, e, f = _TURNS[self.orientation]
        return content.transform(
            a * width,
            b * height,
            c * width,
            d * height,
            left + e * width,
            bottom + f * height,
        )

    def dpi(self, width: Pt, height: Pt) -> float:
        """Return the lower of the two resolutions at a printed size."""
        return min(self.width * 72 / width, self.height * 72 / height)


@dataclass(frozen=True, slots=True)
class Placed:
    """A rectangle on a page, in points."""

    left: Pt
    bottom: Pt
    width: Pt
    height: Pt


def fit(image: Image, left: Pt, bottom: Pt, width: Pt, height: Pt) -> Placed:
    """Find the largest rectangle of the picture's shape inside a box, centred both ways."""
    scale = min(width / image.width, height / image.height)
    wide, high = scale * image.width, scale * image.height
    return Placed(
        Pt(left + (width - wide) / 2), Pt(bottom + (height - high) / 2), Pt(wide), Pt(high)
    )


def embed_image(image: Image, writer: Writer) -> Ref:
    """Write a picture's XObjects. Call it once per document and ``sha256``."""
    profile = None
    if image.profile is not None:
        samples = image.raster.components
        inner = entries({"N": b"%d" % samples, "Alternate": _DEVICE_SPACES[samples]})
        profile = writer.shared_stream(inner, image.profile)
    inner = image.raster.dictionary(profile)
    if image.alpha is not None:
        mask = writer.alloc()
        writer.stream(mask, image.alpha.dictionary(None), image.alpha.data, encoded=True)
        inner += b"/SMask " + bytes(mask)
    ref = writer.alloc()
    writer.stream(ref, inner, image.raster.data, encoded=True)
    return ref
