"""How much work one ticket may cost: characters of a text, and processor time.

The caller passes a budget to ``render_pdf``, ``render_png`` or ``inspect``. While it is applied,
loops whose length depends on a ticket's texts call ``tick``. Without one nothing is limited.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from counterfoil.render.errors import TextError, WorkError
from counterfoil.render.messages import Message

#: Asking for the thread's processor time is a system call, reading the wall clock is not.
_CHECK_EVERY_S = 0.02


def _go_on() -> None:
    """Interrupt nothing."""


class Budget:
    """Limits on each ticket; for one thread at a time.

    Args:
        characters: of one text.
        cpu_s: processor time of one ticket, in seconds.
        check: called about fifty times a second while a ticket is drawn. An exception that it
            raises ends the rendering, also inside a ticket.
    """

    def __init__(
        self, *, characters: int, cpu_s: float, check: Callable[[], None] = _go_on
    ) -> None:
        self._characters = characters
        self._cpu_s = cpu_s
        self._check = check
        self._started = 0.0
        self._next_check = 0.0
        self._is_spent = False
        self.restart()

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Apply the limits to everything this thread renders in the block."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def restart(self) -> None:
        """Begin the next ticket."""
        self._started = time.thread_time()
        self._next_check = time.monotonic() + _CHECK_EVERY_S
        self._is_spent = False

    def tick(self) -> None:
        now = time.monotonic()
        if now >= self._next_check:
            self._next_check = now + _CHECK_EVERY_S
            self._check()
            self._is_spent = time.thread_time() - self._started > self._cpu_s
        if self._is_spent:
            raise WorkError(Message("ticket.too_costly", seconds=f"{self._cpu_s:g}"))

    def check_text(self, text: str) -> None:
        if len(text) > self._characters:
            message = Message("ticket.text_too_long", number=len(text), most=self._characters)
            raise TextError(message)


_current: ContextVar[Budget | None] = ContextVar("render_budget", default=None)


def tick() -> None:
    """Let the budget interrupt a loop.

    Raises:
        WorkError: the ticket has used up its processor time.
    """
    budget = _current.get()
    if budget is not None:
        budget.tick()


def check_text(text: str) -> None:
    """Refuse a text that is too long to be set.

    Raises:
        TextError: it has more characters than the budget allows.
    """
    budget = _current.get()
    if budget is not None:
        budget.check_text(text)
