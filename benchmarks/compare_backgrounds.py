"""Compare backgrounds with what is printed of them, in pdfium and in poppler.

Takes a folder of PDFs and prints for each, by viewer, whether its printed page is identical to
the original, differs a little, differs, or the file is refused, and why. Pictures of what is not
identical, original and print side by side, go into a folder.

    cd tests && python -m render.background.oddfiles /tmp/odd && cd ..
    python benchmarks/compare_backgrounds.py /tmp/odd --pictures /tmp/odd-pictures
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from counterfoil.render.background import LIMITS, CompiledBackground, compile_background
from counterfoil.render.background.compiling import compile_pdf, printed
from counterfoil.render.errors import BackgroundError
from render.background.viewers import VIEWERS, Pixels, compared, drawn

GAP = 10


def side_by_side(pictures: list[Pixels]) -> Image.Image:
    height = max(picture.shape[0] for picture in pictures)
    width = sum(picture.shape[1] + GAP for picture in pictures) - GAP
    sheet = Image.new("RGB", (width, height), "#c0c0c0")
    left = 0
    for picture in pictures:
        sheet.paste(Image.fromarray(picture.astype(np.uint8)), (left, 0))
        left += picture.shape[1] + GAP
    return sheet


def examine(path: Path, options: argparse.Namespace) -> dict[str, str]:
    """Return the verdict of each viewer on a file's pages: the worst one."""
    data = path.read_bytes()
    try:
        background = compiled(data, options.trusted)
    except BackgroundError as problem:
        print(f"{'refused':12}{'refused':12}{path.name}: {problem.message}")
        return dict.fromkeys(VIEWERS, "refused")
    print_out = printed(background)
    pages = range(1, min(options.pages, len(background.pages)) + 1)
    verdicts = {
        viewer: max(examine_page(data, print_out, viewer, page, path, options) for page in pages)
        for viewer in VIEWERS
    }
    words = {viewer: ORDER[verdict] for viewer, verdict in verdicts.items()}
    if options.all or any(word != "identical" for word in words.values()):
        findings = " ".join(background.findings)
        print("".join(f"{words[viewer]:12}" for viewer in VIEWERS) + f"{path.name} {findings}")
    return words


ORDER = ("identical", "small", "different")


def examine_page(
    data: bytes, print_out: bytes, viewer: str, page: int, path: Path, options: argparse.Namespace
) -> int:
    original = drawn(data, viewer, page=page, dpi=options.dpi)
    ours = drawn(print_out, viewer, page=page, dpi=options.dpi)
    verdict = compared(ours, original)
    if verdict.word != "identical" and options.pictures and ours is not None:
        pictures = [picture for picture in (original, ours) if picture is not None]
        name = f"{verdict.word}-{path.stem}-{page}-{viewer}.png"
        side_by_side(pictures).save(options.pictures / name)
    return ORDER.index(verdict.word)


def compiled(data: bytes, trusted: bool) -> CompiledBackground:
    return compile_pdf(data, LIMITS) if trusted else compile_background(data)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=Path, help="folder for pictures side by side")
    parser.add_argument("--dpi", type=int, default=144)
    parser.add_argument("--pages", type=int, default=3, help="pages of each file to look at")
    parser.add_argument("--all", action="store_true", help="print identical ones, too")
    parser.add_argument(
        "--trusted", action="store_true", help="read files in this process: faster, for own files"
    )
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    print("".join(f"{viewer:12}" for viewer in VIEWERS))
    counts: dict[str, Counter[str]] = {viewer: Counter() for viewer in VIEWERS}
    for path in sorted(options.folder.rglob("*.pdf")):
        for viewer, word in examine(path, options).items():
            counts[viewer][word] += 1
    for viewer, words in counts.items():
        told = ", ".join(f"{words[word]} {word}" for word in (*ORDER, "refused"))
        print(f"{viewer}: {told} of {sum(words.values())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
