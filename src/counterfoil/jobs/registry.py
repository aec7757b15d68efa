"""Which function does which kind of job. The kind is stored in rows: its name is a promise."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.utils.module_loading import autodiscover_modules

from counterfoil.jobs.claims import Claim

Handler = Callable[[Claim], None]

_handlers: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what does jobs of this kind; rooms do so in their ``jobs.py``."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def forget(kind: str) -> None:
    """Undo a registration, as a test does with its own."""
    del _handlers[kind]


def find(kind: str) -> Handler | None:
    """Return what does jobs of this kind, or None: another version's job, perhaps."""
    discover()
    return _handlers.get(kind)


@functools.cache
def discover() -> None:
    """Import the ``jobs`` modules of all rooms, so that they register what they do."""
    autodiscover_modules("jobs")
