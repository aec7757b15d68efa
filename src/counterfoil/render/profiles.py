"""ICC profiles: whether bytes are one, before they go into documents of ours (ICC.1:2022, 7)."""

from __future__ import annotations

import struct

LONGEST_PROFILE = 4_000_000
"""Of a picture, in bytes. Those of printing presses, the longest in use, have two million."""
_HEADER = 128
_MAX_TAGS = 200
_CLASSES = frozenset((b"scnr", b"mntr", b"prtr", b"spac"))
"""Devices and colour spaces; links between devices and named colours are no colour space here."""
_DEVICES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_COMPONENTS = {**_DEVICES, b"Lab ": 3, b"XYZ ": 3}


def describes_pixels(data: bytes, components: int) -> bool:
    """Tell whether bytes are a profile of grey, RGB or CMYK pixels, as pictures have them."""
    return is_profile(data, components) and data[16:20] in _DEVICES


def is_profile(data: bytes, components: int) -> bool:
    """Tell whether bytes are a complete profile of a colour space with so many components."""
    if len(data) < _HEADER + 4:
        return False
    size, count = struct.unpack_from(">I", data)[0], struct.unpack_from(">I", data, _HEADER)[0]
    return (
        _HEADER < size <= len(data)
        and data[36:40] == b"acsp"
        and data[12:16] in _CLASSES
        and _COMPONENTS.get(data[16:20]) == components
        and count <= _MAX_TAGS
        and all(
            offset + length <= size
            for _, offset, length in struct.iter_unpack(
                ">4sII", data[_HEADER + 4 : _HEADER + 4 + 12 * count]
            )
        )
    )
