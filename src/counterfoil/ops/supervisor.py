"""Keeps child processes alive, and ends them with itself.

Each child writes a byte into its pipe every half second. A child that dies is started again. One
that falls silent is killed first: a worker that is stopped inside its transaction keeps SQLite's
only write lock, and everybody else would wait for it for ever. So is a web process that says itself
that none of its request threads has finished anything for too long.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

import click

from counterfoil.ops.errors import Stop

START_S = 60.0  # until the first pulse: the imports, on a slow disk
LOOK_S = 0.2
SHORT_LIFE_S = 10.0
FALSE_STARTS = 3
REFUSES = 78  # EX_CONFIG of sysexits.h: a child says that starting it again is of no use
LONGEST_PAUSE_S = 5.0
STUCK = b"!"  # a child's pulse: alive, but it does no work any more


class Child:
    """One process of ours, again and again."""

    def __init__(self, name: str, arguments: list[str], *, inherits: Sequence[int] = ()) -> None:
        self.name = name
        self._arguments = arguments
        self._inherits = tuple(inherits)
        self._process: subprocess.Popen[bytes] | None = None
        self._lives = 0
        self._pulse = -1
        self._started = self._heard = self._due = 0.0
        self._has_pulse = False
        self._short_lives = 0
        self._false_starts = 0
        self._was_up = self._refuses = False

    @property
    def is_up(self) -> bool:
        """Whether it has given a sign of life since it was started."""
        return self._process is not None and self._has_pulse

    @property
    def is_hopeless(self) -> bool:
        """Whether it refuses to start, or never did. If it once ran, what ails it may pass."""
        return self._refuses or (self._false_starts >= FALSE_STARTS and not self._was_up)

    def look_after(self, silence_s: float) -> None:
        """Start it if it is due, hear its pulse, kill it if it is silent, note its death."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due:
                self._start(now)
            return
        self._listen(now)
        if now - self._heard > (silence_s if self._has_pulse else START_S):
            click.echo(f"counterfoil: the {self.name} is silent and is ended.", err=True)
            self.kill()
        if self._process.poll() is not None:
            self._bury(self._process, now)

    def terminate(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it with everything it started, at once."""
        if self._process is not None:
            _kill_group(self._process.pid)

    def is_gone(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _start(self, now: float) -> None:
        self._pulse, theirs = os.pipe()
        os.set_blocking(self._pulse, False)
        command = [sys.executable, "-m", "counterfoil.ops.children", str(theirs), *self._arguments]
        self._process = subprocess.Popen(
            command,
            pass_fds=(theirs, *self._inherits),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; we tell the children
            env=_environment(first_life=self._lives == 0),
        )
        os.close(theirs)
        self._lives += 1
        self._started = self._heard = now
        self._has_pulse = False

    def _listen(self, now: float) -> None:
        try:
            heard = os.read(self._pulse, 4096)
        except BlockingIOError:
            return
        if heard:
            self._heard = now
            self._has_pulse = self._was_up = True
        if heard.endswith(STUCK):
            click.echo(
                f"counterfoil: all threads of the {self.name} are stuck; it is ended.", err=True
            )
            self.kill()

    def _bury(self, process: subprocess.Popen[bytes], now: float) -> None:
        _kill_group(process.pid)  # what it may have started itself
        os.close(self._pulse)
        self._false_starts += not self._has_pulse
        self._refuses = process.returncode == REFUSES
        self._short_lives = self._short_lives + 1 if now - self._started < SHORT_LIFE_S else 0
        pause_s = min(LONGEST_PAUSE_S, 0.25 * 2**self._short_lives) if self._short_lives else 0.0
        self._due = now + pause_s
        self._process = None
        click.echo(f"counterfoil: the {self.name} ended ({_cause(process.returncode)}).", err=True)


class Supervisor:
    """Runs until it is told to stop, or a child will not start."""

    def __init__(self, children: list[Child], *, silence_s: float, grace_s: float) -> None:
        self._children = children
        self._silence_s = silence_s
        self._grace_s = grace_s
        self._stops = 0

    def run(self, *, ready: Callable[[], None]) -> None:
        """Keep the children alive. ``ready`` is called once, when all are up.

        Raises:
            Stop: a child will not start.
        """
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        try:
            self._keep_alive(ready)
        finally:
            self._end_all()

    def _keep_alive(self, ready: Callable[[], None]) -> None:
        announced = False
        while not self._stops:
            for child in self._children:
                child.look_after(self._silence_s)
                if child.is_hopeless:
                    raise Stop(f"The {child.name} does not start; what it said is above.")
            if not announced and all(child.is_up for child in self._children):
                announced = True
                ready()
            time.sleep(LOOK_S)

    def _end_all(self) -> None:
        """Let the children finish what they do, but not for longer than the grace."""
        for child in self._children:
            child.terminate()
        until = time.monotonic() + self._grace_s
        while time.monotonic() < until and self._stops < 2:
            if all(child.is_gone() for child in self._children):
                break
            time.sleep(LOOK_S / 4)
        for child in self._children:
            child.kill()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stops += 1


def _environment(*, first_life: bool) -> dict[str, str]:
    """Return the children's environment. What a test armed shall not strike the second life too."""
    environment = dict(os.environ)
    if not first_life:
        environment.pop("COUNTERFOIL_FAILPOINTS", None)
    return environment


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # nobody left in it
        os.killpg(leader, signal.SIGKILL)


def _cause(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
