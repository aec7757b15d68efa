"""Runs the benchmarks one after another: ``make bench``. Takes some minutes on a quiet machine.

Each prints ratios against something measured in the same run, and fails when it misses its figure.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BENCHMARKS = (
    ("bench_render.py", "--memory"),
    ("bench_batch_render.py",),
    ("bench_sheets.py", "--read"),
    ("bench_create.py",),
    ("bench_stock.py",),
    ("bench_sellers.py",),
    ("bench_scan.py",),
    ("bench_editor.py",),
    ("bench_jobs.py",),
    ("bench_downloads.py",),
    ("bench_blocking.py",),
    ("bench_growth.py", "--many", "100000"),
)


def main() -> int:
    missed = []
    for name, *arguments in BENCHMARKS:
        print(f"\n== {name} {' '.join(arguments)}", flush=True)
        done = subprocess.run([sys.executable, str(HERE / name), *arguments], check=False)
        if done.returncode:
            missed.append(name)
    print(f"\nMissed: {', '.join(missed)}" if missed else "\nAll figures held.")
    return len(missed)


if __name__ == "__main__":
    sys.exit(main())
