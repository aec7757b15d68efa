"""Runs the tests: on SQLite, then on PostgreSQL what touches a database; then reads the coverage.

Left out are those marked ``endurance``, which take longer than everything else together.

The PostgreSQL is the one that ``DATABASE_URL`` names, or else one that is started for the run.
Arguments are passed on to pytest, for a part of the tests: ``make test`` gives none.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = [sys.executable, "-m", "pytest", "--quiet", "-n", "2", "--dist", "loadgroup"]
QUICK = "not endurance"
COVERED = ["--cov", "--cov-append", "--cov-report="]

#: What must be covered completely, every branch: what nobody tried here is a lost ticket.
COMPLETE = ("src/counterfoil/render/pdf/*", "src/counterfoil/jobs/*")


def main(arguments: Sequence[str]) -> int:
    os.environ.pop("PYTHONWARNINGS", None)
    (ROOT / ".coverage").unlink(missing_ok=True)
    url = os.environ.pop("DATABASE_URL", "")
    return (
        _step("Tests on SQLite", [*PYTEST, *COVERED, "-m", QUICK, *arguments])
        or _step("Tests on PostgreSQL", _on_postgres(url, arguments), url)
        or _coverage()
    )


def _on_postgres(url: str, arguments: Sequence[str]) -> list[str]:
    own_server = [] if url else [sys.executable, "tests/postgres.py"]
    return [*own_server, *PYTEST, *COVERED, "-m", f"database and {QUICK}", *arguments]


def _coverage() -> int:
    report = [sys.executable, "-m", "coverage", "report"]
    return _step("Coverage", report) or _step(
        "Complete coverage of the writer and of jobs",
        [*report, "--include", ",".join(COMPLETE), "--fail-under", "100"],
    )


def _step(title: str, command: Sequence[str], database_url: str = "") -> int:
    print(f"\n== {title}", flush=True)
    environment = {**os.environ, **({"DATABASE_URL": database_url} if database_url else {})}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
