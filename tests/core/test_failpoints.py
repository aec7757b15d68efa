from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

REACH_TWICE = (
    "from counterfoil.core.failpoints import reach\n"
    "reach('a.place'); print('once', flush=True); reach('a.place'); print('twice', flush=True)"
)


def _run(setting: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COUNTERFOIL_FAILPOINTS": setting}
    return subprocess.run(
        [sys.executable, "-c", REACH_TWICE],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_an_unarmed_place_does_nothing() -> None:
    assert _run("another.place=kill").stdout == "once\ntwice\n"


def test_an_armed_place_kills_the_process() -> None:
    assert _run("a.place=kill").returncode == -signal.SIGKILL


def test_an_action_may_wait_for_a_later_visit() -> None:
    done = _run("a.place=kill@2")

    assert (done.stdout, done.returncode) == ("once\n", -signal.SIGKILL)


def test_a_disk_can_be_full() -> None:
    assert "No space left on device" in _run("a.place=raise").stderr


@pytest.mark.parametrize("setting", ["a.place=explode", "a.place"])
def test_an_unknown_action_is_refused(setting: str) -> None:
    done = _run(setting)

    assert done.returncode == 1
    assert "unknown action" in done.stderr
