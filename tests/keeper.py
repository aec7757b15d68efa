"""Runs a command and leaves nothing of it behind, however it ends: no process and no file.

As a command it runs another: ``python tests/keeper.py pytest -m endurance``. Three take part:

- who is called waits, and says when to stop: at Ctrl-C, at SIGTERM, and by its own death;
- the keeper, in a session of its own, where nothing reaches it that is meant for the first,
  holds a pipe to it and starts the command. When the command or the pipe ends, it ends whatever
  is left. Processes whose parents died become its children (Linux), or are known by a mark in
  their environment (everywhere);
- the command, whose temporary files go into one folder.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import psutil

#: Which run a process belongs to. Not one of our settings: those are kept from servers in tests.
MARK = "TESTS_RUN"
KEEP = "--keep"
GRACE_S = 15.0  # to stop in order, and to show what failed so far
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def run(command: Sequence[str]) -> int:
    """Run a command to its end, or until this process is told to stop; give its exit code."""
    with subprocess.Popen(
        [sys.executable, __file__, KEEP], stdin=subprocess.PIPE, start_new_session=True, text=True
    ) as keeper:
        pipe = keeper.stdin
        assert pipe is not None
        pipe.write(json.dumps(list(command)) + "\n")
        pipe.flush()
        stopped_by: list[int] = []

        def stop(number: int, frame: FrameType | None) -> None:
            stopped_by.append(number)
            pipe.close()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)
        if "MAKELEVEL" in os.environ:
            _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)  # make may be killed
        code = keeper.wait()
    return 128 + stopped_by[0] if stopped_by else code


def call(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end, also when Ctrl-C came to both of us; give its exit code.

    ``subprocess.run`` would kill it a quarter of a second later, and it would leave all of its own.
    """
    running = subprocess.Popen(command, env=environment)
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return running.wait()


def keep() -> int:
    """Run the command that the first line names until it ends, or there are no more lines."""
    command = json.loads(sys.stdin.readline())
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    mark = uuid.uuid4().hex
    folder = Path(tempfile.mkdtemp(prefix="tests-"))  # short: sockets have short names
    try:
        environment = {**os.environ, MARK: mark, "TMPDIR": str(folder)}
        child = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, process_group=0
        )
        threading.Thread(target=_stop_at_end, args=(child.pid, mark), daemon=True).start()
        return _wait(child.pid)
    finally:
        _end_all(mark)
        shutil.rmtree(folder, ignore_errors=True)


def _stop_at_end(child: int, mark: str) -> None:
    """Wait until nobody holds the other end of the pipe; then stop the command."""
    sys.stdin.read()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGINT)
        time.sleep(GRACE_S)
        os.killpg(child, signal.SIGKILL)


def _wait(child: int) -> int:
    """Wait for the command; meanwhile bury the orphans that have come to us."""
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _end_all(mark: str) -> None:
    """Kill what is left, until there is nothing: a process that is killed may have begun one."""
    until = time.monotonic() + GRACE_S
    while (left := _left(mark)) and time.monotonic() < until:
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.05)


def _left(mark: str) -> list[psutil.Process]:
    own = psutil.Process()
    found = {process.pid: process for process in own.children(recursive=True)}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                found[process.pid] = process
    return list(found.values())


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value)


if __name__ == "__main__":
    sys.exit(keep() if sys.argv[1:] == [KEEP] else run(sys.argv[1:]))
