"""Runs the tests: on SQLite, then on PostgreSQL what touches a database; then reads the coverage.

Left out are those marked ``endurance``: longer variants of what is tried here too.

The PostgreSQL is the one that ``DATABASE_URL`` names, or else one that is started for the run.
Not all tests count for the coverage: ``tests/conftest.py`` says which.
Arguments are passed on to pytest, for a part of the tests: ``make test`` gives none. Whatever way
it ends, no process and no file of it is left (``tests/keeper.py``).
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import keeper
from keeper import call
from postgres import SHARED, postgres_server

ROOT = Path(__file__).resolve().parent.parent
#: One more than processors: tests of real servers wait more than they work.
AT_ONCE = str((os.cpu_count() or 1) + 1)
PYTEST = [sys.executable, "-m", "pytest", "--quiet", "-n", AT_ONCE]
QUICK = "not endurance"
COVERED = ["--cov", "--cov-append", "--cov-report="]
#: What has code of its own for PostgreSQL and must be covered completely.
COVERED_THERE = ["--cov=src/counterfoil/jobs", "--cov-append", "--cov-report="]

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
    with contextlib.ExitStack() as stack:
        url = os.environ.pop("DATABASE_URL", "") or stack.enter_context(postgres_server())
        os.environ[SHARED] = url
        return (
            _step(
                "Tests on SQLite", [*PYTEST, *COVERED, "-m", QUICK, *ON_POSTGRES_ONLY, *arguments]
            )
            or _step(
                "Tests on PostgreSQL",
                [
                    *PYTEST,
                    *COVERED_THERE,
                    "-m",
                    f"database and {QUICK}",
                    *ON_SQLITE_ONLY,
                    *arguments,
                ],
                url,
            )
            or _coverage()
        )


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


def _keep_byte_code() -> None:
    """Have the hundreds of processes that follow not compile everything anew, for seconds each.

    Where the environment forbids to write it, it goes beside the interpreter's packages.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(sys.prefix) / "bytecode")


if __name__ == "__main__":
    _keep_byte_code()
    if keeper.MARK in os.environ:
        sys.exit(main(sys.argv[1:]))
    sys.exit(keeper.run([sys.executable, __file__, *sys.argv[1:]]))
