"""Keeps child processes alive, and ends them with itself.

Children are forks: all libraries and rooms are loaded once, before the first, so that each child is
at work in a moment, the first as well as the one that replaces it.

Each child writes a byte into its pipe every half second. A child that dies is started again. One
that falls silent is killed first: a worker that is stopped inside its transaction keeps SQLite's
only write lock, and everybody else would wait for it for ever. So is a web process that says itself
that none of its request threads has finished anything for too long.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

import click

from counterfoil.ops import children
from counterfoil.ops.errors import Stop

START_S = 60.0  # until the first pulse
LOOK_S = 1.0
DEATH_S = 0.02  # between the end of its pulse and the end of a process
SHORT_LIFE_S = 2.0
FREE_RESTARTS = 3
FALSE_STARTS = 3
LONGEST_PAUSE_S = 5.0
LEAST_SILENCE_S = 3.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Child:
    """One process of ours, again and again."""

    def __init__(self, name: str, work: children.Work, *, role: str = "") -> None:
        self.name = name
        self.pid = 0  # of the living process
        self.pulse = -1
        self.dead: list[int] = []  # processes whose successor has not been up yet
        self._work = work
        self._role = role or name
        self._code: int | None = None
        self._lives = 0
        self._started = self._last_pulse = self._due = 0.0
        self._has_pulse = False
        self._short_lives = 0
        self._false_starts = 0
        self._was_up = self._refuses = False

    @property
    def is_up(self) -> bool:
        """Whether it has given a sign of life since it was started."""
        return self.pid != 0 and self._has_pulse

    @property
    def is_hopeless(self) -> bool:
        """Whether it refuses to start, or never did. If it once ran, what ails it may pass."""
        return self._refuses or (self._false_starts >= FALSE_STARTS and not self._was_up)

    def check(self, silence_s: float, others: Sequence[Child]) -> None:
        """Start it if it is due, hear its pulse, kill it if it is silent, note its death."""
        now = time.monotonic()
        if not self.pid:
            if now >= self._due:
                self._start(now, others)
            return
        self._listen(now)
        if now - self._last_pulse > (silence_s if self._has_pulse else START_S):
            click.echo(f"counterfoil: the {self.name} is silent and is ended.", err=True)
            self.kill()
        if self.has_exited():
            self._reap(now)

    def next_look_s(self) -> float:
        """Return for how long it can be left alone, if it gives no sign."""
        if not self.pid:
            return max(0.0, self._due - time.monotonic())
        return LOOK_S if self.pulse >= 0 else DEATH_S

    def terminate(self) -> None:
        if not self.has_exited():
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it with everything it started, at once."""
        if self.pid:
            _kill_group(self.pid, is_alive=not self.has_exited())

    def has_exited(self) -> bool:
        if self.pid and self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return not self.pid or self._code is not None

    def note_end(self) -> None:
        """Count it among the dead, although nobody will succeed it."""
        if self.pid and self._code:
            self.dead.append(self.pid)

    def _start(self, now: float, others: Sequence[Child]) -> None:
        self.pulse, theirs = os.pipe()
        os.set_blocking(self.pulse, False)
        inherited = [child.pulse for child in others if child.pulse >= 0 and child is not self]
        supervisor = os.getpid()
        with _fork_without_signals() as pid:
            if pid == 0:
                children.live(
                    self._work,
                    children.Birth(
                        role=self._role,
                        supervisor=supervisor,
                        pulse=theirs,
                        not_ours=[self.pulse, *inherited],
                        is_first=self._lives == 0,
                        predecessors=self.dead,
                    ),
                )
        os.close(theirs)
        self.pid = pid
        self._code = None
        self._lives += 1
        self._started = self._last_pulse = now
        self._has_pulse = False

    def _listen(self, now: float) -> None:
        if self.pulse < 0:
            return
        try:
            data = os.read(self.pulse, 4096)
        except BlockingIOError:
            return
        if not data:  # it is about to be gone
            self._close_pulse()
            return
        self._last_pulse = now
        self._has_pulse = self._was_up = True
        self.dead.clear()
        if data.endswith(children.STUCK):
            click.echo(
                f"counterfoil: all threads of the {self.name} are stuck; it is ended.", err=True
            )
            self.kill()

    def _reap(self, now: float) -> None:
        code = self._code or 0
        _kill_group(self.pid, is_alive=False)  # what it may have started itself
        self._close_pulse()
        self._false_starts += not self._has_pulse
        self._refuses = code == children.REFUSES
        self._short_lives = self._short_lives + 1 if now - self._started < SHORT_LIFE_S else 0
        in_row = self._short_lives - FREE_RESTARTS
        self._due = now + (min(LONGEST_PAUSE_S, 0.25 * 2**in_row) if in_row > 0 else 0.0)
        self.dead.append(self.pid)
        self.pid = 0
        click.echo(f"counterfoil: the {self.name} ended ({_cause(code)}).", err=True)

    def _close_pulse(self) -> None:
        if self.pulse >= 0:
            os.close(self.pulse)
            self.pulse = -1


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
        # A signal must end the wait: its byte arrives in a pipe that is waited for.
        wakeup_read, wakeup_write = os.pipe()
        for end in (wakeup_read, wakeup_write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wakeup_write)
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)
        try:
            self._keep_alive(ready, wakeup_read)
        finally:
            self._end_all()

    def dead_processes(self) -> list[int]:
        """Return the processes that died, or had to be ended, and have had no successor."""
        return [process for child in self._children for process in child.dead]

    def _keep_alive(self, ready: Callable[[], None], wakeup_read: int) -> None:
        announced = False
        while not self._stops:
            for child in self._children:
                child.check(self._silence_s, self._children)
                if child.is_hopeless:
                    raise Stop(f"The {child.name} does not start; what it said is above.")
            if not announced and all(child.is_up for child in self._children):
                announced = True
                ready()
            if not self._stops:
                self._wait(wakeup_read)

    def _wait(self, wakeup_read: int) -> None:
        """Wait until a child gives a sign or ends, or a signal comes."""
        pulses = [child.pulse for child in self._children if child.pulse >= 0]
        timeout_s = min(child.next_look_s() for child in self._children)
        if wakeup_read in select.select([wakeup_read, *pulses], [], [], timeout_s)[0]:
            os.read(wakeup_read, 4096)

    def _end_all(self) -> None:
        """Let the children finish what they do, but not for longer than the grace."""
        for child in self._children:
            child.terminate()
        until = time.monotonic() + self._grace_s
        while time.monotonic() < until and self._stops < 2:
            if all(child.has_exited() for child in self._children):
                break
            time.sleep(DEATH_S)
        for child in self._children:
            child.kill()
        until = time.monotonic() + 1.0
        while time.monotonic() < until and not all(child.has_exited() for child in self._children):
            time.sleep(DEATH_S)
        for child in self._children:
            child.note_end()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stops += 1


def supervise(children: list[Child], *, ready: Callable[[], None], grace_s: float) -> None:
    """Run children until a signal comes; load all that they need first.

    They are then given ``grace_s`` to finish what they do, or until the next signal.

    Raises:
        Stop: a child will not start.
    """
    from django.conf import settings
    from django.db import connections

    from counterfoil.jobs import registry
    from counterfoil.ops.worker import release_jobs_of

    registry.discover()
    connections.close_all()  # each child connects by itself
    gc.collect()
    gc.freeze()  # pages that no child's collector writes to stay shared
    supervisor = Supervisor(
        children,
        silence_s=max(LEAST_SILENCE_S, settings.JOB_LEASE_S),
        grace_s=grace_s,
    )
    try:
        supervisor.run(ready=ready)
    finally:
        release_jobs_of(supervisor.dead_processes())


def worker_names(number: int) -> list[str]:
    return ["worker"] if number == 1 else [f"worker {n}" for n in range(1, number + 1)]


@contextlib.contextmanager
def _fork_without_signals() -> Iterator[int]:
    """Fork; in the child no signal is handled by its parent's rules."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # or both would write it
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield os.fork()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _kill_group(leader: int, *, is_alive: bool) -> None:
    with contextlib.suppress(ProcessLookupError):  # nobody left in it, or it is not yet one
        os.killpg(leader, signal.SIGKILL)
    if is_alive:
        os.kill(leader, signal.SIGKILL)


def _cause(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
