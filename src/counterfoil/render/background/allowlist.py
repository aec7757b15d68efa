"""What may come along from a stranger's PDF: only keys that say how something is painted.

Actions, scripts, attachments, metadata, private data of applications, links to other files,
structure trees and PostScript have no entry here, so they stay behind. Clauses are those of
ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Kind:
    """What an object of some role may hold."""

    keys: Mapping[str, str] = field(default_factory=dict)
    """Entries of a dictionary or stream that come along, with the kinds of their values."""
    each: str | None = None
    """Kind of all values of a dictionary whose keys are free names."""
    items: str | None = None
    """Kind of an array's items, if they may be more than plain values."""
    profiles: bool = False
    """Its arrays may be colour spaces with a profile, which is looked at first."""
    stream: bool = False
    """A stream is expected, or allowed; else a stream is left behind."""


VALUE = "value"


def _values(keys: str) -> dict[str, str]:
    return dict.fromkeys(keys.split(), VALUE)


_FUNCTION = _values(  # 7.10
    "FunctionType Domain Range Size BitsPerSample Order Encode Decode C0 C1 N Bounds"
) | {"Functions": "function"}

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        VALUE: Kind(),
        "resources": Kind(  # 7.8.3
            {
                "ExtGState": "graphics states",
                "ColorSpace": "colour spaces",
                "Pattern": "patterns",
                "Shading": "shadings",
                "XObject": "xobjects",
                "Font": "fonts",
                "Properties": "properties",
            }
        ),
        "graphics states": Kind(each="graphics state"),
        "colour spaces": Kind(each="colour space"),
        "patterns": Kind(each="pattern"),
        "shadings": Kind(each="shading"),
        "xobjects": Kind(each="xobject"),
        "fonts": Kind(each="font"),
        # Names must lead somewhere; what optional content hides is taken out of the content.
        "properties": Kind(each="nothing"),
        "nothing": Kind(),
        "xobject": Kind(stream=True),  # decided by its Subtype: a form or an image
        "form": Kind(  # 8.10
            _values("Type Subtype FormType BBox Matrix")
            | {"Resources": "resources", "Group": "group"},
            stream=True,
        ),
        "group": Kind(_values("Type S I K") | {"CS": "colour space"}),  # 11.6.6
        "page group": Kind(_values("Type S K") | {"CS": "colour space"}),
        "image": Kind(  # 8.9.5
            _values(
                "Type Subtype Width Height BitsPerComponent Intent ImageMask Decode Interpolate "
                "SMaskInData Matte"
            )
            | {"ColorSpace": "colour space", "Mask": "image", "SMask": "image"},
            stream=True,
        ),
        "graphics state": Kind(  # 8.4.5, but halftones, which belong to a device
            _values("Type LW LC LJ ML D RI OP op OPM FL SM SA BM CA ca AIS TK")
            | {"Font": "font and size", "SMask": "soft mask"}
            | dict.fromkeys(("BG", "BG2", "UCR", "UCR2", "TR", "TR2"), "function")
        ),
        "font and size": Kind(items="font"),
        "soft mask": Kind(  # 11.6.5.2
            _values("Type S BC") | {"G": "form", "TR": "function"}
        ),
        # 8.6. One kind for all items: profiles, dictionaries of CIE-based spaces, functions.
        "colour space": Kind(items="colour space item", profiles=True),
        "colour space item": Kind(
            _values("WhitePoint BlackPoint Gamma Matrix Range")
            | {"Alternate": "colour space", "Colorants": "colour spaces", "Process": "process"}
            | _values("Subtype Components")
            | _FUNCTION,
            items="colour space item",
            profiles=True,
            stream=True,
        ),
        "process": Kind(_values("Components") | {"ColorSpace": "colour space"}),  # 8.6.6.5
        "profile": Kind(_values("N Range") | {"Alternate": "colour space"}, stream=True),
        "output intent": Kind(  # 14.11.5
            _values("Type S OutputCondition OutputConditionIdentifier RegistryName Info")
            | {"DestOutputProfile": "intent profile"}
        ),
        "intent profile": Kind(_values("N"), stream=True),
        "function": Kind(_FUNCTION, items="function", stream=True),
        "pattern": Kind(  # 8.7
            _values("Type PatternType PaintType TilingType BBox XStep YStep Matrix")
            | {"Resources": "resources", "Shading": "shading", "ExtGState": "graphics state"},
            stream=True,
        ),
        "shading": Kind(  # 8.7.4.5
            _values(
                "ShadingType Background BBox AntiAlias Coords Domain Extend Matrix "
                "BitsPerCoordinate BitsPerComponent BitsPerFlag Decode VerticesPerRow"
            )
            | {"ColorSpace": "colour space", "Function": "function"},
            stream=True,
        ),
        "font": Kind(  # 9.6, 9.7
            _values(
                "Type Subtype BaseFont FirstChar LastChar Widths FontBBox FontMatrix DW W DW2 W2"
            )
            | {
                "FontDescriptor": "font descriptor",
                "Encoding": "encoding",
                "ToUnicode": "encoding",
                "DescendantFonts": "descendants",
                "CIDSystemInfo": "collection",
                "CIDToGIDMap": "table",
                "CharProcs": "glyphs",
                "Resources": "resources",
            }
        ),
        "descendants": Kind(items="font"),
        "collection": Kind(_values("Registry Ordering Supplement")),
        "font descriptor": Kind(  # 9.8
            _values(
                "Type FontName FontFamily FontStretch FontWeight Flags FontBBox ItalicAngle "
                "Ascent Descent Leading CapHeight XHeight StemV StemH AvgWidth MaxWidth "
                "MissingWidth CharSet Lang"
            )
            | {
                "FontFile": "font file",
                "FontFile2": "font file",
                "FontFile3": "font file",
                "CIDSet": "table",
                "Style": "style",
            }
        ),
        "style": Kind(_values("Panose")),
        "font file": Kind(_values("Subtype Length1 Length2 Length3"), stream=True),
        "encoding": Kind(  # 9.6.6, 9.7.5
            _values("Type BaseEncoding Differences CMapName WMode")
            | {"CIDSystemInfo": "collection", "UseCMap": "encoding"},
            stream=True,
        ),
        "table": Kind(stream=True),
        "glyphs": Kind(each="glyph"),
        "glyph": Kind(stream=True),
        "filter parameters": Kind(  # 7.4
            _values(
                "Predictor Colors BitsPerComponent Columns EarlyChange K EndOfLine "
                "EncodedByteAlign Rows EndOfBlock BlackIs1 DamagedRowsBeforeError ColorTransform"
            )
            | {"JBIG2Globals": "table"},
        ),
    }
)

CONTENT = frozenset(("form", "pattern", "glyph"))
"""Kinds whose streams are content, which may paint forms and hide layers."""

SCOPED = frozenset(
    (
        "resources",
        "graphics states",
        "graphics state",
        "soft mask",
        "patterns",
        "pattern",
        "xobjects",
        "form",
        "fonts",
        "font",
        "glyphs",
        "glyph",
    )
)
"""Kinds that lead to content, whose meaning depends on where it is painted."""

FORM_WITHOUT_RESOURCES = Kind(
    {
        key: kind
        for key, kind in KINDS["form"].keys.items()
        if key not in ("Type", "Subtype", "Resources")
    },
    stream=True,
)
"""What of a form may be written as it stands; appearances need not even say that they are forms."""
