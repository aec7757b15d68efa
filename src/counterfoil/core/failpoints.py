"""Places at which a test may kill, stop or break a process, by name.

Losing nothing is a promise about every instant, so the instants have names. In production this is
one look into an empty dict. ``COUNTERFOIL_FAILPOINTS="jobs.claimed=kill,files.renamed=stop"`` arms
them; ``name=kill@2`` acts on the second visit only; ``raise`` fails with ``OSError(ENOSPC)``.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable

Action = Callable[[], None]


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _no_space() -> None:
    raise OSError(errno.ENOSPC, "No space left on device (failpoint)")


_ACTIONS: dict[str, Action] = {"kill": _kill, "stop": _stop, "raise": _no_space}


class _Armed:
    def __init__(self, action: Action, visit: int) -> None:
        self._action = action
        self._visits_left = visit

    def visit(self) -> None:
        self._visits_left -= 1
        if self._visits_left == 0:
            self._action()


def _armed(setting: str) -> dict[str, _Armed]:
    """Read ``name=action[@visit]``, separated by commas.

    Raises:
        ValueError: the setting is not of that form, or names no known action.
    """
    armed = {}
    for entry in filter(None, setting.split(",")):
        name, _, action = entry.partition("=")
        action, _, visit = action.partition("@")
        if action not in _ACTIONS:
            raise ValueError(f"COUNTERFOIL_FAILPOINTS: unknown action in {entry!r}")
        armed[name] = _Armed(_ACTIONS[action], int(visit or 1))
    return armed


_points = _armed(os.environ.get("COUNTERFOIL_FAILPOINTS", ""))


def disarm() -> None:
    """Forget all points: this process was forked from one that had read the setting."""
    _points.clear()


def reach(name: str) -> None:
    """Say that this place was reached; does nothing unless a test armed it."""
    if name in _points:
        _points[name].visit()
