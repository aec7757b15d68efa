"""Does one job, once it can be claimed: from hint to the end of its row."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    close_old_connections,
    connection,
)
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from counterfoil.core import failpoints, logcontext
from counterfoil.core.refusals import Invalid, Refusal, Unavailable
from counterfoil.jobs import job_session, lanes, metrics, priority, registry, wakeup
from counterfoil.jobs.claims import Cancelled, Claim, Lost
from counterfoil.jobs.leases import Lease
from counterfoil.jobs.models import Job

logger = logging.getLogger(__name__)

# InternalError is what PostgreSQL's end of a session that idled in its transaction arrives as;
# IntegrityError comes of what was deleted just now, of which the next attempt can tell in words.
RETRYABLE = (
    OSError,
    OperationalError,
    InterfaceError,
    InternalError,
    IntegrityError,
    Unavailable,
)
#: How many jobs to try in a row: other workers may be faster with the first ones.
CANDIDATES = 50

GENERIC = gettext_noop(
    "Something went wrong here while doing this. It has been noted; please try again later."
)
UNKNOWN = gettext_noop("This version of Counterfoil does not know how to do this (%(kind)s).")
EXHAUSTED = gettext_noop("This was tried %(attempts)d times and could not be done: %(problem)s")


def run_next() -> bool:
    """Do the job whose turn it is; return whether there was one.

    If other jobs wait, another worker of this machine is woken before this one begins: one
    notification may stand for many jobs.
    """
    candidates = due(CANDIDATES)
    for place, job_id in enumerate(candidates, 1):
        if run(job_id, wakes_another=place < len(candidates)):
            return True
    return False


def due(limit: int) -> list[UUID]:
    _drop_dead_connection()
    try:
        return lanes.due(limit)
    except (DatabaseError, InterfaceError) as problem:
        logger.warning("No job can be looked for now: %s", problem)
        return []


def run(job_id: UUID, *, wakes_another: bool = False) -> bool:
    """Claim a job and do it. Returns False at once when it is another's, over, or not yet due."""
    claim = _take(job_id)
    if claim is None:
        return False
    failpoints.reach("jobs.claimed")
    if wakes_another:
        wakeup.notify(wakeup.JOBS)
    began = time.monotonic()
    with logcontext.about(job=str(job_id), attempt=claim.attempt):
        logger.info("Job %s (%s) starts, attempt %d.", job_id, claim.kind, claim.attempt)
        with Lease(claim), translation.override(_language(claim)):
            if registry.gives_way(claim.kind):
                priority.run_giving_way(lambda: _do(claim))
            else:
                _do(claim)
    seconds = time.monotonic() - began
    metrics.count_attempt(claim.kind, claim.end, seconds=seconds, pieces=claim.total)
    failpoints.reach("jobs.finished")
    return True


def _take(job_id: UUID) -> Claim | None:
    _drop_dead_connection()
    try:
        return Claim.take(job_id)
    except (DatabaseError, InterfaceError, Unavailable) as problem:
        logger.warning("Job %s cannot be claimed now: %s", job_id, problem)
        return None


def _language(claim: Claim) -> str:
    """Return what whoever asked reads. If the database is gone, the handler finds it out."""
    try:
        return registry.language_of(claim.kind, claim.job_id)
    except (DatabaseError, InterfaceError):
        return settings.LANGUAGE_CODE


def _do(claim: Claim) -> None:
    kind = registry.find(claim.kind)
    if kind is None:
        _close(claim, lambda: claim.fail(_(UNKNOWN) % {"kind": claim.kind}))
        return
    try:
        with job_session.job_session(claim):
            kind.handler(claim)
    except Exception as problem:  # noqa: BLE001 - a job must end in its row, whatever happened
        _close(claim, _ending(claim, problem))
        return
    if claim.end == Job.State.DONE:
        logger.info("Job %s is done.", claim.job_id)
    else:
        logger.error("The handler of %s did not finish job %s.", claim.kind, claim.job_id)
        _close(claim, lambda: claim.fail(_(GENERIC)))


def _ending(claim: Claim, problem: Exception) -> Callable[[], object]:
    """Decide what becomes of a job whose handler raised."""
    match problem:
        case Lost():
            return lambda: logger.warning("Job %s was lost to another worker.", claim.job_id)
        case Cancelled():
            return claim.stop
        case _ if isinstance(problem, RETRYABLE):
            return lambda: _try_later(claim, problem)
        case Refusal():
            return lambda: claim.fail(_words(problem))
        case _:
            logger.error("Job %s (%s) failed.", claim.job_id, claim.kind, exc_info=problem)
            return lambda: claim.fail(_(GENERIC))


def _close(claim: Claim, end: Callable[[], object]) -> None:
    """Write the ending down. If the database is gone, the lease runs out and another goes on."""
    try:
        _drop_dead_connection()
        try:
            end()
        except Cancelled:
            claim.stop()
    except Lost:
        logger.warning("Job %s was lost to another worker.", claim.job_id)
    except (DatabaseError, InterfaceError) as problem:
        logger.warning("The end of job %s could not be written: %s", claim.job_id, problem)


def _drop_dead_connection() -> None:
    """Let Django connect anew if need be. Inside a transaction there is nothing it could drop."""
    if not connection.in_atomic_block:
        close_old_connections()


def _try_later(claim: Claim, problem: Exception) -> None:
    """Give the job back for another attempt, each time after twice as long."""
    is_ours = isinstance(problem, IntegrityError)  # perhaps: it may be a mistake of the handler
    logger.warning("Job %s, attempt %d: %s", claim.job_id, claim.attempt, problem, exc_info=is_ours)
    pause_s = settings.JOB_LEASE_S / 5 * 2 ** (claim.attempt - 1)
    if not claim.reschedule(min(pause_s, 3 * settings.JOB_LEASE_S)):
        claim.fail(_(EXHAUSTED) % {"attempts": claim.attempt, "problem": _reason(problem)})


def _reason(problem: Exception) -> str:
    """Say why, without paths and statements that are not the asker's business."""
    if isinstance(problem, OSError):
        return problem.strerror or _("the storage does not answer")
    if isinstance(problem, IntegrityError):
        return _("something that it needs was changed meanwhile")
    return str(problem) if isinstance(problem, Refusal) else _("the database does not answer")


def _words(refusal: Refusal) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(refusal.sentences)
    return str(refusal)
