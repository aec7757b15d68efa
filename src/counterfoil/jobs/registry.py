"""The kinds of jobs: what does them, whose they are and what they are called.

A room registers a kind once, in its ``tasks.py``. Lists, cancellation, retries and pages of
progress read everything they need from here.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from counterfoil.accounts import queries
from counterfoil.accounts.actors import Actor
from counterfoil.jobs import services
from counterfoil.jobs.models import Job, JobRequest

if TYPE_CHECKING:
    from counterfoil.jobs.claims import Claim

Handler = Callable[["Claim"], None]
LanguageOf = Callable[[UUID], str]


class Cancel(Protocol):
    """Cancels the job of a request and writes the log. Raises ``Conflict`` if it has ended."""

    def __call__(self, *, actor: Actor, request: Any) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job. ``name`` is stored in rows, so it must never change.

    ``request`` is the model that says whose a job is. Jobs of a kind without one are internal: no
    list of an event shows them. ``label`` names the kind; ``describe`` says what one of its jobs
    does, and ``language`` returns the language of its message. A kind that ``gives_way`` computes
    for long and holds no lock, so others who need the processor come first.
    """

    name: str
    handler: Handler
    request: type[JobRequest] | None
    label: Any
    describe: Callable[[Job], str]
    cancel: Cancel
    language: LanguageOf
    gives_way: bool


_kinds: dict[str, JobKind] = {}


def handler(
    name: str,
    *,
    request: type[JobRequest] | None = None,
    label: Any = None,
    describe: Callable[[Job], str] | None = None,
    cancel: Cancel = services.cancel_requested,
    gives_way: bool = False,
) -> Callable[[Handler], Handler]:
    """Register a kind of job with the function that does it. See ``JobKind``.

    A job is described by the label of its kind unless ``describe`` says more.
    """
    title = name if label is None else label

    def register(function: Handler) -> Handler:
        _kinds[name] = JobKind(
            name=name,
            handler=function,
            request=request,
            label=title,
            describe=describe or (lambda _job: str(title)),
            cancel=cancel,
            language=functools.partial(_requested_language, request),
            gives_way=gives_way,
        )
        return function

    return register


def find(name: str) -> JobKind | None:
    """Return a kind, or None if only another version of Counterfoil knows it."""
    discover()
    return _kinds.get(name)


def requestable() -> list[JobKind]:
    """Return the kinds that are requested for an event, by name."""
    discover()
    kinds = (kind for kind in _kinds.values() if kind.request is not None)
    return sorted(kinds, key=lambda kind: kind.name)


def describe(job: Job) -> str:
    """Return what a job does, in the active language."""
    kind = find(job.kind)
    return kind.describe(job) if kind else job.kind


def requests_of(jobs: Iterable[Job]) -> Mapping[UUID, JobRequest]:
    """Return the requests of jobs by job id, with one query per kind.

    Only the columns that all requests share are loaded: the rest of one can be a megabyte.
    """
    ids: dict[type[JobRequest], list[UUID]] = defaultdict(list)
    for job in jobs:
        kind = find(job.kind)
        if kind is not None and kind.request is not None:
            ids[kind.request].append(job.pk)
    shared = [field.name for field in JobRequest._meta.get_fields()]
    requests: dict[UUID, JobRequest] = {}
    for model, keys in ids.items():
        requests.update(model._default_manager.only(*shared).in_bulk(keys))
    return requests


def gives_way(name: str) -> bool:
    """Return whether others who need the processor come before jobs of this kind."""
    kind = find(name)
    return kind is not None and kind.gives_way


def language_of(name: str, job: UUID) -> str:
    """Return the language of the person who requested a job."""
    kind = find(name)
    return kind.language(job) if kind else settings.LANGUAGE_CODE


@functools.cache
def discover() -> None:
    """Import the ``tasks`` modules of all rooms, so that they register what they do."""
    autodiscover_modules("tasks")


def _requested_language(request: type[JobRequest] | None, job: UUID) -> str:
    if request is None:
        return settings.LANGUAGE_CODE
    requested_by = (
        request._default_manager.filter(pk=job).values_list("requested_by", flat=True).first()
    )
    return queries.language_of(requested_by or "")
