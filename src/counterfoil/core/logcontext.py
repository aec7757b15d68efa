"""What every log line of a stretch of work is about: the request, or the job and its attempt.

Whoever begins such a stretch says so once; the formatters of ``config.logs`` add it to each line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_about: ContextVar[Mapping[str, object]] = ContextVar("about", default={})  # noqa: B039 - never changed


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Add facts to every line that this thread logs inside the block."""
    before = _about.set({**_about.get(), **facts})
    try:
        yield
    finally:
        _about.reset(before)


def facts() -> Mapping[str, object]:
    """Return what the lines of this moment are about."""
    return _about.get()
