"""Runs the tests: on SQLite, then on PostgreSQL what touches a database; then reads the coverage.

Left out are those marked ``endurance``: longer variants of what is tried here too.

The PostgreSQL is the one that ``DATABASE_URL`` names, or else one that is started for the run.
Arguments are passed on to pytest, for a part of the tests: ``make test`` gives none. Whatever way
it ends, no process and no file of it is left (``tests/keeper.py``).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import keeper
from keeper import call

ROOT = Path(__file__).resolve().parent.parent
#: One more than processors: tests of real servers wait more than they work.
AT_ONCE = str((os.cpu_count() or 1) + 1)
PYTEST = [sys.executable, "-m", "pytest", "--quiet", "-n", AT_ONCE]
QUICK = "not endurance"
COVERED = ["--cov", "--cov-append", "--cov-report="]
#: What has code of its own for PostgreSQL; the rest was covered on SQLite.
COVERED_THERE = [
    *(f"--cov=src/counterfoil/{room}" for room in ("api", "jobs", "orders", "config")),
    "--cov-append",
    "--cov-report=",
]

#: What asks the database nothing that another test does not: running it twice tells nothing more.
ON_SQLITE_ONLY = [
    "--ignore=tests/api/framework/test_schemathesis.py",
    "--ignore=tests/api/framework/test_access.py",
    "--ignore=tests/web",
]
#: Odd values in every field: PostgreSQL is the stricter judge.
ON_POSTGRES_ONLY = ["--ignore=tests/api/framework/test_bad_input.py"]

#: What must be covered completely, every branch: what nobody tried here is a lost ticket.
COMPLETE = ("src/counterfoil/render/pdf/*", "src/counterfoil/jobs/*")


def main(arguments: Sequence[str]) -> int:
    os.chdir(ROOT)
    os.environ.pop("PYTHONWARNINGS", None)
    (ROOT / ".coverage").unlink(missing_ok=True)
    url = os.environ.pop("DATABASE_URL", "")
    return (
        _step("Tests on SQLite", [*PYTEST, *COVERED, "-m", QUICK, *ON_POSTGRES_ONLY, *arguments])
        or _step("Tests on PostgreSQL", _on_postgres(url, arguments), url)
        or _coverage()
    )


def _on_postgres(url: str, arguments: Sequence[str]) -> list[str]:
    own_server = [] if url else [sys.executable, "tests/postgres.py"]
    chosen = ["-m", f"database and {QUICK}", *ON_SQLITE_ONLY]
    return [*own_server, *PYTEST, *COVERED_THERE, *chosen, *arguments]


def _coverage() -> int:
    report = [sys.executable, "-m", "coverage", "report"]
    return _step("Coverage", report) or _step(
        "Complete coverage of the writer and of jobs",
        [*report, "--include", ",".join(COMPLETE), "--fail-under", "100"],
    )


def _step(title: str, command: Sequence[str], database_url: str = "") -> int:
    print(f"\n== {title}", flush=True)
    environment = {**os.environ, **({"DATABASE_URL": database_url} if database_url else {})}
    return call(command, environment)


if __name__ == "__main__":
    if keeper.MARK in os.environ:
        sys.exit(main(sys.argv[1:]))
    sys.exit(keeper.run([sys.executable, __file__, *sys.argv[1:]]))
