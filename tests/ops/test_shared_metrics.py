from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.ops import shared_metrics

_HOUR_AGO = 1_000_000_000

_KILLED_INSIDE = """
import os, signal
from counterfoil.ops import shared_metrics as figures
with figures.shared():
    print(os.environ[figures.FOLDER], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def nobodys_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(shared_metrics.FOLDER, raising=False)
    yield
    assert shared_metrics.FOLDER not in os.environ


def _left_by_one_that_was_killed() -> Path:
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_INSIDE], capture_output=True, text=True, check=False
    )
    assert killed.stdout, killed.stderr  # Path("") would be this folder
    left = Path(killed.stdout.strip())
    assert left.is_dir()
    return left


def test_what_a_killed_command_left_is_removed_by_the_next() -> None:
    left = _left_by_one_that_was_killed()
    os.utime(left, (_HOUR_AGO, _HOUR_AGO))

    with shared_metrics.shared():
        assert not left.exists()


def test_what_another_command_writes_to_is_let_be() -> None:
    with shared_metrics.shared():
        held = Path(os.environ.pop(shared_metrics.FOLDER))
        os.utime(held, (_HOUR_AGO, _HOUR_AGO))

        with shared_metrics.shared():
            assert held.is_dir()
            own = Path(os.environ[shared_metrics.FOLDER])

        os.environ[shared_metrics.FOLDER] = str(held)
    assert not own.exists()
    assert not held.exists()


def test_what_was_just_made_is_let_be() -> None:
    left = _left_by_one_that_was_killed()

    with shared_metrics.shared():
        assert left.is_dir()

    shutil.rmtree(left)
