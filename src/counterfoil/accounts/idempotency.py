"""Answers stored for repeated requests: the same key of the same actor acts once.

The record is written in the transaction of the work, so after a crash either both are there or
neither is. Of two requests at once, one gets a lock that is tried, never waited for: in the
process by a set, between processes on PostgreSQL by an advisory lock. SQLite's one write lock makes
a second process wait, and then it finds the first one's record.

On SQLite that lock is not taken before the first statement that writes: reading a body, checking it
and compiling a PDF stop nobody. Until then each read is a transaction of its own.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from counterfoil.accounts.models import IdempotencyRecord
from counterfoil.core import clock
from counterfoil.core.refusals import Conflict
from counterfoil.core.transactions import late_atomic

LIFETIME = timedelta(hours=24)


_running: set[tuple[str, str]] = set()
_guard = threading.Lock()


class StillRunning(Conflict):
    """The first request with this key has not been answered yet."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One actor's use of one key."""

    credential_hash: str
    key: str

    @classmethod
    def of(cls, actor: str, key: str) -> KeyUse:
        """Return the use of an actor, by their own key."""
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
    subject: str = ""  # what the body, which is not stored yet, is to be made of


class AnsweredMeanwhile(Exception):
    """Another process has answered a request with this key while this one was being checked."""


@contextmanager
def held(use: KeyUse) -> Iterator[None]:
    """Hold the key, and one transaction around all that is written meanwhile.

    Raises:
        StillRunning: another request holds it.
        AnsweredMeanwhile: ask ``stored_answer`` once more.
    """
    mark = (use.credential_hash, use.key)
    with _guard:
        if mark in _running:
            raise StillRunning(_("The first request with this key is still running."))
        _running.add(mark)
    try:
        with late_atomic(lambda: _refuse_answered(use)):
            _lock_between_processes(use)
            yield
    finally:
        with _guard:
            _running.discard(mark)


def _refuse_answered(use: KeyUse) -> None:
    """Look again now that no other process can answer."""
    if stored_answer(use) is not None:
        raise AnsweredMeanwhile


def _lock_between_processes(use: KeyUse) -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [use.lock_number])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise StillRunning(_("The first request with this key is still running."))


def is_running(use: KeyUse) -> bool:
    """Tell whether this process is answering a request with this key."""
    return (use.credential_hash, use.key) in _running


def stored_answer(use: KeyUse) -> Answer | None:
    """Return the stored answer, if there is one."""
    record = IdempotencyRecord.objects.filter(
        credential_hash=use.credential_hash, key=use.key, created__gt=clock.now() - LIFETIME
    ).first()
    if record is None or record.status is None:
        return None
    return Answer(record.status, record.headers, bytes(record.body), record.subject)


def keep_answer(use: KeyUse, answer: Answer) -> None:
    """Write the answer down. An expired one of the same key makes room."""
    same = IdempotencyRecord.objects.filter(credential_hash=use.credential_hash, key=use.key)
    same.delete()
    IdempotencyRecord.objects.create(
        credential_hash=use.credential_hash,
        key=use.key,
        status=answer.status,
        headers=dict(answer.headers),
        body=answer.body,
        subject=answer.subject,
    )


def complete_answer(use: KeyUse, answer: Answer) -> None:
    """Store the body of an answer that was stored without one."""
    record = IdempotencyRecord.objects.filter(credential_hash=use.credential_hash, key=use.key)
    record.exclude(subject="").update(headers=dict(answer.headers), body=answer.body, subject="")


def forget_old_answers(now: datetime) -> int:
    """Delete expired answers; return how many."""
    deleted, _rows = IdempotencyRecord.objects.filter(created__lte=now - LIFETIME).delete()
    return deleted
