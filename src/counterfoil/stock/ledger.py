"""The chain: rows are added under the lock of the organizer's head, each with the hash before it.

The hash covers a canonical text of the row, in which no key of another table stands that could be
deleted and so falsify it: ids of rows that the ledger protects, and plain text. docs/stock.md
describes the text, so that anybody can check it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from counterfoil.catalog import money
from counterfoil.catalog.models import Organizer
from counterfoil.stock.models import LedgerHead, StockEvent

_TICK = timedelta(microseconds=1)
_CHUNK = 1000


def lock(organizer: Organizer) -> LedgerHead:
    """Lock the head of an organizer's ledger until the caller's transaction ends.

    It is the first lock of whoever acts on tickets: orders, quotas and the event's clock follow.

    Raises:
        TransactionManagementError: there is no transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A lock without a transaction holds nothing.")
    LedgerHead.objects.bulk_create([LedgerHead(organizer=organizer)], ignore_conflicts=True)
    return LedgerHead.objects.select_for_update().get(organizer=organizer)


def append(head: LedgerHead, rows: Sequence[StockEvent], moment: datetime) -> list[StockEvent]:
    """Number, chain and insert rows under the lock of ``head``; return them.

    ``moment`` is the time of the action; a row is always later than the one before it.
    """
    for row in rows:
        head.at = max(moment, head.at + _TICK) if head.at else moment
        head.number += 1
        row.organizer_id, row.number, row.at = head.organizer_id, head.number, head.at
        row.previous_hash = head.hash
        row.hash = head.hash = hash_of(row)
    if rows:
        StockEvent.objects.bulk_create(rows)
        head.save(update_fields=["number", "hash", "at"])
    return list(rows)


def canonical_text(row: StockEvent) -> str:
    """Return what the hash covers: JSON with sorted keys and without spaces."""
    return json.dumps(
        {
            "number": row.number,
            "at": row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "actor": row.actor,
            "action": row.action,
            "activation": row.activation,
            "event": row.event_id,
            "batch": row.batch_id,
            "ranges": row.ranges,
            "count": row.count,
            "value": f"{money.with_places(row.value, 2):f}",
            "reason": row.reason,
            "note": row.note,
            "document": row.document,
            "seller": row.seller,
            "previous_hash": row.previous_hash,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )


def hash_of(row: StockEvent) -> str:
    return hashlib.sha256(canonical_text(row).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first row of a ledger that cannot be true, and why."""

    organizer: str
    number: int
    problem: str

    def __str__(self) -> str:
        return f"{self.organizer}: row {self.number} {self.problem}"


def flaw_in(organizer: Organizer) -> Flaw | None:
    """Check an organizer's ledger from its first row to its head; return the first flaw."""
    number, previous, at = 0, "", None
    for row in _rows(organizer):
        number += 1
        if row.number != number:
            return Flaw(organizer.slug, number, "is missing.")
        if row.previous_hash != previous:
            return Flaw(organizer.slug, number, "does not follow the hash of the row before it.")
        if row.hash != hash_of(row):
            return Flaw(organizer.slug, number, "was changed: its hash does not match.")
        if at is not None and row.at <= at:
            return Flaw(organizer.slug, number, "is not later than the row before it.")
        previous, at = row.hash, row.at
    head = LedgerHead.objects.filter(organizer=organizer).first()
    if head is None:
        return Flaw(organizer.slug, number, "has no head.") if number else None
    if head.number > number:
        return Flaw(organizer.slug, number + 1, "is missing: the end of the ledger was cut off.")
    if head.number < number:
        return Flaw(organizer.slug, head.number + 1, "was added without the ledger's head.")
    if head.hash != previous:
        return Flaw(organizer.slug, number, "does not match the ledger's head.")
    return None


def find(digest: str) -> StockEvent | None:
    """Return the row with this hash, in whichever organizer's ledger."""
    return StockEvent.objects.select_related("organizer").filter(hash=digest).first()


def events_of(organizer: Organizer) -> QuerySet[StockEvent]:
    return StockEvent.objects.filter(organizer=organizer).order_by("number")


def head_hash(organizer: Organizer) -> str:
    """Return the hash of the newest row, for documents and pages; empty without rows."""
    row = LedgerHead.objects.filter(organizer=organizer).values_list("hash", flat=True).first()
    return row or ""


def _rows(organizer: Organizer) -> Iterator[StockEvent]:
    return iter(events_of(organizer).iterator(_CHUNK))
