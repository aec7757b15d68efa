"""How colours become ink: for office printers, or for print shops.

Print shops get black as black ink alone (DeviceCMYK 0 0 0 1) that overprints what lies below, so
that a plate that is out of register leaves no white seam around a code. All other colours of a
page are sRGB by an ICC profile: the page's resources redefine DeviceRGB (ISO 32000-1, 8.6.5.6),
and pictures follow without being written differently.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from counterfoil.render.pdf import content
from counterfoil.render.pdf.syntax import Ref, dictionary
from counterfoil.render.pdf.writer import Writer

_OVERPRINT = b"/Overprint gs"
# Bytes 24 to 35 of a profile are the time at which it was made: the same file must come out.
_TIME = slice(24, 36)
_CREATION_DATE = bytes((0x07, 0xE8, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))


class Ink(StrEnum):
    """Which inks a document is written for."""

    OFFICE = "office"
    PRINT = "print"

    def fill(self, colour: tuple[float, float, float]) -> bytes:
        """Return the operators that choose the colour of fillings and texts."""
        if self is Ink.PRINT and not any(colour):
            return _OVERPRINT + b" 0 0 0 1 k"
        return content.fill_rgb(*colour)

    def stroke(self, colour: tuple[float, float, float]) -> bytes:
        """Return the operators that choose the colour of lines."""
        if self is Ink.PRINT and not any(colour):
            return _OVERPRINT + b" 0 0 0 1 K"
        return content.stroke_rgb(*colour)

    @property
    def on_all_plates(self) -> bytes:
        """The operators that choose the colour of marks for cutting: it is on every plate."""
        return b"/All CS 1 SCN /All cs 1 scn" if self is Ink.PRINT else b"0 G 0 g"


def print_resources(writer: Writer) -> dict[str, bytes]:
    """Write what pages with ``Ink.PRINT`` need; return entries for their resources."""
    profile = writer.alloc()
    writer.stream(profile, b"/N 3/Alternate/DeviceRGB", _srgb())
    tint = writer.add(b"<</FunctionType 2/Domain[0 1]/C0[0 0 0 0]/C1[1 1 1 1]/N 1>>")
    spaces = {
        "DefaultRGB": b"[/ICCBased %b]" % bytes(profile),
        "All": b"[/Separation/All/DeviceCMYK %b]" % bytes(tint),
    }
    overprint: Ref = writer.add(b"<</Type/ExtGState/OP true/op true/OPM 1>>")
    return {
        "ColorSpace": dictionary(spaces),
        "ExtGState": dictionary({"Overprint": bytes(overprint)}),
    }


@cache
def _srgb() -> bytes:
    from PIL import ImageCms  # late: only print shops need it

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_TIME] = _CREATION_DATE
    return bytes(profile)
