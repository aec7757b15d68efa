"""Prints 10,000 codes and reads all of them back from the PDF, clean and damaged.

    python benchmarks/bench_scan.py [--codes 10000]

Pages are drawn by pdfium at 200 dpi and read by zxing, neither of which is ours. Clean, every code
must be read; with a twentieth of its area wiped out or stained and the picture blurred, 99 of 100.
Damage spares the three corner marks: a QR code's error correction is for what lies between them,
and no encoder can help a code without them. Codes hold secrets of tickets, 25 mm wide, one a page.
"""

from __future__ import annotations

import argparse
import io
import random
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

from counterfoil.render import (
    FontLibrary,
    Plan,
    Ticket,
    blank_background,
    compile_plan,
    read_layout,
    render_pdf,
)
from counterfoil.render.units import Mm, pt

DPI = 200
SIZE, MARGIN = 25.0, 5.0
"""Of the code and of the paper around it, in millimetres."""
PIXELS = DPI / 25.4
MODULE = SIZE / (33 + 2 * 4)
"""32 characters at level H make 33 modules; four of quiet zone are on either side."""
SYMBOL, FINDER = 33 * MODULE, 8.5 * MODULE
DAMAGE, BLOTS = 0.05, 4
BLUR = 1.2
"""Standard deviation in pixels: a quarter of a module."""
CLEAN_SHARE, DAMAGED_SHARE = 1.0, 0.99
SECRET_LETTERS = string.ascii_lowercase + string.digits
CHUNK = 500

Picture = npt.NDArray[np.uint8]


@dataclass
class Tally:
    read: int = 0
    read_damaged: int = 0


def scan(count: int, *, seed: int = 1) -> Tally:
    """Print so many codes and tell how many are read back as they were meant."""
    chance = random.Random(seed)
    tally = Tally()
    while count > 0:
        secrets = ["".join(chance.choices(SECRET_LETTERS, k=32)) for _ in range(min(count, CHUNK))]
        for secret, picture in zip(secrets, pictures(secrets), strict=True):
            tally.read += reads(picture, secret)
            tally.read_damaged += reads(damaged(picture, chance), secret)
        count -= CHUNK
    return tally


def pictures(secrets: list[str]) -> Iterator[Picture]:
    plan = code_plan()
    stream = io.BytesIO()
    items = ((plan, Ticket(secret, {"secret": secret})) for secret in secrets)
    render_pdf(stream, items, title="Codes")
    with pypdfium2.PdfDocument(stream.getvalue()) as document:
        for page in document:
            bitmap = page.render(scale=DPI / 72, grayscale=True)
            yield np.array(bitmap.to_numpy()).reshape(bitmap.height, -1)


def code_plan() -> Plan:
    element = {
        "type": "barcodearea",
        "content": "secret",
        "left": MARGIN,
        "bottom": MARGIN,
        "size": SIZE,
    }
    side = pt(Mm(SIZE + 2 * MARGIN))
    return compile_plan(read_layout([element]), blank_background(side, side), FontLibrary())


def damaged(picture: Picture, chance: random.Random) -> Picture:
    """Wipe out or stain a twentieth of the code, in four blots, and blur it all."""
    harmed = picture.copy()
    symbol, corner = SYMBOL * PIXELS, FINDER * PIXELS
    side = round(symbol * (DAMAGE / BLOTS) ** 0.5)
    low = (MARGIN + (SIZE - SYMBOL) / 2) * PIXELS
    left = BLOTS
    while left:
        row, column = (chance.random() * (symbol - side) for _ in range(2))
        at_end = [place + side > symbol - corner for place in (row, column)]
        at_start = [place < corner for place in (row, column)]
        if all(at_start) or (at_start[0] and at_end[1]) or (at_end[0] and at_start[1]):
            continue
        top, start = round(low + row), round(low + column)
        harmed[top : top + side, start : start + side] = chance.choice((0, 255))
        left -= 1
    return np.asarray(Image.fromarray(harmed).filter(ImageFilter.GaussianBlur(BLUR)))


def reads(picture: Picture, secret: str) -> bool:
    return [found.text for found in zxingcpp.read_barcodes(picture)] == [secret]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--codes", type=int, default=10_000)
    count = parser.parse_args().codes
    tally = scan(count)
    print(f"{count:,} codes at {DPI} dpi")
    print(f"  clean    {tally.read:,} read (at least {CLEAN_SHARE:.0%})")
    print(f"  damaged  {tally.read_damaged:,} read (at least {DAMAGED_SHARE:.0%})")
    is_fine = tally.read >= CLEAN_SHARE * count and tally.read_damaged >= DAMAGED_SHARE * count
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
