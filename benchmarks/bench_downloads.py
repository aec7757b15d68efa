"""How long the API takes to answer while eight clients on slow lines take a print of 150 MB.

    python benchmarks/bench_downloads.py

Asks for a list of the API again and again, with nobody else there and with eight who read
16 KiB at a time and pause in between, from one `counterfoil serve` with fewer threads than clients.
Fails if 95 of 100 answers took longer than 200 ms, or if the server's memory grew.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from e2e.large import CLIENTS, GROWTH, SIZE, Large, offered, slow_client
from servers import world

SETTINGS = "counterfoil.config.settings"
ASKED = 300
MOST_S = 0.2


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="counterfoil-bench-") as folder,
        world(Path(folder), settings=SETTINGS) as made,
    ):
        assert made.run("migrate").returncode == 0
        large = offered(made)
        p95(large)  # warms up
        web = large.served.child("web")
        before = web.memory_info().rss
        alone = p95(large)
        with contextlib.ExitStack() as lines:
            for _ in range(CLIENTS):
                lines.enter_context(slow_client(large))
            crowded = p95(large)
            grown = web.memory_info().rss - before
    print(f"{CLIENTS} slow downloads of {SIZE // 2**20} MB, {ASKED} lists of the API meanwhile:")
    print(f"  p95 {crowded * 1000:.0f} ms (at most {MOST_S * 1000:.0f})")
    print(f"  p95 {alone * 1000:.0f} ms with nobody else there")
    print(f"  the web process grew by {grown / 2**20:.1f} MiB")
    return 0 if crowded <= MOST_S and grown < GROWTH else 1


def p95(large: Large) -> float:
    """Return within which time 95 of 100 answers of the API came."""
    took = []
    with httpx.Client(timeout=60) as client:
        for _ in range(ASKED):
            began = time.monotonic()
            client.get(f"{large.address}/api/v1/organizers/", headers=large.headers)
            took.append(time.monotonic() - began)
            time.sleep(0.01)
    return statistics.quantiles(took, n=100)[94]


if __name__ == "__main__":
    sys.exit(main())
