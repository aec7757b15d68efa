"""What it costs to print tickets on sheets, against one ticket a page in the same run.

    python benchmarks/bench_sheets.py [--tickets 4000] [--read]

The same tickets are printed a page each, and on A4 sheets of eight, cut and stacked, with marks and
slugs. Both are timed in turns, and the medians of their processor times are compared. Memory is
compared between 10,000 and 100,000 tickets on sheets, in processes of their own. ``--read`` prints
10,003 tickets by ``counterfoil render --sheet``, draws every sheet, cuts and stacks the codes that
were read, and compares them with the data.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from counterfoil.render import (
    FontLibrary,
    Plan,
    Ticket,
    blank_background,
    compile_plan,
    read_layout,
    render_pdf,
)
from counterfoil.render.sheets import (
    Imposition,
    Sheet,
    SheetPlan,
    SheetRun,
    read_sheet,
    render_sheets,
)
from counterfoil.render.units import Mm, pt

MOST_OF_PAGES = 1.3
MOST_GROWTH_MB = 12
ROUNDS = 5
MM = 72 / 25.4
SHEET = {
    "name": "A4",
    "width": 210,
    "height": 297,
    "columns": 2,
    "rows": 4,
    "order": "cut_and_stack",
    "cell_width": 100,
    "cell_height": 65,
    "marks": {"crop": True, "slug": True},
}
CODE = {"type": "barcodearea", "left": 5, "bottom": 5, "size": 40, "content": "secret"}


def _text(content: str, bottom: int) -> dict[str, Any]:
    return {
        "type": "textarea",
        "left": 50,
        "bottom": bottom,
        "width": 45,
        "fontsize": 9,
        "fontfamily": "Open Sans",
        "bold": False,
        "italic": False,
        "align": "left",
        "color": [0, 0, 0],
        "content": content,
    }


LAYOUT = [CODE, *(_text(name, 10 + 8 * at) for at, name in enumerate(("order", "name", "item")))]


def plan() -> Plan:
    paper = blank_background(pt(Mm(100)), pt(Mm(65)))
    return compile_plan(read_layout(LAYOUT), paper, FontLibrary())


def tickets(numbers: Iterator[int] | range) -> Iterator[Ticket]:
    for number in numbers:
        values = {
            "secret": f"{number * 7919 % 10**32:032d}",
            "order": f"O{number:06d}",
            "name": f"Visitor {number}",
            "item": "Standard",
        }
        yield Ticket(f"T{number}", values)


def pages(amount: int) -> Callable[[], int]:
    compiled = plan()

    def run() -> int:
        stream = io.BytesIO()
        render_pdf(stream, ((compiled, each) for each in tickets(range(amount))), title="x")
        return len(stream.getvalue())

    return run


def sheets(amount: int, stream: Any = None) -> Callable[[], int]:
    compiled, sheet = plan(), read_sheet(SHEET)
    planned = SheetPlan.of(sheet, amount)

    def run() -> int:
        target = stream or io.BytesIO()
        items = ((compiled, each) for each in tickets(planned.sequence()))
        render_sheets(target, SheetRun(sheet, planned, job="bench"), items, title="x")
        return int(target.tell())

    return run


def cpu(work: Callable[[], int]) -> tuple[float, int]:
    start = time.process_time()
    size = work()
    return time.process_time() - start, size


def memory(amount: int) -> float:
    """Return the peak of a process that prints so many, in MB."""
    done = subprocess.run(
        [sys.executable, __file__, "--peak", str(amount)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def peak(amount: int) -> None:
    with open(os.devnull, "wb") as stream:
        sheets(amount, stream)()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def read_back(amount: int = 10_003) -> None:
    """Print by the command, read every code from the raster, and count through the stack."""
    import pypdfium2
    import zxingcpp

    sheet: Sheet = read_sheet(SHEET)
    planned = SheetPlan.of(sheet, amount)
    rects = Imposition.of(sheet, plan().background.pages).cell_rects
    with tempfile.TemporaryDirectory() as folder:
        paths = {
            name: Path(folder) / name for name in ("l.json", "s.json", "b.pdf", "d.csv", "o.pdf")
        }
        paths["l.json"].write_text(json.dumps([CODE]))
        paths["s.json"].write_text(json.dumps(SHEET))
        paper = io.BytesIO()
        empty = compile_plan(
            read_layout([]), blank_background(pt(Mm(100)), pt(Mm(65))), FontLibrary()
        )
        render_pdf(paper, [(empty, Ticket("x", {}))], title="x")
        paths["b.pdf"].write_bytes(paper.getvalue())
        rows = "\n".join(f"{number:06d}" for number in range(amount))
        paths["d.csv"].write_text(f"secret\n{rows}\n")
        command = ["counterfoil", "render", "--layout", "l.json", "--background", "b.pdf"]
        command += ["--data", "d.csv", "--sheet", "s.json", "-o", "o.pdf"]
        program = str(Path(sys.executable).parent / command[0])
        subprocess.run([program, *command[1:]], check=True, cwd=folder)
        piles: dict[tuple[int, int], list[str]] = {}
        with pypdfium2.PdfDocument(paths["o.pdf"]) as document:
            assert len(document) == planned.sheets == 1251, len(document)
            for number, page in enumerate(document, start=1):
                picture = page.render(scale=2, grayscale=True).to_numpy()
                for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode):
                    x = found.position.top_left.x / 2 / MM
                    y = found.position.top_left.y / 2 / MM
                    (cell,) = [
                        at
                        for at, rect in enumerate(rects)
                        if rect.left < x < rect.right and rect.top < y < rect.bottom
                    ]
                    piles.setdefault((planned.lift_of(number).number, cell), []).append(found.text)
        stack = [text for _, pile in sorted(piles.items()) for text in pile]
        assert stack == [f"{number:06d}" for number in range(amount)], len(stack)
    print(f"{amount:,} codes on {planned.sheets:,} sheets read in the order of the stack")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=4000)
    parser.add_argument("--read", action="store_true")
    parser.add_argument("--peak", type=int)
    options = parser.parse_args()
    if options.peak:
        peak(options.peak)
        return 0
    works = {"pages": pages(options.tickets), "sheets": sheets(options.tickets)}
    times: dict[str, list[float]] = {name: [] for name in works}
    sizes = {}
    for work in works.values():
        work()
    for _ in range(ROUNDS):
        for name, work in works.items():
            spent, sizes[name] = cpu(work)
            times[name].append(spent)
    ratio = statistics.median(times["sheets"]) / statistics.median(times["pages"])
    each = statistics.median(times["sheets"]) / options.tickets * 1000
    print(f"CPU, sheets : pages = {ratio:.2f} (at most {MOST_OF_PAGES}); {each:.2f} ms a ticket")
    print(f"size, sheets : pages = {sizes['sheets'] / sizes['pages']:.2f}")
    few, many = memory(10_000), memory(100_000)
    print(
        f"peak at 10,000: {few:.0f} MB, at 100,000: {many:.0f} MB (at most {MOST_GROWTH_MB} more)"
    )
    if options.read:
        read_back()
    return int(ratio > MOST_OF_PAGES or many - few > MOST_GROWTH_MB)


if __name__ == "__main__":
    sys.exit(main())
