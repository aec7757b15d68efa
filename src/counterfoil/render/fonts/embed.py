"""Fonts in a document: subsets of what was drawn, written after the last page.

Every font is a composite one with Identity-H encoding whose character ids are the font's own glyph
ids (ISO 32000-1, 9.7), but for a few beyond them (``aliases``). So pages can be written before
anybody knows which glyphs there will be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import uharfbuzz as hb

from counterfoil.render.errors import FontError
from counterfoil.render.fonts.face import Face
from counterfoil.render.fonts.sfnt import without_layout
from counterfoil.render.messages import Message
from counterfoil.render.pdf.syntax import (
    Ref,
    array,
    dictionary,
    entries,
    name,
    number,
    numbers,
    text_string,
    utf16_hex,
)
from counterfoil.render.pdf.writer import Writer

_FLAGS = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NOTDEF_OUTLINE
_CFF_FLAGS = hb.SubsetFlags.CFF_IDENTITY_CHARSET | hb.SubsetFlags.DOWNGRADE_CFF2
# Shaping is done, so what shapes, names and maps stays behind.
_DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "JSTF", "DSIG", "STAT", "name", "cmap", "meta", "kern")
_DROPPED_TAGS = {int.from_bytes(tag.encode("ascii"), "big") for tag in _DROPPED}
_FIXED_PITCH, _SERIF, _SYMBOLIC, _ITALIC = 1, 2, 4, 64
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MAPPINGS_PER_BLOCK = 100


class GlyphUse(NamedTuple):
    """Glyphs of one face that a line shows.

    ``characters`` stand for their nominal glyphs; ``others`` pairs glyph ids with the text they
    stand for ("" if none by themselves).
    """

    face: Face
    characters: str
    others: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True)
class _Glyphs:
    characters: set[str] = field(default_factory=set)
    others: dict[int, str] = field(default_factory=dict)


class UsedGlyphs:
    """All glyphs that a document shows, collected while its pages go by."""

    def __init__(self) -> None:
        self._faces: dict[Face, _Glyphs] = {}

    def add(self, uses: Iterable[GlyphUse]) -> None:
        for use in uses:
            glyphs = self._faces.get(use.face)
            if glyphs is None:
                glyphs = self._faces[use.face] = _Glyphs()
            glyphs.characters.update(use.characters)
            for gid, text in use.others:
                # What a glyph stands for by itself is what runs without an ActualText rely on.
                if text == use.face.texts.get(gid):
                    glyphs.others[gid] = text
                else:
                    glyphs.others.setdefault(gid, text)

    def embed(self, writer: Writer) -> dict[str, bytes]:
        """Write all fonts and return the entries of the pages' Font resources."""
        fonts = {}
        for face in sorted(self._faces, key=lambda face: face.resource):
            glyphs = self._faces[face]
            texts = {**glyphs.others, **{face.gid(text): text for text in glyphs.characters}}
            fonts[face.resource.decode("ascii")[1:]] = bytes(_embed(writer, face, texts))
        return fonts


def _embed(writer: Writer, face: Face, texts: Mapping[int, str]) -> Ref:
    """Write one composite font with the glyphs that ``texts`` names, and what they stand for."""
    cids = sorted({0, *texts})
    gids = sorted(set(map(face.glyph_of, cids)))
    base_font = name(_tag(face, gids) + face.postscript_name)
    is_cff = "glyf" not in face.hb_face.table_tags
    descendant = {
        "Type": b"/Font",
        "Subtype": b"/CIDFontType0" if is_cff else b"/CIDFontType2",
        "BaseFont": base_font,
        "CIDSystemInfo": dictionary(
            {
                "Registry": text_string("Adobe"),
                "Ordering": text_string("Identity"),
                "Supplement": b"0",
            }
        ),
        "FontDescriptor": bytes(_descriptor(writer, face, base_font, gids)),
        "DW": number(face.advance(0) * 1000),
        "W": _widths(face, cids),
    }
    if not is_cff:
        descendant["CIDToGIDMap"] = _cid_to_gid(writer, face, cids)
    to_unicode = writer.alloc()
    writer.stream(to_unicode, b"", _to_unicode(texts))
    return writer.add(
        dictionary(
            {
                "Type": b"/Font",
                "Subtype": b"/Type0",
                "BaseFont": base_font,
                "Encoding": b"/Identity-H",
                "DescendantFonts": array([bytes(writer.add(dictionary(descendant)))]),
                "ToUnicode": bytes(to_unicode),
            }
        )
    )


def _descriptor(writer: Writer, face: Face, base_font: bytes, gids: list[int]) -> Ref:
    metrics = face.metrics
    em = 1000 / metrics.upem
    key, program = _program(writer, face, gids)
    return writer.add(
        dictionary(
            {
                "Type": b"/FontDescriptor",
                "FontName": base_font,
                "Flags": number(
                    _SYMBOLIC
                    | (_FIXED_PITCH if metrics.fixed_pitch else 0)
                    | (_SERIF if metrics.serif else 0)
                    | (_ITALIC if metrics.italic else 0)
                ),
                "FontBBox": numbers([edge * em for edge in metrics.bbox], 0),
                "ItalicAngle": number(metrics.italic_angle),
                "Ascent": number(metrics.ascender * em, 0),
                "Descent": number(metrics.descender * em, 0),
                "CapHeight": number(metrics.cap_height * em, 0),
                "StemV": number(_stem(face.weight), 0),
                key: bytes(program),
            }
        )
    )


def _stem(weight: float) -> float:
    """Guess the thickness of stems, which OpenType does not tell, from the weight."""
    return 50 + (weight / 65) ** 2


def _program(writer: Writer, face: Face, gids: list[int]) -> tuple[str, Ref]:
    """Write the font program; return the descriptor's key for it as well."""
    program = font_program(face, gids)
    ref = writer.alloc()
    if "glyf" in face.hb_face.table_tags:
        writer.stream(ref, entries({"Length1": number(len(program))}), program)
        return "FontFile2", ref
    writer.stream(ref, entries({"Subtype": b"/CIDFontType0C"}), program)
    return "FontFile3", ref


def font_program(face: Face, gids: Iterable[int]) -> bytes:
    """Return a face as a PDF carries it: a TrueType file, or a bare CFF table.

    A font of which no subset can be made comes whole, without what is damaged about it.

    Raises:
        FontError: not even that can be done.
    """
    is_cff = "glyf" not in face.hb_face.table_tags
    try:
        data = subset(face, gids)
    except RuntimeError:
        data = b""
    program = _table(hb.Face(hb.Blob(data)), "CFF ") if is_cff else data
    if not program and not face.source.axes:
        program = _table(face.hb_face, "CFF ") if is_cff else without_layout(face.hb_face)
    if not program:
        raise FontError(Message("font.not_writable", file=face.source.path.name))
    return program


def _table(face: hb.Face, tag: str) -> bytes:
    data: bytes = face.reference_table(tag).data
    return data


def subset(face: Face, gids: Iterable[int]) -> bytes:
    """Return a font file with only the given glyphs, under their own numbers.

    A font that forbids subsetting comes whole; a variable one comes pinned, in either case.

    Raises:
        RuntimeError: HarfBuzz can make none.
    """
    options = hb.SubsetInput()
    if face.metrics.subsettable:
        options.sets(hb.SubsetInputSets.GLYPH_INDEX).set(set(gids))
    else:
        options.keep_everything()
    options.flags = _FLAGS | _CFF_FLAGS
    options.drop_table_tag_set.update(_DROPPED_TAGS)
    if face.source.axes:
        options.pin_all_axes_to_default(face.hb_face)
        for axis, value in face.source.axes:
            options.pin_axis_location(face.hb_face, axis, value)
    data: bytes = hb.subset(face.hb_face, options).blob.data
    return data


def _tag(face: Face, gids: list[int]) -> str:
    """Return the six letters that tell subsets apart (9.6.4): the same for the same glyphs."""
    if not face.metrics.subsettable:
        return ""
    digest = hashlib.sha256(face.resource + repr(gids).encode("ascii")).digest()
    return "".join(_LETTERS[byte % 26] for byte in digest[:6]) + "+"


def _cid_to_gid(writer: Writer, face: Face, cids: list[int]) -> bytes:
    """Return what leads character ids to glyphs: a table only where an alias was used."""
    if cids[-1] < face.glyph_count:
        return b"/Identity"
    used = set(cids)
    gids = (face.glyph_of(cid) if cid in used else 0 for cid in range(cids[-1] + 1))
    table = writer.alloc()
    writer.stream(table, b"", b"".join(gid.to_bytes(2, "big") for gid in gids))
    return bytes(table)


def _widths(face: Face, cids: list[int]) -> bytes:
    """Write advances, neighbouring characters in one array (9.7.4.3)."""
    stretches: list[tuple[int, list[float]]] = []
    for cid in cids:
        width = face.advance(cid) * 1000
        if stretches and stretches[-1][0] + len(stretches[-1][1]) == cid:
            stretches[-1][1].append(width)
        else:
            stretches.append((cid, [width]))
    return array(b"%d %b" % (first, numbers(widths)) for first, widths in stretches)


def _to_unicode(texts: Mapping[int, str]) -> bytes:
    """Write the CMap that takes glyphs back to text (9.10.3).

    A glyph without a text of its own, as the dots of an Arabic letter, is taken back to nothing:
    readers that look for it in vain would show a number in its place.
    """
    mappings = [b"<%04X> <%b>" % (gid, utf16_hex(text)) for gid, text in sorted(texts.items())]
    blocks = [
        b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block))
        for block in (
            mappings[start : start + _MAPPINGS_PER_BLOCK]
            for start in range(0, len(mappings), _MAPPINGS_PER_BLOCK)
        )
    ]
    return _CMAP % b"\n".join(blocks)


_CMAP = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
%b
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
