"""Feed damaged PDFs and pictures to the engine's doors, for as long as you like.

    python benchmarks/fuzz_hostile.py --seconds 600

Holds if every file is read or refused by our own errors, no child process outlives its time or
outgrows its memory, and no picture takes long. What does not hold is saved and named.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import resource
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image as Pillow
from PIL import ImageCms

from counterfoil.render.background import Limits, compile_background
from counterfoil.render.errors import BackgroundError, ImageError
from counterfoil.render.images import read_image

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LIMITS = Limits(cpu_s=5, wall_s=20)
GRACE_S = 3
PICTURE_S = 10
EXTREMES = [b"0", b"-1", b"1", b"65535", b"2147483647", b"-2147483648", b"99999999999", b"1e9"]


def rainbow() -> Pillow.Image:
    return Pillow.merge("RGB", [Pillow.linear_gradient("L").rotate(90 * i) for i in range(3)])


def pictures() -> list[bytes]:
    """Return sound pictures of every kind we read."""
    return [
        *(saved(rainbow().resize((40, 30)).convert(mode), "PNG") for mode in ("1", "L", "P")),
        *(saved(rainbow().resize((40, 30)).convert(mode), "PNG") for mode in ("LA", "RGBA")),
        *(saved(rainbow().convert(mode), "JPEG") for mode in ("L", "RGB", "CMYK")),
        saved(rainbow(), "JPEG", progressive=True),
        saved(rainbow().resize((40, 30)), "GIF"),
        *(
            saved(rainbow().resize((40, 30)), kind, icc_profile=SRGB)
            for kind in ("PNG", "JPEG", "WEBP", "AVIF")
        ),
    ]


def saved(picture: Pillow.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def backgrounds() -> list[bytes]:
    """Return sound PDFs with something of everything, packed in several ways."""
    ways: list[dict[str, object]] = [
        {"qdf": True, "object_stream_mode": pikepdf.ObjectStreamMode.disable},
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"encryption": pikepdf.Encryption(user="", owner="owner")},
        {"linearize": True},
    ]
    return [background(way) for way in ways]


def background(way: dict[str, object]) -> bytes:
    pdf = pikepdf.new()
    picture = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Image, Width=256, Height=256)
    picture.write(saved(rainbow(), "JPEG"), filter=Name.DCTDecode)
    picture.ColorSpace, picture.BitsPerComponent = Name.DeviceRGB, 8
    logo = pdf.make_stream(
        b"1 0 0 rg 0 0 50 50 re f /I Do",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 100, 100]),
        Resources=Dictionary(XObject=Dictionary(I=picture)),
    )
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=pikepdf.String("Layer")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
    function = Dictionary(FunctionType=2, Domain=Array([0, 1]), N=1, C0=Array([0]), C1=Array([1]))
    shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceGray, Function=function)
    shading.Coords = Array([0, 0, 100, 0])
    group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
    mask = pdf.make_stream(b"1 g 0 0 9 9 re f", Subtype=Name.Form, Group=group)
    mask.BBox = Array([0, 0, 100, 100])
    itself = pdf.make_stream(b"/R Do /I Do", Subtype=Name.Form, BBox=Array([0, 0, 100, 100]))
    itself.Resources = Dictionary(XObject=Dictionary(R=itself, I=picture))
    bare = pdf.make_stream(b"/I Do /R Do", Subtype=Name.Form, BBox=Array([0, 0, 100, 100]))
    profile = pdf.make_stream(SRGB, N=3)
    pdf.Root.OutputIntents = Array(
        [Dictionary(S=Name.GTS_PDFX, DestOutputProfile=profile, Info=pikepdf.String("sRGB"))]
    )
    for rotate in (0, 90):
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        page.Rotate = rotate
        page.Contents = pdf.make_stream(
            b"q 50 0 0 50 0 0 cm /I Do Q /L Do /S sh /OC /O BDC 0 0 9 9 re f EMC /G gs "
            b"/R Do /N Do /C cs 1 0 0 sc 0 0 9 9 re f "
            b"BT /F 12 Tf 10 50 Td (Ticket) Tj ET"
        )
        page.Resources = Dictionary(
            XObject=Dictionary(I=picture, L=logo, R=itself, N=bare),
            ColorSpace=Dictionary(C=Array([Name.ICCBased, profile])),
            Shading=Dictionary(S=shading),
            ExtGState=Dictionary(G=Dictionary(ca=0.5, SMask=Dictionary(S=Name.Luminosity, G=mask))),
            Properties=Dictionary(O=layer),
            Font=Dictionary(F=Dictionary(Subtype=Name.Type1, BaseFont=Name.Helvetica)),
        )
        note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, F=4, AP=Dictionary(N=logo))
        note.Rect = Array([10, 10, 60, 60])
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, F=4, Ff=4096)
        field.T, field.V = pikepdf.String("a"), pikepdf.String("Gate 7 opens at 18:00")
        field.Rect, field.Q, field.DA = Array([100, 10, 190, 60]), 1, pikepdf.String("/H 0 Tf 0 g")
        box = Dictionary(Type=Name.Annot, Subtype=Name.Square, F=4, C=Array([1, 0, 0]))
        box.Rect = Array([5, 5, 50, 50])
        page.Annots = Array([pdf.make_indirect(item) for item in (note, field, box)])
    file = io.BytesIO()
    pdf.save(file, **way)
    return file.getvalue()


def flip(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 12)):
        data[dice.randrange(len(data))] = dice.randrange(256)


def cut(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    del data[start : start + dice.randint(1, 200)]


def repeat(data: bytearray, dice: random.Random) -> None:
    start, length = dice.randrange(len(data)), dice.randint(1, 400)
    data[start:start] = data[start : start + length] * dice.choice([1, 2, 50])


def exaggerate(data: bytearray, dice: random.Random) -> None:
    """Replace a number by one that programs dislike."""
    numbers = list(re.finditer(rb"-?\d+", bytes(data)))
    if numbers:
        found = dice.choice(numbers)
        data[found.start() : found.end()] = dice.choice(EXTREMES)


def swap(data: bytearray, dice: random.Random) -> None:
    """Put one name or reference in the place of another."""
    words = list(re.finditer(rb"/[A-Za-z0-9]+|\d+ 0 R", bytes(data)))
    if len(words) > 1:
        one, other = dice.sample(words, 2)
        data[one.start() : one.end()] = other[0]


def inflate(data: bytearray, dice: random.Random) -> None:
    """Put a bomb in the place of some bytes."""
    start = dice.randrange(len(data))
    data[start:start] = zlib.compress(bytes(dice.choice([10**6, 10**8])), 9)


MUTATIONS: list[Callable[[bytearray, random.Random], None]] = [
    *(flip, cut, repeat, inflate),
    *(exaggerate, swap) * 3,
]


def mutate(sound: bytes, dice: random.Random) -> bytes:
    data = bytearray(sound)
    for _ in range(dice.randint(1, 5)):
        dice.choice(MUTATIONS)(data, dice)
        if not data:
            break
    return bytes(data)


def try_picture(data: bytes) -> str:
    started = time.monotonic()
    try:
        read_image(data)
        outcome = "picture read"
    except ImageError as error:
        outcome = f"picture refused: {_short(error)}"
    if time.monotonic() - started > PICTURE_S:
        raise AssertionError(f"a picture took {time.monotonic() - started:.0f} s")
    return outcome


def try_background(data: bytes) -> str:
    started = time.monotonic()
    try:
        compile_background(data, LIMITS)
        outcome = "background compiled"
    except BackgroundError as error:
        outcome = f"background refused: {_short(error)}"
    if time.monotonic() - started > LIMITS.wall_s + GRACE_S:
        raise AssertionError(f"a background took {time.monotonic() - started:.0f} s")
    if _peak(resource.RUSAGE_CHILDREN) > LIMITS.memory:
        raise AssertionError(f"a child took {_peak(resource.RUSAGE_CHILDREN)} bytes")
    return outcome


def _short(error: Exception) -> str:
    return re.sub(r"\d+", "N", str(error))[:60]


def _peak(who: int) -> int:
    return resource.getrusage(who).ru_maxrss * 1024


def main() -> int:
    options = _options()
    dice = random.Random(options.seed)
    doors = [(try_picture, pictures()), (try_background, backgrounds())]
    outcomes: Counter[str] = Counter()
    failures = 0
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        # A background takes a process, a picture a millisecond: give both their time.
        door, sound = doors[dice.random() < options.backgrounds]
        data = mutate(dice.choice(sound), dice)
        try:
            outcomes[door(data)] += 1
        except Exception as error:  # noqa: BLE001 - whatever else comes is what we look for
            failures += 1
            name = options.save / f"{door.__name__}-{failures}.bin"
            options.save.mkdir(parents=True, exist_ok=True)
            name.write_bytes(data)
            print(f"FAILED {name}: {type(error).__name__}: {error}", file=sys.stderr)
    for outcome, count in outcomes.most_common():
        print(f"{count:8}  {outcome}")
    print(f"{sum(outcomes.values())} files, {failures} failures")
    print(f"peak memory: {_peak(resource.RUSAGE_SELF) >> 20} MB, ", end="")
    print(f"of a child {_peak(resource.RUSAGE_CHILDREN) >> 20} MB")
    return 1 if failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backgrounds", type=float, default=0.05, help="share of all files")
    parser.add_argument("--save", type=Path, default=Path("fuzz-found"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
