"""`make dev` and manage.py, which whoever works on Counterfoil begins with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import psutil
import pytest

from servers import eventually

ROOT = Path(__file__).resolve().parents[2]
PREFIXES = ("COUNTERFOIL_", "COVERAGE_PROCESS_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")

pytestmark = pytest.mark.slow


def clean_environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)}
    return {**kept, "COUNTERFOIL_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The output of a `make dev` that runs."""
    place = tmp_path / "log"
    with place.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "tools" / "dev.py"), "--port", "0"],
            env=clean_environment(tmp_path / "data"),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    descendants = []
    try:
        yield place
    finally:
        descendants = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        process.wait(60)
        _, left = psutil.wait_procs(descendants, timeout=60)
        for each in left:
            each.kill()
    assert left == []


def addresses(log: Path) -> list[str]:
    words = log.read_text(errors="replace").split()
    return [word for before, word in pairwise(words) if before == "serves"]


def test_make_dev_serves_sample_data_shows_tracebacks_and_reloads(log: Path) -> None:
    address = eventually(lambda: addresses(log), "it serves", log.read_text)[0]

    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/signin/").status_code == 200
        missing = client.get("/nothing-of-ours/")
        assert missing.status_code == 404
        assert "DEBUG = True" in missing.text
        assert "unsafe-inline" in missing.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in client.get("/signin/").headers["Content-Security-Policy"]

    os.utime(ROOT / "tools" / "devsettings.py")

    assert len(eventually(lambda: addresses(log)[1:], "it serves again", log.read_text)) == 1


def test_manage_py_runs_djangos_commands(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "makemigrations", "--check", "--dry-run"],
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (0, "No changes detected\n"), ended.stderr
