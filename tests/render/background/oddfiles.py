"""Odd but legal PDFs, and broken ones that viewers show: one for each thing designers' programs do.

``ODD`` maps a name to what makes the file. Constructs are those of ISO 32000-1, clauses 7 to 12.
``python -m render.background.oddfiles FOLDER``, run in ``tests``, writes them as files.
"""

from __future__ import annotations

import io
import re
import struct
import sys
import zlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, String
from PIL import Image as Pillow
from PIL import ImageCms

from render.background.pdfs import MARKS, form, make, raw

Change = Callable[[pikepdf.Pdf, pikepdf.Object], None]
ODD: dict[str, Callable[[], bytes]] = {}

PLAIN = {"object_stream_mode": ObjectStreamMode.disable, "compress_streams": False}
WORDS = b"BT /F 20 Tf 15 60 Td (Ticket 18:00) Tj ET"
FONTS = Path(__file__).parents[3] / "src/counterfoil/render/fonts/files"

STANDARD = """
    Helvetica Helvetica-Bold Helvetica-Oblique Helvetica-BoldOblique Times-Roman Times-Bold
    Times-Italic Times-BoldItalic Courier Courier-Bold Courier-Oblique Courier-BoldOblique
    Symbol ZapfDingbats
"""
BLENDS = """
    Normal Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight
    Difference Exclusion Hue Saturation Color Luminosity
"""
ANNOTATIONS = """
    Stamp FreeText Square Circle Line Polygon PolyLine Ink Highlight Underline StrikeOut Caret
    Text FileAttachment Watermark Redact
"""


def odd(name: str, content: bytes, change: Change | None = None, **options: Any) -> None:
    if name in ODD:
        raise ValueError(name)
    ODD[name] = partial(make, content, change=change, **options)


def written(name: str, **resources: str | bytes) -> Change:
    """Return a change that sets a page's resources from PDF source, by kind."""
    del name

    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Resources = Dictionary(
            {f"/{kind}": pikepdf.Object.parse(_bytes(source)) for kind, source in resources.items()}
        )

    return change


def _bytes(source: str | bytes) -> bytes:
    return source if isinstance(source, bytes) else source.encode("latin-1")


def parsed(name: str, content: bytes, **resources: str | bytes) -> None:
    odd(name, content, written(name, **resources))


# Paths, 8.5

PATHS = {
    "lines": b"2 w 10 10 m 190 90 l 10 90 l h S",
    "curves": b"1 0 0 RG 5 w 10 10 m 50 200 150 -100 190 90 c 100 0 50 50 v 20 20 60 60 y S",
    "rectangles": b"0.2 0.5 0.9 rg 10 10 50 80 re 70 10 -20 30 re f",
    "even_odd": b"10 10 150 80 re 40 30 60 40 re f*",
    "fill_and_stroke": b"1 0 0 rg 0 0 1 RG 4 w 20 20 80 60 re B 110 20 60 60 re b*",
    "clip": b"20 20 60 60 re W n 0.9 g 0 0 200 100 re f",
    "clip_even_odd": b"0 0 200 100 re 50 20 60 60 re W* n 1 0 0 rg 0 0 200 100 re f",
    "dashes": b"3 w [10 5 2 5] 3 d 10 20 m 190 20 l S [] 0 d 10 50 m 190 50 l S",
    "caps_and_joins": b"9 w 1 J 1 j 20 20 m 60 80 l 99 20 l S 2 J 2 j 120 20 m 150 80 l 180 20 l S",
    "mitre": b"8 w 2 M 20 20 m 100 80 l 180 20 l S",
    "hairline": b"0 w 10 10 m 190 90 l S",
    "flatness_and_intent": b"50 i /Perceptual ri 0 0 1 rg 20 20 m 20 90 180 90 180 20 c f",
    "unbalanced_q": b"q q q 0.5 0 0 0.5 0 0 cm 1 0 0 rg 10 10 80 80 re f",
    "too_many_Q": b"Q Q 1 0 0 rg 10 10 80 80 re f Q Q Q 0 0 1 rg 100 10 50 50 re f",
    "odd_numbers": b"+10. .5 -0.0 --5 re 1. 0 0 rg 00010 4. 50 50 re f",
    "comments": b"% hello\n1 0 0 rg % red (\n10 10 50 50 re%x\nf",
    "compatibility": b"BX 1 2 fancy EX 1 0 0 rg 10 10 50 50 re f",
    "unknown_operator": b"1 0 0 rg 5 nonsense 10 10 50 50 re f",
    "no_white_space": b"1 0 0rg 10 10 50 50re f[5 5]0d 0 0 m 100 100l S",
    "marked_points": b"/A MP /B <</C (x)>> DP /D BMC 1 0 0 rg 10 10 50 50 re f EMC",
    "marked_inline_dictionary": b"/Span <</ActualText (x) /Lang (de)>> BDC 0 0 50 50 re f EMC",
}
for key, drawn in PATHS.items():
    odd(f"path_{key}", drawn)

# Colours, 8.6

TINT4 = "<</FunctionType 2/Domain[0 1]/C0[0 0 0 0]/C1[0 0.8 0.6 0.1]/N 1>>"
TINT3 = "<</FunctionType 2/Domain[0 1]/C0[1 1 1]/C1[0 0.3 0.9]/N 1>>"
LAB = "[/Lab<</WhitePoint[0.9505 1 1.089]/Range[-100 100 -100 100]>>]"
SPACES = {
    "gray": ("/DeviceGray", b"0.3"),
    "rgb": ("/DeviceRGB", b"0.1 0.7 0.2"),
    "cmyk": ("/DeviceCMYK", b"0.9 0.1 0 0.2"),
    "cal_gray": ("[/CalGray<</WhitePoint[0.9505 1 1.089]/Gamma 2.2>>]", b"0.4"),
    "cal_rgb": (
        "[/CalRGB<</WhitePoint[0.9505 1 1.089]/Gamma[1.8 1.8 1.8]"
        "/Matrix[0.45 0.24 0.02 0.32 0.67 0.14 0.18 0.08 0.92]>>]",
        b"0.8 0.3 0.2",
    ),
    "lab": (LAB, b"60 40 -20"),
    "indexed_string": ("[/Indexed/DeviceRGB 1<ff000000ff00>]", b"1"),
    "indexed_name": ("[/Indexed/DeviceGray 3(\\000\\100\\200\\377)]", b"2"),
    "indexed_lab": (f"[/Indexed {LAB} 1<60a05090f010>]", b"1"),
    "separation": (f"[/Separation/Spot#20Red/DeviceCMYK {TINT4}]", b"0.7"),
    "separation_rgb": (f"[/Separation/Logo/DeviceRGB {TINT3}]", b"0.7"),
    "separation_all": (f"[/Separation/All/DeviceCMYK {TINT4}]", b"0.5"),
    "separation_none": (f"[/Separation/None/DeviceCMYK {TINT4}]", b"0.5"),
    "separation_bytes": (f"[/Separation/Gr#fcn/DeviceCMYK {TINT4}]", b"0.7"),
}
for key, (space, colour) in SPACES.items():
    parsed(
        f"space_{key}",
        b"/C cs %b scn 10 10 80 80 re f /C CS %b SCN 6 w 110 20 60 60 re S" % (colour, colour),
        ColorSpace=f"<</C {space}>>",
    )


def function(pdf: pikepdf.Pdf, source: bytes, **entries: object) -> pikepdf.Object:
    return pdf.make_stream(source, **entries)


def device_n(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    tint = function(
        pdf,
        b"{dup 0 exch 2 index 0.5 mul 4 2 roll pop 0.1 exch pop}",
        FunctionType=4,
        Domain=Array([0, 1, 0, 1]),
        Range=Array([0, 1] * 4),
    )
    tint.write(b"{0 0 4 2 roll exch 4 1 roll 3 1 roll pop 0.2 mul 0.3 exch 0}")
    attributes = Dictionary(
        Subtype=Name.NChannel,
        Colorants=Dictionary(
            Orange=Array(
                [
                    Name.Separation,
                    Name.Orange,
                    Name.DeviceCMYK,
                    pikepdf.Object.parse(TINT4.encode()),
                ]
            )
        ),
        Process=Dictionary(ColorSpace=Name.DeviceCMYK, Components=Array([Name.Cyan])),
    )
    space = Array(
        [Name.DeviceN, Array([Name.Cyan, Name.Orange]), Name.DeviceCMYK, tint, attributes]
    )
    page.Resources = Dictionary(ColorSpace=Dictionary(C=space))


odd("space_device_n", b"/C cs 0.5 0.8 scn 10 10 80 80 re f", device_n)


def sampled(bits: int) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        samples = bytes(range(0, 256, 16)) * 3 if bits == 8 else bytes(range(0, 192, 2))
        tint = function(
            pdf,
            samples,
            FunctionType=0,
            Domain=Array([0, 1]),
            Range=Array([0, 1] * 3),
            Size=Array([16]),
            BitsPerSample=bits,
            Encode=Array([0, 15]),
            Decode=Array([0, 1] * 3),
        )
        space = Array([Name.Separation, Name.BarcodePlacement, Name.DeviceRGB, tint])
        page.Resources = Dictionary(ColorSpace=Dictionary(C=space))

    return change


for bits in (8, 16):
    odd(f"space_sampled_{bits}", b"/C cs 0.6 scn 10 10 80 80 re f", sampled(bits))

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def profile(data: bytes, n: int, **entries: object) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        stream = pdf.make_stream(data, N=n, **entries)
        page.Resources = Dictionary(ColorSpace=Dictionary(C=Array([Name.ICCBased, stream])))

    return change


RED = b"/C cs 0.8 0.2 0.1 scn 10 10 80 80 re f"
odd("icc_srgb", RED, profile(SRGB, 3, Alternate=Name.DeviceRGB))
odd("icc_without_alternate", RED, profile(SRGB, 3))
odd("icc_is_none", RED, profile(b"no profile", 3, Alternate=Name.DeviceRGB))
odd("icc_is_none_gray", b"/C cs 0.4 sc 9 9 80 80 re f", profile(b"x" * 500, 1))
odd("icc_is_none_cmyk", b"/C cs 0 1 1 0 sc 9 9 80 80 re f", profile(b"", 4))
odd("icc_range", RED, profile(SRGB, 3, Range=Array([0, 1, 0, 1, 0, 1])))


def default_rgb(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    stream = pdf.make_stream(SRGB, N=3)
    page.Resources = Dictionary(ColorSpace=Dictionary(DefaultRGB=Array([Name.ICCBased, stream])))


odd("space_default_rgb", b"0.8 0.2 0.1 rg 10 10 80 80 re f", default_rgb)

# Patterns and shadings, 8.7


def tiling(paint: int = 1, content: bytes = b"", **entries: object) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        default = b"1 0 0 rg 0 0 5 5 re f 0 0 1 rg 5 5 5 5 re f" if paint == 1 else b"0 0 6 6 re f"
        own: dict[str, object] = {
            "Type": Name.BulkInserter,
            "PatternType": 1,
            "PaintType": paint,
            "TilingType": 1,
            "BBox": Array([0, 0, 10, 10]),
            "XStep": 10,
            "YStep": 10,
            "Resources": Dictionary(),
        }
        pattern = pdf.make_stream(
            content or default, Dictionary({f"/{k}": v for k, v in (own | entries).items()})
        )
        page.Resources = Dictionary(
            BulkInserter=Dictionary(P=pattern),
            ColorSpace=Dictionary(U=Array([Name.BulkInserter, Name.DeviceRGB])),
        )

    return change


TILED = b"/Pattern cs /P scn 20 20 150 60 re f"
odd("tiling", TILED, tiling())
odd("tiling_stroked", b"/Pattern CS /P SCN 15 w 20 20 150 60 re S", tiling())
odd("tiling_uncoloured", b"/U cs 0 0.6 0.2 /P scn 20 20 150 60 re f", tiling(2))
odd("tiling_matrix", TILED, tiling(Matrix=Array([1, 0.5, -0.5, 1, 3, 4])))
odd("tiling_negative_step", TILED, tiling(XStep=-15, YStep=-12))
odd("tiling_type_3", TILED, tiling(TilingType=3))
odd(
    "tiling_in_rotated_page",
    TILED,
    lambda pdf, page: (tiling()(pdf, page), page.__setitem__("/Rotate", 90))[0],
)

AXIAL = "/ShadingType 2/Coords[20 0 180 0]"
RADIAL = "/ShadingType 3/Coords[60 50 5 120 50 45]"
RAMP = "<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1.5>>"
RAMP4 = "<</FunctionType 2/Domain[0 1]/C0[1 0 0 0]/C1[0 0 1 0]/N 1>>"
STITCH = f"<</FunctionType 3/Domain[0 1]/Functions[{RAMP} {RAMP}]/Bounds[0.4]/Encode[0 1 1 0]>>"
SHADINGS = {
    "axial": f"{AXIAL}/ColorSpace/DeviceRGB/Function {RAMP}",
    "axial_extended": f"{AXIAL}/ColorSpace/DeviceRGB/Function {RAMP}/Extend[true true]",
    "axial_cmyk": f"{AXIAL}/ColorSpace/DeviceCMYK/Function {RAMP4}",
    "axial_stitched": f"{AXIAL}/ColorSpace/DeviceRGB/Function {STITCH}",
    "axial_background": f"{AXIAL}/ColorSpace/DeviceRGB/Function {RAMP}/Background[0.9 0.9 0.5]",
    "axial_bbox": f"{AXIAL}/ColorSpace/DeviceRGB/Function {RAMP}/BBox[40 20 160 80]",
    "axial_domain": f"{AXIAL}/Domain[0.2 0.7]/ColorSpace/DeviceRGB/Function {RAMP}/AntiAlias true",
    "axial_functions": f"{AXIAL}/ColorSpace/DeviceRGB/Function["
    + "<</FunctionType 2/Domain[0 1]/N 1>>" * 3
    + "]",
    "axial_spot": f"{AXIAL}/ColorSpace[/Separation/Spot/DeviceCMYK {TINT4}]"
    "/Function<</FunctionType 2/Domain[0 1]/N 1>>",
    "radial": f"{RADIAL}/ColorSpace/DeviceRGB/Function {RAMP}",
    "radial_extended": f"{RADIAL}/ColorSpace/DeviceRGB/Function {RAMP}/Extend[true true]",
}
for key, source in SHADINGS.items():
    parsed(f"shading_{key}", b"/S sh", Shading=f"<</S<<{source}>>>>")
    parsed(
        f"shading_pattern_{key}",
        b"/Pattern cs /P scn 20 20 150 60 re f",
        BulkInserter=f"<</P<</PatternType 2/Matrix[1 0 0 1 5 5]/Shading<<{source}>>>>>>",
    )


def function_based(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    made = function(
        pdf,
        b"{2 copy mul 3 1 roll}",
        FunctionType=4,
        Domain=Array([0, 1, 0, 1]),
        Range=Array([0, 1] * 3),
    )
    page.Resources = Dictionary(
        Shading=Dictionary(
            S=Dictionary(
                ShadingType=1,
                ColorSpace=Name.DeviceRGB,
                Domain=Array([0, 1, 0, 1]),
                Matrix=Array([160, 0, 0, 80, 20, 10]),
                Function=made,
            )
        )
    )


odd("shading_function", b"/S sh", function_based)


def mesh(kind: int) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        corners = [(20, 10, 255, 0, 0), (180, 10, 0, 255, 0), (100, 90, 0, 0, 255)]
        if kind == 4:
            data = b"".join(struct.pack(">BHHBBB", 0, x, y, *c) for x, y, *c in corners)
        elif kind == 5:
            grid = [*corners[:2], (20, 90, 0, 0, 255), (180, 90, 255, 255, 0)]
            data = b"".join(struct.pack(">HHBBB", x, y, *c) for x, y, *c in grid)
        else:
            edge = [(20, 10), (20, 40), (20, 60), (20, 90), (80, 99), (120, 60), (180, 90)]
            edge += [(180, 60), (180, 40), (180, 10), (120, 30), (80, 1)]
            inner = [(70, 40), (70, 60), (130, 60), (130, 40)] if kind == 7 else []
            data = struct.pack(">B", 0) + b"".join(struct.pack(">HH", *p) for p in edge + inner)
            data += bytes((255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0))
        shading = pdf.make_stream(
            data,
            ShadingType=kind,
            ColorSpace=Name.DeviceRGB,
            BitsPerCoordinate=16,
            BitsPerComponent=8,
            Decode=Array([0, 65535, 0, 65535, 0, 1, 0, 1, 0, 1]),
        )
        if kind == 5:
            shading.VerticesPerRow = 2
        else:
            shading.BitsPerFlag = 8
        page.Resources = Dictionary(Shading=Dictionary(S=shading))

    return change


for number in (4, 5, 6, 7):
    odd(f"shading_mesh_{number}", b"/S sh", mesh(number))

# Pictures, 8.9

GRADIENT = Pillow.linear_gradient("L").resize((40, 20))
COLOURED = Pillow.merge("RGB", [GRADIENT, GRADIENT.rotate(180), Pillow.new("L", (40, 20), 90)])
SHOWN = b"q 180 0 0 80 10 10 cm /I Do Q"


def picture(data: bytes = b"", space: object = Name.DeviceRGB, **entries: object) -> Change:
    """Return a change that puts an image on the page, 40 x 20 pixels of 8 bits unless said."""
    ways = {key: entries.pop(key) for key in ("filter", "decode_parms") if key in entries}
    own: dict[str, object] = {"Width": 40, "Height": 20, "BitsPerComponent": 8}

    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        values = own | {
            key: value(pdf) if callable(value) else value for key, value in entries.items()
        }
        image = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Image)
        if space is not None:
            image.ColorSpace = space
        for key, value in values.items():
            image["/" + key] = value
        image.write(data or COLOURED.tobytes(), **ways)
        page.Resources = Dictionary(XObject=Dictionary(I=image))

    return change


def image(name: str, *arguments: Any, **entries: Any) -> None:
    odd(f"image_{name}", b"0.8 1 0.8 rg 0 0 200 100 re f\n" + SHOWN, picture(*arguments, **entries))


def file_of(kind: str, image: Pillow.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


GRAY8, CMYK8 = GRADIENT.tobytes(), COLOURED.convert("CMYK").tobytes()
image("rgb")
image("gray", GRAY8, Name.DeviceGray)
image("cmyk", CMYK8, Name.DeviceCMYK)
for bits in (1, 2, 4, 16):
    image(f"gray_{bits}_bits", bytes(range(160)) * 20, Name.DeviceGray, BitsPerComponent=bits)
image("indexed", GRAY8, Array([Name.Indexed, Name.DeviceRGB, 255, String(bytes(range(256)) * 3)]))
image("lab", space=pikepdf.Object.parse(LAB.encode()))
image("separation", GRAY8, pikepdf.Object.parse(f"[/Separation/S/DeviceCMYK {TINT4}]".encode()))
image("inverted", GRAY8, Name.DeviceGray, Decode=Array([1, 0]))
image("interpolated", Interpolate=True)
image("stencil", bytes(range(100)), None, ImageMask=True, BitsPerComponent=1)
image(
    "stencil_inverted", bytes(100), None, ImageMask=True, BitsPerComponent=1, Decode=Array([1, 0])
)
image("colour_key", GRAY8, Name.DeviceGray, Mask=Array([0, 100]))


def masking(stencil: bool, **entries: object) -> Callable[[pikepdf.Pdf], pikepdf.Object]:
    def mask(pdf: pikepdf.Pdf) -> pikepdf.Object:
        stream = pdf.make_stream(
            bytes(range(100))
            if stencil
            else GRADIENT.rotate(90, expand=True).resize((40, 20)).tobytes(),
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=40,
            Height=20,
            BitsPerComponent=1 if stencil else 8,
            **entries,
        )
        if stencil:
            stream.ImageMask = True
        else:
            stream.ColorSpace = Name.DeviceGray
        return stream

    return mask


image("explicit_mask", Mask=masking(stencil=True))
image("soft_mask", SMask=masking(stencil=False))
image("soft_mask_decode", SMask=masking(stencil=False, Decode=Array([1, 0])))
image("soft_mask_matte", SMask=masking(stencil=False, Matte=Array([0, 0, 0])))
image("jpeg", file_of("JPEG", COLOURED), filter=Name.DCTDecode)
image("jpeg_gray", file_of("JPEG", GRADIENT), Name.DeviceGray, filter=Name.DCTDecode)
image("jpeg_progressive", file_of("JPEG", COLOURED, progressive=True), filter=Name.DCTDecode)
image(
    "jpeg_cmyk",
    file_of("JPEG", COLOURED.convert("CMYK")),
    Name.DeviceCMYK,
    filter=Name.DCTDecode,
    Decode=Array([1, 0] * 4),
)
image("jpeg_short_name", file_of("JPEG", COLOURED), filter=Name.DCT)
image("jpeg_cut_off", file_of("JPEG", COLOURED)[:-200], filter=Name.DCTDecode)
image(
    "jpeg_in_hex",
    file_of("JPEG", COLOURED).hex().encode() + b">",
    filter=Array([Name.AHx, Name.DCT]),
)
image("jpeg_2000", file_of("JPEG2000", COLOURED), None, filter=Name.JPXDecode)
image(
    "fax",
    zlib.decompress(zlib.compress(b"\x00\x10\x01" * 10)),
    Name.DeviceGray,
    BitsPerComponent=1,
    filter=Name.CCITTFaxDecode,
    decode_parms=Dictionary(K=-1, Columns=40, Rows=20),
)
image("short_data", COLOURED.tobytes()[:1000])


def predicted(kind: int) -> bytes:
    rows = COLOURED.tobytes()
    if kind == 2:
        lines = []
        for at in range(0, len(rows), 120):
            line = rows[at : at + 120]
            lines.append(
                bytes((b - (line[i - 3] if i > 2 else 0)) % 256 for i, b in enumerate(line))
            )
        return zlib.compress(b"".join(lines))
    return zlib.compress(b"".join(b"\0" + rows[at : at + 120] for at in range(0, len(rows), 120)))


for number in (2, 10, 15):
    image(
        f"predictor_{number}",
        predicted(number),
        filter=Name.FlateDecode,
        decode_parms=Dictionary(Predictor=number, Colors=3, BitsPerComponent=8, Columns=40),
    )


def runs(data: bytes) -> bytes:
    blocks = (data[at : at + 128] for at in range(0, len(data), 128))
    return b"".join(bytes((len(block) - 1,)) + block for block in blocks) + b"\x80"


def ascii85(data: bytes) -> bytes:
    import base64

    return base64.a85encode(data) + b"~>"


def lzw(data: bytes) -> bytes:
    """Pack without packing: a clear code before the codes would grow."""
    codes: list[int] = []
    for at in range(0, len(data), 200):
        codes += [256, *data[at : at + 200]]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


PACKED = {
    "hex": (lambda d: d.hex().encode() + b">", "ASCIIHexDecode", "AHx"),
    "85": (ascii85, "ASCII85Decode", "A85"),
    "flate": (zlib.compress, "FlateDecode", "Fl"),
    "runs": (runs, "RunLengthDecode", "RL"),
    "lzw": (lzw, "LZWDecode", "LZW"),
}
for key, (pack, long, short) in PACKED.items():
    for name in dict.fromkeys((long, short)):
        image(f"packed_{key}_{name}", pack(COLOURED.tobytes()), filter=Name("/" + name))

        def packed_content(pdf: pikepdf.Pdf, page: pikepdf.Object, pack=pack, name=name) -> None:
            page.Contents.write(pack(MARKS), filter=Array([Name("/" + name)]))

        odd(f"content_packed_{key}_{name}", MARKS, packed_content)
image(
    "packed_twice",
    ascii85(zlib.compress(COLOURED.tobytes())),
    filter=Array([Name.A85, Name.Fl]),
    decode_parms=Array([None, Dictionary(Predictor=1)]) if False else None,
)
image(
    "crypt_identity",
    zlib.compress(COLOURED.tobytes()),
    filter=Array([Name.Crypt, Name.FlateDecode]),
    decode_parms=Array(
        [Dictionary(Type=Name.CryptFilterDecodeParms, Name=Name.Identity), Dictionary()]
    ),
)
odd(
    "image_inline",
    b"q 180 0 0 80 10 10 cm BI /W 4 /H 2 /BPC 8 /CS /G ID \x00\x40\x80\xc0\xff\xa0\x60\x20 EI Q",
)
odd(
    "image_inline_hex",
    b"q 90 0 0 80 9 9 cm BI /W 2 /H 1 /BPC 8 /CS /RGB /F /AHx ID ff000000ff00> EI Q",
)
odd(
    "image_inline_mask",
    b"1 0 0 rg q 90 0 0 80 9 9 cm BI /W 8 /H 2 /IM true /D[1 0] ID \xa5\x5a EI Q",
)
odd(
    "image_inline_long_names",
    b"q 90 0 0 80 9 9 cm BI /Width 1 /Height 2 /BitsPerComponent 8 "
    b"/ColorSpace /DeviceGray ID \x33\x99 EI Q",
)
parsed(
    "image_inline_resource_space",
    b"q 90 0 0 80 9 9 cm BI /W 2 /H 1 /BPC 8 /CS /C ID \x00\x01 EI Q",
    ColorSpace="<</C[/Indexed/DeviceRGB 1<ff000000ff00>]>>",
)

# Text, 9

for base in STANDARD.split():
    parsed(f"font_{base}", WORDS, Font=f"<</F<</Type/Font/Subtype/Type1/BaseFont/{base}>>>>")
HELVETICA = "/Type/Font/Subtype/Type1/BaseFont/Helvetica"
for number in range(8):
    parsed(
        f"text_mode_{number}",
        b"q 0.5 g 1 0 0 RG BT /F 40 Tf %d Tr 15 30 Td (Gate) Tj ET 0 0 200 50 re f Q" % number,
        Font=f"<</F<<{HELVETICA}>>>>",
    )
TEXTS = {
    "spacing": b"BT /F 18 Tf 3 Tc 8 Tw 80 Tz 10 70 Td (A b c) Tj 5 Ts (up) Tj ET",
    "lines": b"BT /F 14 Tf 16 TL 10 80 Td (one) Tj T* (two) Tj (three) ' 1 2 (four) \" ET",
    "moved": b"BT /F 14 Tf 10 80 Td (a) Tj 20 -15 TD (b) Tj T* (c) Tj 1 .3 -.3 1 9 20 Tm (d) Tj ET",
    "kerned": b"BT /F 24 Tf 10 50 Td [(T) 120 (ick) -500 (et)] TJ ET",
    "escapes": b"BT /F 18 Tf 10 50 Td (a\\(b\\)\\101\\\n c\\\\) Tj <4142 43> Tj ET",
    "open": b"BT /F 18 Tf 10 50 Td (never closed) Tj",
}
for key, drawn in TEXTS.items():
    parsed(f"text_{key}", drawn, Font=f"<</F<<{HELVETICA}>>>>")
for encoding in ("WinAnsiEncoding", "MacRomanEncoding", "StandardEncoding"):
    parsed(
        f"font_{encoding}",
        b"BT /F 20 Tf 15 50 Td (\\304\\326\\334 \\374\\200) Tj ET",
        Font=f"<</F<<{HELVETICA}/Encoding/{encoding}>>>>",
    )
DIFFERENCES = "<</Type/Encoding/BaseEncoding/WinAnsiEncoding/Differences[1/Lslash/eacute 65/B]>>"
parsed(
    "font_differences",
    b"BT /F 20 Tf 15 50 Td (\\001\\002A) Tj ET",
    Font=f"<</F<<{HELVETICA}/Encoding {DIFFERENCES}>>>>",
)
parsed("font_widths", WORDS, Font=f"<</F<<{HELVETICA}/FirstChar 84/LastChar 84/Widths[900]>>>>")
parsed("font_unknown", WORDS, Font="<</F<</Type/Font/Subtype/TrueType/BaseFont/Nowhere#20Sans>>>>")
parsed("font_bytes", WORDS, Font="<</F<</Type/Font/Subtype/TrueType/BaseFont/#cb#ce#cc#e5>>>>")
parsed(
    "font_descriptor_bytes",
    WORDS,
    Font="<</F<</Type/Font/Subtype/TrueType/BaseFont/#cb#ce/Encoding/WinAnsiEncoding/FontDescriptor"
    "<</Type/FontDescriptor/FontName/#cb#ce/Flags 32/Ascent 800/Descent -200/ItalicAngle 0"
    "/StemV 80/CapHeight 700/FontBBox[0 -200 1000 800]>>>>>>",
)


def embedded(kind: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        program = (FONTS / "NotoSansSymbols-Regular.ttf").read_bytes()
        file = pdf.make_stream(program, Length1=len(program))
        descriptor = pdf.make_indirect(
            Dictionary(
                Type=Name.FontDescriptor,
                FontName=Name("/ABCDEF+Noto"),
                Flags=4 if kind != "win" else 32,
                FontBBox=Array([-500, -300, 1500, 1000]),
                Ascent=1000,
                Descent=-300,
                ItalicAngle=0,
                StemV=80,
                CapHeight=700,
                FontFile2=file,
            )
        )
        if kind in ("win", "symbolic"):
            font = Dictionary(
                Type=Name.Font,
                Subtype=Name.TrueType,
                BaseFont=Name("/ABCDEF+Noto"),
                FirstChar=32,
                LastChar=126,
                Widths=Array([600] * 95),
                FontDescriptor=descriptor,
            )
            if kind == "win":
                font.Encoding = Name.WinAnsiEncoding
        else:
            descendant = Dictionary(
                Type=Name.Font,
                Subtype=Name.CIDFontType2,
                BaseFont=Name("/ABCDEF+Noto"),
                CIDSystemInfo=Dictionary(
                    Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
                ),
                FontDescriptor=descriptor,
                DW=700,
                W=Array([20, Array([500, 900]), 30, 40, 600]),
                CIDToGIDMap=Name.Identity,
            )
            if kind == "mapped":
                descendant.CIDToGIDMap = pdf.make_stream(
                    b"".join(struct.pack(">H", 300 - i) for i in range(200))
                )
            font = Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name("/ABCDEF+Noto"),
                Encoding=Name("/Identity-V") if kind == "vertical" else Name("/Identity-H"),
                DescendantFonts=Array([descendant]),
            )
            if kind == "cmap":
                font.Encoding = pdf.make_stream(
                    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
                    b"/CIDSystemInfo 3 dict dup begin /Registry (Adobe) def /Ordering "
                    b"(Identity) def /Supplement 0 def end def /CMapName /Own def /CMapType 1 def\n"
                    b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
                    b"1 begincidrange <0000> <00FF> 20 endcidrange\nendcmap end end",
                    Type=Name.CMap,
                    CMapName=Name.Own,
                    CIDSystemInfo=Dictionary(
                        Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
                    ),
                )
        page.Resources = Dictionary(Font=Dictionary(F=font))

    return change


for kind in ("win", "symbolic"):
    odd(f"font_embedded_{kind}", b"BT /F 24 Tf 15 50 Td (ABC 123) Tj ET", embedded(kind))
for kind in ("identity", "mapped", "vertical", "cmap"):
    odd(f"font_composite_{kind}", b"BT /F 24 Tf 30 70 Td <0014001500200021> Tj ET", embedded(kind))
for collection, cmap in (("Japan1", "UniJIS-UCS2-H"), ("GB1", "GBK-EUC-H")):
    parsed(
        f"font_predefined_{collection}",
        b"BT /F 24 Tf 15 50 Td <0041004230423044> Tj ET",
        Font=f"<</F<</Type/Font/Subtype/Type0/BaseFont/Ming/Encoding/{cmap}/DescendantFonts[<<"
        f"/Type/Font/Subtype/CIDFontType0/BaseFont/Ming/CIDSystemInfo<</Registry(Adobe)/Ordering"
        f"({collection})/Supplement 2>>>>]>>>>",
    )


def drawn_font(glyph: bytes, **entries: object) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, 1, 1]),
            FontMatrix=Array([1, 0, 0, 1, 0, 0]),
            CharProcs=Dictionary(a=pdf.make_stream(glyph)),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])),
            FirstChar=97,
            LastChar=97,
            Widths=Array([1.1]),
        )
        for key, value in entries.items():
            font["/" + key] = value
        logo = form(pdf, b"0 0.5 1 rg 0 0 0.8 0.8 re f", Resources=Dictionary())
        page.Resources = Dictionary(Font=Dictionary(F=font), XObject=Dictionary(L=logo))

    return change


LETTERS = b"1 0 0 rg BT /F 30 Tf 20 30 Td (aaa) Tj ET"
odd("type_3_d1", LETTERS, drawn_font(b"1 0 0 0 1 1 d1 0 0 0.8 0.8 re f", Resources=Dictionary()))
odd("type_3_d0", LETTERS, drawn_font(b"1 0 d0 0 0 1 rg 0 0 0.8 0.8 re f", Resources=Dictionary()))
odd(
    "type_3_image",
    LETTERS,
    drawn_font(b"1 0 0 0 1 1 d1 BI /W 8 /H 2 /IM true ID \xa5\x5a EI", Resources=Dictionary()),
)
odd("type_3_of_the_page", LETTERS, drawn_font(b"1 0 d0 /L Do"))

# Graphics states and transparency, 8.4, 11

STATES = {
    "line": "/LW 8/LC 1/LJ 1/ML 3/D[[12 4] 0]",
    "alpha": "/ca 0.4/CA 0.6",
    "alpha_shape": "/ca 0.4/AIS true/TK false",
    "overprint": "/OP true/op true/OPM 1",
    "adjusted": "/SA true/FL 2/RI/Saturation/SM 0.01",
    "no_mask": "/SMask/None/BM/Normal",
    "blend_array": "/BM[/Unknown/Multiply]",
    "transfer": "/TR/Identity/TR2/Default/BG2/Default/UCR2/Default",
    "halftone": "/HT<</HalftoneType 1/Frequency 60/Angle 45/SpotFunction/Round>>",
}
OVER = b"0.9 0.8 0.2 rg 0 0 120 100 re f /G gs 0.2 0.4 0.9 rg 1 0 0 RG 40 20 120 60 re B"
for key, source in STATES.items():
    parsed(f"state_{key}", OVER, ExtGState=f"<</G<</Type/ExtGState{source}>>>>")
for blend in BLENDS.split():
    parsed(f"blend_{blend}", OVER, ExtGState=f"<</G<</BM/{blend}/ca 0.8>>>>")
parsed(
    "state_font",
    b"/G gs BT 10 40 Td (From the state) Tj ET",
    ExtGState=f"<</G<</Font[<<{HELVETICA}>> 20]>>>>",
)


def soft(kind: Name, **entries: object) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
        shape = form(pdf, b"0.3 g 0 0 100 100 re f 1 g 120 0 60 100 re f", Group=group)
        mask = Dictionary(Type=Name.Mask, S=kind, G=shape)
        for key, value in entries.items():
            mask["/" + key] = value
        page.Resources = Dictionary(ExtGState=Dictionary(G=Dictionary(SMask=mask)))

    return change


INVERSE = pikepdf.Object.parse(b"<</FunctionType 2/Domain[0 1]/C0[1]/C1[0]/N 1>>")
odd("soft_mask_luminosity", b"/G gs\n" + MARKS, soft(Name.Luminosity))
odd("soft_mask_alpha", b"/G gs\n" + MARKS, soft(Name.Alpha))
odd("soft_mask_backdrop", b"/G gs\n" + MARKS, soft(Name.Luminosity, BC=Array([0.5])))
odd("soft_mask_transfer", b"/G gs\n" + MARKS, soft(Name.Luminosity, TR=INVERSE))


def group(isolated: bool, knockout: bool) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        entries = Dictionary(S=Name.Transparency, I=isolated, K=knockout, CS=Name.DeviceRGB)
        content = b"/M gs 1 0 0 rg 20 20 80 60 re f 0 0 1 rg 60 40 80 50 re f"
        state = Dictionary(M=Dictionary(BM=Name.Multiply, ca=0.7))
        logo = form(pdf, content, Group=entries, Resources=Dictionary(ExtGState=state))
        page.Resources = Dictionary(XObject=Dictionary(L=logo))

    return change


for isolated in (False, True):
    for knockout in (False, True):
        odd(
            f"group_{isolated}_{knockout}".lower(),
            b"0.7 0.9 0.5 rg 0 0 200 50 re f /L Do",
            group(isolated, knockout),
        )
odd(
    "page_group",
    OVER,
    lambda pdf, page: (
        page.__setitem__("/Group", Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK))
        or written("", ExtGState="<</G<</BM/Multiply>>>>")(pdf, page)
    ),
)

# Forms, 8.10


def forms(*contents: bytes, resources: bool = True, **entries: object) -> Change:
    """Return a change with forms F0, F1 and so on, each painting the next if it likes."""

    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        every = Dictionary()
        for number, content in enumerate(contents):
            made = form(pdf, content, **entries)
            if resources:
                made.Resources = Dictionary(XObject=every)
            every[f"/F{number}"] = made
        # Direct dictionaries are copied when they are set, so it is set at the end.
        shared = pdf.make_indirect(every)
        for number in range(len(contents)):
            if resources:
                shared[f"/F{number}"].Resources = Dictionary(XObject=shared)
        page.Resources = Dictionary(
            XObject=shared, Font=pikepdf.Object.parse(f"<</F<<{HELVETICA}>>>>".encode())
        )

    return change


def chain(depth: int) -> list[bytes]:
    return [*(b"q 0.97 0 0 0.97 2 1 cm /F%d Do Q" % (at + 1) for at in range(depth - 1)), MARKS]


odd("form_matrix", b"/F0 Do", forms(MARKS, Matrix=Array([0.5, 0.2, -0.2, 0.5, 40, 10])))
odd("form_clips", b"/F0 Do", forms(b"1 0 0 rg -50 -50 400 400 re f", BBox2=1))
odd("form_many_times", b"q 0.3 0 0 0.3 0 0 cm /F0 Do 1 0 0 1 220 50 cm /F0 Do Q", forms(MARKS))
for depth in (5, 20, 30, 39):
    odd(f"forms_deep_{depth}", b"/F0 Do", forms(*chain(depth)))
    odd(f"forms_deep_flat_{depth}", b"/F0 Do", forms(*chain(depth), resources=False))
odd("form_with_page_font", b"/F0 Do", forms(WORDS, resources=False))
odd("form_borrows_page_font", b"/F0 Do", forms(WORDS, b""))
odd("form_names_nothing", b"/Gone Do /F0 Do", forms(b"/Lost Do " + MARKS))


def borrowing_twice(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    logo = form(pdf, WORDS, Resources=Dictionary(ProcSet=Array([Name.PDF])))
    outer = form(pdf, b"/L Do", Resources=Dictionary(XObject=Dictionary(L=logo)))
    page.Resources = Dictionary(
        XObject=Dictionary(O=outer),
        Font=pikepdf.Object.parse(f"<</F<<{HELVETICA}>>>>".encode()),
    )


odd("form_borrows_through_another", b"/O Do", borrowing_twice)
parsed("names_with_bytes", b"/G#fc gs " + MARKS, ExtGState=b"<</G#fc<</ca 0.3>>>>")


def named_by_bytes(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    made = pikepdf.Object.parse(b"<</B#e4r#20#2f 1>>")
    del made
    page.Resources = Dictionary(XObject=Dictionary())
    page.Resources.XObject = pikepdf.Object.parse(b"<</B#e4r null>>")
    key = next(iter(pikepdf.Object.parse(b"<</B#e4r 1>>").keys()))
    page.Resources.XObject[key] = form(pdf, MARKS)


odd("form_named_by_bytes", b"/B#e4r Do", named_by_bytes)
odd("form_named_by_raw_bytes", b"/B\xe4r Do", named_by_bytes)

# Pages, 7.7.3 and 14.11.2


def page_of(**entries: object) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        for key, value in entries.items():
            page["/" + key] = value

    return change


for turn in (90, 180, 270, -90):
    odd(f"page_turned_{turn}", MARKS, page_of(Rotate=turn))
    odd(
        f"page_turned_{turn}_cropped", MARKS, page_of(Rotate=turn, CropBox=Array([10, 20, 170, 90]))
    )
odd("page_box_elsewhere", MARKS, page_of(MediaBox=Array([-20, -30, 180, 70])))
odd("page_box_backwards", MARKS, page_of(MediaBox=Array([200, 100, 0, 0])))
odd("page_crop_larger", MARKS, page_of(CropBox=Array([-50, -50, 350, 170])))
odd(
    "page_trim_and_bleed",
    MARKS,
    page_of(TrimBox=Array([9, 9, 99, 90]), BleedBox=Array([5, 5, 99, 99])),
)
ODD["content_cut_anywhere"] = partial(make, [b"1 0 0 r", b"g 10 10 50", b"50 re f"])
ODD["content_in_pieces"] = partial(
    make, [b"1 0 0 rg 10 10", b" 50 50 re", b"f q 2 w", b"0 0 m 99 99 l S Q"]
)

# Layers, 8.11


def layered(state: str, way: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Layer")))
        pdf.Root.OCProperties = Dictionary(
            OCGs=Array([layer]), D=Dictionary({"/" + state: Array([layer])})
        )
        membership = Dictionary(Type=Name.OCMD, OCGs=Array([layer]), P=Name.AllOn)
        logo = form(pdf, b"1 0 0 rg 60 0 30 30 re f")
        logo.OC = layer
        page.Resources = Dictionary(
            Properties=Dictionary(L=membership if way == "membership" else layer),
            XObject=Dictionary(F=logo),
        )

    return change


for state in ("ON", "OFF"):
    for way in ("group", "membership"):
        odd(
            f"layer_{state}_{way}".lower(),
            b"/OC /L BDC 0 0 1 rg 0 0 50 50 re f EMC /F Do 0 1 0 rg 100 0 30 30 re f",
            layered(state, way),
        )

# Annotations and fields with appearances, 12.5


def annotated(subtype: str, flags: int = 4, **entries: object) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        look = form(pdf, b"1 0.5 0 rg 0 0 40 20 re f 0 0 1 RG 4 w 0 0 40 20 re S")
        look.BBox = Array([0, 0, 40, 20])
        item = Dictionary(Type=Name.Annot, Subtype=Name("/" + subtype), F=flags)
        item.Rect, item.AP = Array([30, 20, 130, 80]), Dictionary(N=look)
        for key, value in entries.items():
            item["/" + key] = value(look) if callable(value) else value
        annotation = pdf.make_indirect(item)
        page.Annots = Array([annotation])
        if subtype == "Widget":
            pdf.Root.AcroForm = Dictionary(Fields=Array([annotation]))

    return change


QUADS = Array([30, 80, 130, 80, 30, 20, 130, 20])
CORNERS = Array([30, 20, 130, 80, 100, 20])
DETAILS: dict[str, dict[str, object]] = {
    "Highlight": {"QuadPoints": QUADS},
    "Underline": {"QuadPoints": QUADS},
    "StrikeOut": {"QuadPoints": QUADS},
    "Polygon": {"Vertices": CORNERS},
    "PolyLine": {"Vertices": CORNERS},
    "FileAttachment": {"FS": String("a.txt")},
    "Line": {"L": Array([30, 20, 130, 80])},
    "Ink": {"InkList": Array([CORNERS])},
}
for subtype in ANNOTATIONS.split():
    odd(f"annotation_{subtype}", MARKS, annotated(subtype, **DETAILS.get(subtype, {})))
odd("annotation_hidden", MARKS, annotated("Stamp", 6))
odd("annotation_over_open_content", b"q 0.5 0 0 0.5 0 0 cm " + MARKS, annotated("Stamp"))
odd(
    "annotation_on_turned_page",
    MARKS,
    lambda pdf, page: (annotated("Stamp")(pdf, page), page.__setitem__("/Rotate", 90))[0],
)
odd("field_text", MARKS, annotated("Widget", FT=Name.Tx, T=String("a"), V=String("x")))
for state in ("Yes", "Off"):
    odd(
        f"field_check_{state}".lower(),
        MARKS,
        annotated(
            "Widget",
            FT=Name.Btn,
            T=String("a"),
            V=Name("/" + state),
            AS=Name("/" + state),
            AP=lambda look: Dictionary(N=Dictionary(Yes=look)),
        ),
    )

# Files, 7.5 and 7.6

for revision in (2, 3, 4, 6):
    locked = pikepdf.Encryption(
        user="", owner="o", R=revision, aes=revision > 3, metadata=revision > 3
    )
    odd(f"file_locked_{revision}", MARKS, page_of(), encryption=locked)
    open_to_all = pikepdf.Encryption(
        user="", owner="", R=revision, aes=revision > 3, metadata=revision > 3
    )
    odd(f"file_locked_without_password_{revision}", MARKS, page_of(), encryption=open_to_all)
odd("file_linearized", MARKS, page_of(), linearize=True)
odd("file_object_streams", MARKS, page_of(), object_stream_mode=ObjectStreamMode.generate)
odd("file_qdf", MARKS, page_of(), qdf=True)


def stream(data: bytes, entries: bytes = b"", length: int | None = None) -> bytes:
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (
        len(data) if length is None else length,
        entries,
        data,
    )


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
LEAF = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>"


def by_hand(
    pages: bytes = b"<</Type/Pages/Kids[3 0 R]/Count 1>>", leaf: bytes = LEAF, *more: bytes
) -> bytes:
    return raw(CATALOG, pages, leaf, stream(MARKS), *more)


SOUND = by_hand()
ODD |= {
    "broken_start": lambda: re.sub(rb"startxref\n\d+", b"startxref\n7", SOUND),
    "broken_no_end": lambda: SOUND[: SOUND.rindex(b"startxref")],
    "broken_offsets": lambda: re.sub(rb"(\d{10}) 00000 n", b"0000000009 00000 n", SOUND),
    "broken_table_short": lambda: SOUND.replace(b"xref\n0 5", b"xref\n0 3", 1),
    "broken_xref_from_1": lambda: SOUND.replace(b"xref\n0 5", b"xref\n1 5", 1),
    "broken_prev_loop": lambda: SOUND.replace(
        b"trailer\n<<", b"trailer\n<</Prev %d" % SOUND.rindex(b"xref\n0")
    ),
    "broken_prev_nowhere": lambda: SOUND.replace(b"trailer\n<<", b"trailer\n<</Prev 99999999"),
    "broken_length_short": lambda: raw(
        CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", LEAF, stream(MARKS, length=7)
    ),
    "broken_length_long": lambda: raw(
        CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", LEAF, stream(MARKS, length=70_000)
    ),
    "broken_no_endobj": lambda: SOUND.replace(b"\nendobj", b""),
    "broken_junk_around": lambda: b"junk\n" * 20 + SOUND + b"\n<html>junk" * 50,
    "broken_count": lambda: by_hand(b"<</Type/Pages/Kids[3 0 R]/Count 7>>"),
    "broken_no_types": lambda: by_hand(
        b"<</Kids[3 0 R]/Count 1>>", LEAF.replace(b"/Type/Page", b"")
    ),
    "broken_tree_loop": lambda: by_hand(b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2>>"),
    "broken_tree_twice": lambda: by_hand(b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>"),
    "broken_tree_null": lambda: by_hand(b"<</Type/Pages/Kids[3 0 R null 99 0 R]/Count 3>>"),
    "broken_parent": lambda: by_hand(leaf=LEAF.replace(b"/Parent 2 0 R", b"/Parent 3 0 R")),
    "broken_no_parent": lambda: by_hand(leaf=LEAF.replace(b"/Parent 2 0 R", b"")),
    "broken_flate": lambda: raw(
        CATALOG,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        LEAF,
        stream(zlib.compress(MARKS)[:-6], b"/Filter/FlateDecode"),
    ),
    "broken_version": lambda: SOUND.replace(b"%PDF-1.7", b"%PDF-9.x", 1),
    "file_carriage_returns": lambda: by_hand(leaf=LEAF.replace(b"/", b"\r/")),
    "file_updated": lambda: (
        SOUND
        + b"\n4 0 obj\n"
        + stream(b"1 0 0 rg 0 0 99 99 re f")
        + b"\nendobj\nxref\n4 1\n%010d 00000 n \ntrailer\n<</Size 5/Root 1 0 R/Prev %d>>\n"
        b"startxref\n%d\n%%%%EOF"
        % (
            len(SOUND) + 1,
            SOUND.rindex(b"xref\n0"),
            len(SOUND) + 1 + len(b"4 0 obj\n" + stream(b"1 0 0 rg 0 0 99 99 re f") + b"\nendobj\n"),
        )
    ),
}


def indirect(data: bytes) -> bytes:
    """Return a PDF all of whose values below its pages' resources are objects of their own."""
    pdf = pikepdf.open(io.BytesIO(data))
    seen: set[tuple[int, int]] = set()

    def spread(owner: pikepdf.Object) -> None:
        if owner.is_indirect:
            if owner.objgen in seen:
                return
            seen.add(owner.objgen)
        places: Iterable[Any] = (
            range(len(owner))
            if isinstance(owner, Array)
            else [k for k in list(owner.keys()) if k not in KEPT]
        )
        for place in list(places):
            value = owner[place]
            if isinstance(value, Dictionary | Array | pikepdf.Stream):
                spread(value)
            if isinstance(value, pikepdf.Object) and value.is_indirect:
                continue
            if value is not None:
                owner[place] = pdf.make_indirect(value)

    for page in pdf.pages:
        if "/Resources" in page.obj:
            spread(page.obj.Resources)
    file = io.BytesIO()
    pdf.save(file)
    return file.getvalue()


KEPT = frozenset(("/Length", "/Parent", "/P"))
SPREAD = [
    name
    for name in ODD
    if name.split("_")[0]
    in ("space", "icc", "tiling", "shading", "image", "font", "type", "state", "soft", "group")
    and not name.startswith(("image_inline", "font_Times", "font_Courier", "image_gray"))
]
for name in SPREAD:
    ODD[f"indirect_{name}"] = lambda name=name: indirect(ODD[name]())


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, build in ODD.items():
        (folder / f"{name}.pdf").write_bytes(build())
    print(f"{len(ODD)} files in {folder}")


if __name__ == "__main__":
    main()
