"""Which function does which kind of job. The kind is stored in rows: its name is a promise.

Beside it stands who knows the language of whoever asked: what a job says is written when it ends,
in a process that serves everybody, and read by that one person.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from counterfoil.jobs.claims import Claim

Handler = Callable[[Claim], None]
LanguageOf = Callable[[UUID], str]


@dataclass(frozen=True, slots=True)
class _Registered:
    function: Handler
    language: LanguageOf
    gives_way: bool


_handlers: dict[str, _Registered] = {}


def _default_language(_job: UUID) -> str:
    return settings.LANGUAGE_CODE


def handler(
    kind: str, *, language: LanguageOf = _default_language, gives_way: bool = False
) -> Callable[[Handler], Handler]:
    """Register what does jobs of this kind; rooms do so in their ``jobs.py``.

    ``language`` tells, by a job's id, the language of whoever asked for it. What ``gives_way``
    computes for long and holds no lock meanwhile: others who need the processor come first.
    """

    def register(function: Handler) -> Handler:
        _handlers[kind] = _Registered(function, language, gives_way)
        return function

    return register


def find(kind: str) -> Handler | None:
    """Return what does jobs of this kind, or None: another version's job, perhaps."""
    discover()
    known = _handlers.get(kind)
    return known.function if known else None


def gives_way(kind: str) -> bool:
    """Tell whether others who need the processor come before jobs of this kind."""
    discover()
    known = _handlers.get(kind)
    return known is not None and known.gives_way


def language_of(kind: str, job: UUID) -> str:
    """Return the language of whoever asked for a job."""
    discover()
    known = _handlers.get(kind)
    return known.language(job) if known else settings.LANGUAGE_CODE


@functools.cache
def discover() -> None:
    """Import the ``tasks`` modules of all rooms, so that they register what they do."""
    autodiscover_modules("tasks")
