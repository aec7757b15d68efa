"""What comes of a warm parent is like a process that was started anew."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from forkserver import ForkedProcess
from servers import World

_ABOUT = """
import json, os, sys
ours = [name for name in sys.modules if name.split(".")[0] == "counterfoil"]
print(json.dumps({
    "arguments": sys.argv,
    "environment": {**os.environ},
    "leads its session": os.getsid(0) == os.getpid(),
    "files": sorted(os.readlink(f"/proc/self/fd/{n}").split(":")[0] for n in (0,)),
    "open": len(os.listdir("/proc/self/fd")),
    "of ours": [name for name in ours if not name.startswith("counterfoil.render")],
    "has metrics": "prometheus_client" in sys.modules,
    "threads": len(os.listdir("/proc/self/task")),
}))
"""


@pytest.fixture(params=["cold", "warm"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return World(tmp_path, is_cold=request.param == "cold")


def test_it_has_what_it_was_given_and_nothing_else(place: World) -> None:
    about = json.loads(place.python(_ABOUT, "one", "two").stdout)

    assert about["arguments"] == ["-c", "one", "two"]
    expected = {**place.environment()}
    about["environment"].pop("PYTEST_CURRENT_TEST", None)
    expected.pop("PYTEST_CURRENT_TEST", None)
    assert about["environment"] == expected
    assert about["leads its session"]
    assert about["files"] == ["/dev/null"]
    assert about["open"] == 4  # and the folder that is listed
    assert about["of ours"] in ([], ["counterfoil"])
    assert not about["has metrics"]
    assert about["threads"] == 1


@pytest.mark.parametrize(
    ("program", "code", "errors"),
    [
        ("pass", 0, ""),
        ("raise SystemExit(7)", 7, ""),
        ("import sys; sys.exit('no')", 1, "no\n"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL, ""),
        ("import atexit, sys; atexit.register(sys.stderr.write, 'bye')", 0, "bye"),
    ],
)
def test_it_ends_as_a_program_does(place: World, program: str, code: int, errors: str) -> None:
    ended = place.python(program)

    assert ended.returncode == code
    assert ended.stderr.endswith(errors)


def test_it_can_be_killed_and_told_from_the_living(place: World) -> None:
    running = place.start("worker")
    try:
        assert isinstance(running.process, ForkedProcess) is not place.is_cold
        assert running.process.poll() is None
        running.signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
        assert running.family() == []
    finally:
        place.end()
