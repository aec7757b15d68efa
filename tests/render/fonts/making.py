"""Fonts that no package has: with CFF outlines, without permissions, damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fontTools.cffLib import FDArrayIndex, FDSelect, FontDict
from fontTools.colorLib.builder import buildCOLR, buildCPAL
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.varLib import instancer

from counterfoil.render.fonts.library import FontLibrary

OPEN_SANS = FontLibrary().face("Open Sans").source.path


def altered(folder: Path, family: str, change: Callable[[TTFont], None] = lambda _: None) -> Path:
    """Write Open Sans under another name, changed."""
    font = TTFont(OPEN_SANS)
    _rename(font, family)
    change(font)
    path = folder / f"{family}.ttf"
    font.save(path)
    font.close()
    return path


def with_permissions(folder: Path, family: str, bits: int) -> Path:
    """Write a font whose OS/2 table has some fsType."""

    def change(font: TTFont) -> None:
        font["OS/2"].fsType = bits

    return altered(folder, family, change)


def with_characters(folder: Path, family: str, characters: str) -> Path:
    """Write a font that has these characters only, all of them drawn as an A."""

    def change(font: TTFont) -> None:
        for table in font["cmap"].tables:
            table.cmap.clear()
            table.cmap.update(dict.fromkeys(map(ord, characters), "A"))

    return altered(folder, family, change)


def with_colours(folder: Path, family: str, character: str) -> Path:
    """Write a font in which the A is drawn, and one more character in colours only."""

    def change(font: TTFont) -> None:
        for table in font["cmap"].tables:
            table.cmap.clear()
            table.cmap.update({ord("A"): "A", ord(character): "space", ord(" "): "space"})
        font["COLR"] = buildCOLR({"space": [("A", 0)]})
        font["CPAL"] = buildCPAL([[(1, 0, 0, 1)]])

    return altered(folder, family, change)


def variable(folder: Path, family: str, axes: dict[str, float | tuple[float, float]]) -> Path:
    """Write Noto Sans Thai with its axes limited, or pinned."""
    with TTFont(FontLibrary().face("Noto Sans Thai").source.path) as font:
        instancer.instantiateVariableFont(font, axes, inplace=True)
        _rename(font, family)
        path = folder / f"{family}.ttf"
        font.save(path)
    return path


def collection(folder: Path, *paths: Path) -> Path:
    """Write several fonts as one file."""
    together = TTCollection()
    together.fonts = [TTFont(path) for path in paths]
    path = folder / "together.ttc"
    together.save(path)
    for font in together.fonts:
        font.close()
    return path


def with_cff_outlines(folder: Path, family: str, *, cid_keyed: bool = False) -> Path:
    """Write a part of Open Sans with PostScript outlines."""
    source = TTFont(OPEN_SANS)
    cmap = {code: name for code, name in source.getBestCmap().items() if code < 0x180}
    originals = [".notdef", *sorted(set(cmap.values()), key=source.getGlyphID)]
    # Character ids that are not the glyph ids.
    cids = [".notdef", *(f"cid{number * 7:05d}" for number in range(1, len(originals)))]
    named = dict(zip(originals, cids if cid_keyed else originals, strict=True))
    glyphs = source.getGlyphSet()
    metrics = {named[name]: source["hmtx"].metrics[name] for name in originals}
    charstrings = {}
    for name in originals:
        pen = T2CharStringPen(metrics[named[name]][0], glyphs)
        glyphs[name].draw(pen)
        charstrings[named[name]] = pen.getCharString()
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=False)
    builder.setupGlyphOrder(list(named.values()))
    builder.setupCharacterMap({code: named[name] for code, name in cmap.items()})
    builder.setupCFF(family.replace(" ", ""), {"FullName": family}, charstrings, {})
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=2189, descent=-600)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=1567, sTypoDescender=-492, usWeightClass=400)
    builder.setupPost()
    if cid_keyed:
        _key_by_cid(builder.font)
    path = folder / f"{family}.otf"
    builder.save(path)
    source.close()
    return path


def _key_by_cid(font: TTFont) -> None:
    """Turn a CFF font into a CID-keyed one."""
    cff = font["CFF "].cff
    top = cff.topDictIndex[0]
    top.ROS = ("Adobe", "Identity", 0)
    top.CIDCount = len(top.charset) * 7
    top.FDArray = FDArrayIndex()
    part = FontDict()
    part.setCFF2(False)
    part.Private = top.Private
    top.FDArray.append(part)
    top.FDSelect = FDSelect()
    top.FDSelect.format = 3
    top.FDSelect.gidArray = [0] * len(top.charset)
    top.CharStrings.fdArray, top.CharStrings.fdSelect = top.FDArray, top.FDSelect
    del top.Private


def _rename(font: TTFont, family: str) -> None:
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = family
        if record.nameID == 6:
            record.string = family.replace(" ", "")
