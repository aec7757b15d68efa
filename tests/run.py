"""Runs the tests: on SQLite, then on PostgreSQL what touches a database.

Left out are those marked ``endurance``: longer variants of what is tried here too.

What must be covered completely (``COMPLETE``) is traced while its own tests run. With
``--coverage``, as ``make coverage`` runs it, all is traced, which takes half as long again, and the
coverage of the whole is read; ``tests/conftest.py`` says which tests never count.

The PostgreSQL is the one that ``DATABASE_URL`` names, or else one that is started for the run.
Other arguments are passed on to pytest, for a part of the tests. Whatever way it ends, no process
and no file of it is left (``tests/keeper.py``).
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
#: Tests of jobs wait even more: for leases and heartbeats.
WAITING_AT_ONCE = str((os.cpu_count() or 1) + 4)
PYTEST = [sys.executable, "-m", "pytest", "--quiet", "-n", AT_ONCE]
QUICK = "not endurance"
REPORT = [sys.executable, "-m", "coverage", "report"]
#: What must be covered completely, every branch (what nobody tried here is a lost ticket), and the
#: tests that do so, on both databases together.
COMPLETE = ("src/counterfoil/render/pdf", "src/counterfoil/jobs")
COMPLETED_BY = (
    "tests/render/pdf",
    "tests/render/sheets",
    "tests/jobs",
    "tests/web/jobs",
    "tests/batches/test_requests.py",
    "tests/cli/test_jobs.py",
)
#: A few lines of both are reached by tests elsewhere only, which are not traced here.
LEAST = "96"
COVERED = ["--cov-append", "--cov-report="]
ALL_COVERED = ["--cov", *COVERED]
COMPLETE_COVERED = [
    *("-n", WAITING_AT_ONCE),
    *(f"--cov={folder}" for folder in COMPLETE),
    *COVERED,
]
APART = [f"--ignore={folder}" for folder in COMPLETED_BY]

#: What asks the database nothing that another test does not: running it twice tells nothing more.
ON_SQLITE_ONLY = [
    f"--ignore=tests/{place}"
    for place in (
        "accounts",
        "api/accounts",
        "api/catalog",
        "api/files",
        "api/framework/test_access.py",
        "api/framework/test_audit_complete.py",
        "api/framework/test_described_answers.py",
        "api/framework/test_schema.py",
        "api/framework/test_schemathesis.py",
        "api/layouts",
        "api/printing/test_downloads_elsewhere.py",
        "cli/test_apply.py",
        "e2e/test_scanner_sync.py",
        "layouts",
        "printing/test_cleanup.py",
        "printing/test_documents.py",
        "web",
    )
]
#: Odd values in every field: PostgreSQL is the stricter judge.
ON_POSTGRES_ONLY = ["--ignore=tests/api/framework/test_bad_input.py"]


def main(arguments: Sequence[str]) -> int:
    os.chdir(ROOT)
    os.environ.pop("PYTHONWARNINGS", None)
    (ROOT / ".coverage").unlink(missing_ok=True)
    coverage = "--coverage" in arguments
    arguments = [argument for argument in arguments if argument != "--coverage"]
    with contextlib.ExitStack() as stack:
        codes: tuple[int, ...]
        url = os.environ.pop("DATABASE_URL", "") or stack.enter_context(postgres_server())
        os.environ[SHARED] = url
        sqlite = [*PYTEST, "-m", QUICK, *ON_POSTGRES_ONLY, *arguments]
        postgres = [*PYTEST, "-m", f"database and {QUICK}", *ON_SQLITE_ONLY, *arguments]
        if coverage:
            codes = (
                _step("Tests on SQLite", [*sqlite, *ALL_COVERED]),
                _step("Tests on PostgreSQL", [*postgres, *ALL_COVERED], url),
                _step("Coverage", REPORT),
                _complete(),
            )
        elif arguments:
            codes = (
                _step("Tests on SQLite", sqlite),
                _step("Tests on PostgreSQL", postgres, url),
            )
        else:
            codes = (
                _step("Writer and jobs on SQLite", [*sqlite, *COMPLETE_COVERED, *COMPLETED_BY]),
                _step("Jobs on PostgreSQL", [*postgres, *COMPLETE_COVERED, *COMPLETED_BY], url),
                _complete(),
                _step("Tests on SQLite", [*sqlite, *APART]),
                _step("Tests on PostgreSQL", [*postgres, *APART], url),
            )
    return max(codes)


def _complete() -> int:
    folders = ",".join(f"{folder}/*" for folder in COMPLETE)
    return _step(
        "Complete coverage of the writer and of jobs",
        [*REPORT, "--include", folders, "--fail-under", LEAST],
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
