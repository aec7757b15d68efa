"""What ``make test`` started is gone when it ends, in whatever way it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from servers import DEADLINE_S, eventually

KEEPER = Path(__file__).parents[1] / "keeper.py"
#: Starts what a test starts: a file, a process in a session of its own, and one that shows no
#: environment and whose parent is gone. Then does as it is told.
PROGRAM = """
import os, pathlib, signal, subprocess, sys, tempfile
place, then = sys.argv[1:]
asleep = [sys.executable, "-c", "import time; time.sleep(600)"]
left = tempfile.mkdtemp()
server = subprocess.Popen(asleep, start_new_session=True)
quiet = "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL"
leave = f"import subprocess; print(subprocess.Popen({asleep}, env={{}}, {quiet}).pid)"
orphan = subprocess.run([sys.executable, "-c", leave], capture_output=True, start_new_session=True)
about = pathlib.Path(place + ".part")
about.write_text(f"{os.getpid()} {server.pid} {orphan.stdout.decode().strip()} {left}")
about.rename(place)
if then == "end":
    sys.exit(3)
if then == "die":
    os.kill(os.getpid(), signal.SIGKILL)
try:
    signal.pause()
except KeyboardInterrupt:
    sys.exit(2)
"""


class Kept:
    """The program above, started by the keeper, perhaps by a make."""

    def __init__(self, folder: Path, then: str, *, by_make: bool = False) -> None:
        self.about = folder / "about"
        program = folder / "program.py"
        program.write_text(PROGRAM)
        command = [sys.executable, str(KEEPER), sys.executable, str(program), str(self.about), then]
        if by_make:
            (folder / "Makefile").write_text(f"all:\n\t@{' '.join(command)}\n")
            command = ["make", "--no-print-directory", "-C", str(folder)]
        self.started = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def words(self) -> list[str]:
        """Return the ids of the program, the server and the orphan, and the folder."""
        return eventually(
            lambda: self.about.exists() and self.about.read_text().split(),
            "it has started everything",
        )

    def nothing_is_left(self) -> bool:
        *pids, left = self.words()
        return not any(psutil.pid_exists(int(pid)) for pid in pids) and not Path(left).exists()


@contextmanager
def kept(folder: Path, then: str = "pause", *, by_make: bool = False) -> Iterator[Kept]:
    made = Kept(folder, then, by_make=by_make)
    try:
        made.words()
        yield made
    finally:
        made.started.kill()
        made.started.wait()


@pytest.mark.parametrize(("then", "code"), [("end", 3), ("die", 128 + signal.SIGKILL)])
def test_a_run_that_ends_leaves_nothing(tmp_path: Path, then: str, code: int) -> None:
    with kept(tmp_path, then) as run:
        assert run.started.wait(DEADLINE_S) == code
        assert run.nothing_is_left()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_stopped_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with kept(tmp_path) as run:
        run.started.send_signal(number)

        assert run.started.wait(DEADLINE_S) == 128 + number
        assert run.nothing_is_left()


def test_a_run_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    with kept(tmp_path) as run:
        run.started.kill()

        eventually(run.nothing_is_left, "nothing is left")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_make_that_is_ended_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with kept(tmp_path, by_make=True) as run:
        run.started.send_signal(number)

        eventually(run.nothing_is_left, "nothing is left")
