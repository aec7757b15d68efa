"""The few numbers that HarfBuzz does not tell, read from OpenType tables.

Table layouts: OpenType 1.9. All offsets below are theirs.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import uharfbuzz as hb

from counterfoil.render.errors import FontError
from counterfoil.render.messages import Message

# Bits of OS/2.fsType.
_RESTRICTED = 0x0002
_NO_SUBSETTING = 0x0100
_BITMAPS_ONLY = 0x0200
# Bits of OS/2.fsSelection and head.macStyle.
_FS_ITALIC = 0x0001
_MAC_ITALIC = 0x0002

_UNITS_PER_EM = range(16, 16385)
# What PDF readers need of a TrueType font (ISO 32000-1, 9.9), sorted as its directory must be.
_DRAWING = ("cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep")
OUTLINES = ("glyf", "CFF ", "CFF2")


@dataclass(frozen=True, slots=True)
class Metrics:
    """One face's metrics, in font units unless said otherwise."""

    upem: int
    bbox: tuple[int, int, int, int]
    ascender: int
    descender: int
    cap_height: int
    weight: int
    width: int
    italic: bool
    italic_angle: float
    fixed_pitch: bool
    serif: bool
    embedding: int

    @property
    def embeddable(self) -> bool:
        """Whether the font's maker lets documents carry its outlines."""
        return not self.embedding & (_RESTRICTED | _BITMAPS_ONLY)

    @property
    def subsettable(self) -> bool:
        return not self.embedding & _NO_SUBSETTING


def read_metrics(face: hb.Face) -> Metrics:
    """Read head, hhea and, if they are there, post and OS/2.

    Raises:
        FontError: one of the tables that every font must have is missing or cut short.
    """
    try:
        metrics = _read(face)
    except struct.error:
        raise FontError(Message("font.short_tables")) from None
    if metrics.upem not in _UNITS_PER_EM:
        raise FontError(Message("font.header"))
    return metrics


def without_layout(face: hb.Face) -> bytes:
    """Return the tables of a face that draw its glyphs, as a font file.

    For fonts whose other tables are damaged: HarfBuzz makes no subset of these.
    """
    tables = [(tag, _table(face, tag)) for tag in _DRAWING if tag in face.table_tags]
    offset = 12 + 16 * len(tables)
    directory, body = [], []
    for tag, data in tables:
        padded = data + bytes(-len(data) % 4)
        words = struct.unpack(f">{len(padded) // 4}I", padded)
        checksum = sum(words) & 0xFFFFFFFF
        directory.append(struct.pack(">4sIII", tag.encode("ascii"), checksum, offset, len(data)))
        body.append(padded)
        offset += len(padded)
    power = len(tables).bit_length() - 1
    search = 16 << power
    header = struct.pack(
        ">IHHHH", 0x00010000, len(tables), search, power, 16 * len(tables) - search
    )
    return b"".join([header, *directory, *body])


def _read(face: hb.Face) -> Metrics:
    head, hhea, post, os2 = (_table(face, tag) for tag in ("head", "hhea", "post", "OS/2"))
    mac_style = _unsigned(head, 44)
    ascender, descender = struct.unpack_from(">hh", hhea, 4)
    selection = _unsigned(os2, 62, mac_style & _MAC_ITALIC and _FS_ITALIC)
    return Metrics(
        upem=_unsigned(head, 18),
        bbox=struct.unpack_from(">hhhh", head, 36),
        ascender=_signed(os2, 68, ascender),
        descender=_signed(os2, 70, descender),
        cap_height=_signed(os2, 88, ascender),
        weight=_unsigned(os2, 4, 700 if mac_style & 1 else 400),
        width=_unsigned(os2, 6, 5),
        italic=bool(selection & _FS_ITALIC),
        italic_angle=struct.unpack_from(">i", post, 4)[0] / 65536 if len(post) >= 16 else 0.0,
        fixed_pitch=len(post) >= 16 and struct.unpack_from(">I", post, 12)[0] != 0,
        serif=_unsigned(os2, 30, 0) >> 8 in (1, 2, 3, 4, 5, 7),
        embedding=_unsigned(os2, 8, 0),
    )


def _table(face: hb.Face, tag: str) -> bytes:
    data: bytes = face.reference_table(tag).data
    return data


def _unsigned(table: bytes, offset: int, default: int | None = None) -> int:
    return _integer(">H", table, offset, default)


def _signed(table: bytes, offset: int, default: int) -> int:
    return _integer(">h", table, offset, default)


def _integer(form: str, table: bytes, offset: int, default: int | None) -> int:
    """Read a number; a table or version without it gives ``default``, if there is one."""
    if default is not None and len(table) < offset + 2:
        return default
    value: int = struct.unpack_from(form, table, offset)[0]
    return value
