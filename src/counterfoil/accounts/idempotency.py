"""Answers kept for repeated requests: the same key of the same actor acts once.

The record is written in the transaction of the work, so after a crash either both are there or
neither is. Two requests at once are told apart by a lock that is tried, never waited for: in the
process by a set, between processes on PostgreSQL by an advisory lock. SQLite's one write lock makes
a second process wait, and then it finds the first one's record.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.models import IdempotencyRecord
from counterfoil.core import clock
from counterfoil.core.refusals import Refusal

KEPT = timedelta(hours=24)

_running: set[tuple[str, str]] = set()
_guard = threading.Lock()


class StillRunning(Refusal):
    """The first request with this key has not been answered yet."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One actor's use of one key."""

    credential_hash: str
    key: str

    @classmethod
    def of(cls, actor: str, key: str) -> Claim:
        """Return the claim of an actor, by their own key."""
        return cls(hashlib.sha256(actor.encode()).hexdigest(), key)

    @property
    def lock_number(self) -> int:
        """The 64-bit number that PostgreSQL locks by."""
        digest = hashlib.sha256(f"{self.credential_hash}:{self.key}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@contextmanager
def held(claim: Claim) -> Iterator[None]:
    """Hold the claim, and one transaction around all that is done meanwhile.

    Raises:
        StillRunning: another request holds it.
    """
    mark = (claim.credential_hash, claim.key)
    with _guard:
        if mark in _running:
            raise StillRunning(_("The first request with this key is still running."))
        _running.add(mark)
    try:
        with transaction.atomic():
            _lock_between_processes(claim)
            yield
    finally:
        with _guard:
            _running.discard(mark)


def _lock_between_processes(claim: Claim) -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [claim.lock_number])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise StillRunning(_("The first request with this key is still running."))


def is_running(claim: Claim) -> bool:
    """Tell whether this process is answering a request with this key."""
    return (claim.credential_hash, claim.key) in _running


def kept_answer(claim: Claim) -> Answer | None:
    """Return the answer that was given before, while it is kept."""
    record = IdempotencyRecord.objects.filter(
        credential_hash=claim.credential_hash, key=claim.key, created__gt=clock.now() - KEPT
    ).first()
    if record is None or record.status is None:
        return None
    return Answer(record.status, record.headers, bytes(record.body))


def keep_answer(claim: Claim, answer: Answer) -> None:
    """Write the answer down. An expired one of the same key makes room."""
    same = IdempotencyRecord.objects.filter(credential_hash=claim.credential_hash, key=claim.key)
    same.delete()
    IdempotencyRecord.objects.create(
        credential_hash=claim.credential_hash,
        key=claim.key,
        status=answer.status,
        headers=dict(answer.headers),
        body=answer.body,
    )


def forget_old_answers(now: datetime) -> int:
    """Delete what is kept no longer; return how many."""
    deleted, _rows = IdempotencyRecord.objects.filter(created__lte=now - KEPT).delete()
    return deleted
