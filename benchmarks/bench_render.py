"""What it costs to print tickets, against a bare loop over the same libraries.

    python benchmarks/bench_render.py [--tickets 5000] [--memory]

*Floor* is what no engine on these libraries can avoid: libzint encodes the same texts as QR codes
at the same level, libdeflate deflates the same page streams, and nothing else is done. *Engine* is
all of ``render_pdf``: values, text, codes, preflight, pages, fonts, the file. Both are timed in
turns in one run, and the medians are compared. Our choice of the QR mask is quicker than that of
libzint, so the ratio to a floor with our own ``encode`` is told as well.

Three layouts: *everyday* is one QR code and nine texts, three of them different on every ticket;
*rich* has a background of 3 MB, two codes and twelve texts; *worst* has a code at level H and ten
texts, all different on every ticket, at level H. ``--memory`` prints 10,000 and 100,000 tickets in
processes of their own and compares their peaks.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import statistics
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import zint
from PIL import Image as Pillow

from counterfoil.render import (
    CompiledBackground,
    FontLibrary,
    Plan,
    Ticket,
    compile_background,
    compile_plan,
    read_layout,
    render_pdf,
)
from counterfoil.render.codes import Symbology, encode
from counterfoil.render.elements import barcodearea, text
from counterfoil.render.page_renderer import PageRenderer, SlotRenderer
from counterfoil.render.pdf import writer
from counterfoil.render.pdf.deflate import deflate
from counterfoil.render.text_neighbours import TextNeighbours

MOST_OF_FLOOR = 2.0
MOST_MEMORY_MB = 150
MOST_OCTETS = 1700
MOST_WARM_MS = 5.0
MOST_PREFLIGHT = 0.10
ROUNDS = 5

CORPUS = Path(__file__).parent.parent / "tests" / "render" / "corpus"
LETTERS = string.ascii_lowercase + string.digits


def _nothing(*_: object) -> tuple[()]:
    return ()


def _no(*_: object) -> bool:
    return False


class Nowhere:
    """A file that only counts."""

    size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)


@dataclass(frozen=True)
class Job:
    """A layout and how its tickets differ."""

    name: str
    plan: Plan
    values: Callable[[random.Random, int], dict[str, str]]
    codes: tuple[Callable[[dict[str, str]], str], ...]

    def tickets(self, count: int) -> Iterator[tuple[Plan, Ticket]]:
        chance = random.Random(1)
        for number in range(count):
            yield self.plan, Ticket(f"ticket {number}", {**self.values(chance, number)})


def job(name: str) -> Job:
    fonts = FontLibrary()
    common = json.loads((CORPUS / "cases/p01_everyday_a4/data.json").read_text("utf-8"))
    usual = common["tickets"][0]["variables"]

    def everyday(chance: random.Random, number: int) -> dict[str, str]:
        order = "".join(chance.choices(string.ascii_uppercase, k=5))
        secret = "".join(chance.choices(LETTERS, k=32))
        return usual | {"order": order, "secret": secret, "attendee_name": f"Ada Lovelace {number}"}

    def unique(chance: random.Random, number: int) -> dict[str, str]:
        texts = {f"text{n}": " ".join(_words(chance)) for n in range(10)}
        return {"secret": "".join(chance.choices(LETTERS, k=32)), **texts}

    layouts: dict[str, tuple[Any, Any, Any, Any]] = {
        "everyday": (_everyday, _vector, everyday, (_secret,)),
        "rich": (_rich, _raster, everyday, (_secret, _order)),
        "worst": (_worst, _vector, unique, (_secret,)),
    }
    elements, background, values, codes = layouts[name]
    return Job(name, compile_plan(read_layout(elements()), background(), fonts), values, codes)


def _words(chance: random.Random) -> Iterator[str]:
    for length in (6, 4, 8):
        yield "".join(chance.choices(string.ascii_lowercase, k=length))


def _secret(values: dict[str, str]) -> str:
    return values["secret"]


def _order(values: dict[str, str]) -> str:
    return "https://example.org/" + values["order"]


def _everyday() -> list[dict[str, Any]]:
    path = CORPUS / "cases/p01_everyday_a4/layout.json"
    elements: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return elements


def _rich() -> list[dict[str, Any]]:
    code, *texts = _everyday()
    link = {"content": "other", "text": "https://example.org/{order}", "bottom": "20.00"}
    more = [texts[0] | {"content": name, "bottom": 100 + 14 * n} for n, name in enumerate(_MORE)]
    return [code, code | link, *texts, *more]


_MORE = ("event_location", "organizer_info_text", "event_info_text")


def _worst() -> list[dict[str, Any]]:
    code, box, *_ = _everyday()
    boxes = [box | {"content": f"text{n}", "bottom": 40 + 14 * n} for n in range(10)]
    return [code, *boxes]


def _vector() -> CompiledBackground:
    return compile_background((CORPUS / "backgrounds/a4_vector.pdf").read_bytes())


def _raster() -> CompiledBackground:
    """Return about 3 MB of noise on A4."""
    noise = Pillow.effect_noise((1654, 2339), 40).convert("RGB")
    sink = io.BytesIO()
    noise.save(sink, "PDF", resolution=200, quality=88)
    return compile_background(sink.getvalue())


class Bench:
    """One job, timed against its floor."""

    def __init__(self, name: str, count: int) -> None:
        self._job = job(name)
        self._count = count
        self._items = list(self._job.tickets(count))
        self._texts = [
            code(dict(ticket.values))
            for _, ticket in self._items
            for code in self._job.codes  # type: ignore[arg-type]
        ]
        self._streams = self._page_streams()

    def run(self) -> bool:
        loops = (self._engine, self._bare, self._bare_of_ours, self._without_preflight)
        times: dict[Callable[[], object], list[float]] = {loop: [] for loop in loops}
        for _ in range(ROUNDS):
            for loop in loops:
                start = time.process_time()
                loop()
                times[loop].append(time.process_time() - start)
        engine, bare, ours, blind = (statistics.median(times[loop]) for loop in loops)
        share = 1 - blind / engine
        sink = self._engine()
        octets = (sink.size - self._fixed()) / self._count
        print(f"\n{self._job.name}: {self._count:,} tickets, {len(self._texts):,} codes")
        print(f"  engine            {_micro(engine, self._count)}, {self._count / engine:,.0f}/s")
        print(f"  floor             {_micro(bare, self._count)}")
        print(f"  engine : floor    {engine / bare:.2f} (at most {MOST_OF_FLOOR})")
        print(f"  : floor, our mask {engine / ours:.2f}")
        print(f"  preflight         {share:.1%} (at most {MOST_PREFLIGHT:.0%})")
        print(f"  size              {octets:,.0f} B a ticket, {self._fixed():,} B once")
        print(f"  one ticket, warm  {self._warm():.2f} ms (at most {MOST_WARM_MS})")
        return engine / bare <= MOST_OF_FLOOR

    def _engine(self) -> Nowhere:
        sink = Nowhere()
        render_pdf(sink, self._items, title="Bench")
        return sink

    def _fixed(self) -> int:
        """Return the size of a file with next to no tickets: background and fonts."""
        sink = Nowhere()
        render_pdf(sink, self._items[:1], title="Bench")
        return sink.size

    def _bare(self) -> None:
        for content in self._texts:
            symbol = zint.Symbol()
            symbol.symbology = zint.Symbology.QRCODE
            symbol.option_1 = 4 if len(content) <= 32 else 2
            symbol.encode(content.encode())
            bytes(symbol.encoded_data)
        self._deflate()

    def _bare_of_ours(self) -> None:
        for content in self._texts:
            encode(Symbology.QR, content)
        self._deflate()

    def _deflate(self) -> None:
        for stream in self._streams:
            deflate(stream)

    def _without_preflight(self) -> None:
        """Print as if nobody looked."""
        with (
            mock.patch.object(text.TextPainter, "_remarks", _nothing),
            mock.patch.object(text.TextPainter, "_is_off_page", _no),
            mock.patch.object(text.Straight, "box", _no),
            mock.patch.object(barcodearea._Painter, "_remarks", _nothing),
            mock.patch.object(SlotRenderer, "_is_near", _no),
            mock.patch.object(SlotRenderer, "_look_around", _nothing),
            mock.patch.object(SlotRenderer, "_look_below", _nothing),
            mock.patch.object(SlotRenderer, "_look_between", _nothing),
            mock.patch.object(TextNeighbours, "add", _nothing),
            mock.patch.object(PageRenderer, "_look_for_repetition", _nothing),
        ):
            self._engine()

    def _page_streams(self) -> list[bytes]:
        """Return the very streams that the engine deflates for its pages."""
        streams: list[bytes] = []
        with mock.patch.object(writer, "deflate", lambda data: streams.append(data) or data):
            self._engine()
        pages = [stream for stream in streams if b" cm\n" in stream and b"BT\n" in stream]
        if len(pages) != self._count:
            raise RuntimeError(f"{len(pages)} page streams of {self._count} tickets")
        return pages

    def _warm(self) -> float:
        times = []
        for item in self._items[:50]:
            start = time.perf_counter()
            render_pdf(io.BytesIO(), [item], title="Bench")
            times.append(time.perf_counter() - start)
        return statistics.median(times) * 1000


def _micro(seconds: float, count: int) -> str:
    return f"{seconds / count * 1e6:6.0f} us a ticket"


def peak(count: int) -> float:
    """Return the peak of memory of a process that prints so many tickets, in MB."""
    command = [sys.executable, __file__, "--peak", str(count)]
    answer = subprocess.run(command, capture_output=True, check=True, text=True, env=os.environ)
    return float(answer.stdout)


def print_peak(count: int) -> None:
    render_pdf(Nowhere(), job("everyday").tickets(count), title="Bench")
    # Not getrusage: what it tells of a child includes its parent at the moment of the fork.
    status = Path("/proc/self/status").read_text("ascii")
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--tickets", type=int, default=5000)
    parser.add_argument("--memory", action="store_true", help="10,000 and 100,000 tickets")
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        print_peak(options.peak)
        return 0
    results = [Bench(name, options.tickets).run() for name in ("everyday", "rich", "worst")]
    fine = all(results)
    if options.memory:
        small, large = peak(10_000), peak(100_000)
        print(f"\nmemory: {small:.0f} MB at 10,000 tickets, {large:.0f} MB at 100,000")
        fine = fine and large <= MOST_MEMORY_MB
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
