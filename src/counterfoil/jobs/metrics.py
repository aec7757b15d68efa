"""What a worker counts: attempts by their end, the time they took, the pieces they made.

A piece is what a job's progress counts: a ticket made (``batches.create``), a ticket printed
(``printing.render``).
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram

_ATTEMPTS = Counter("counterfoil_job_attempts", "Attempts at jobs, by their end.", ["kind", "end"])
_SECONDS = Histogram(
    "counterfoil_job_seconds",
    "Time that attempts at jobs took.",
    ["kind"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
_PIECES = Counter("counterfoil_job_pieces", "Pieces made by jobs that are done.", ["kind"])


def count_attempt(kind: str, end: str, *, seconds: float, pieces: int) -> None:
    """Count one attempt. ``end`` is the state it left the job in, or ``lost``."""
    _ATTEMPTS.labels(kind, end).inc()
    _SECONDS.labels(kind).observe(seconds)
    if end == "done":
        _PIECES.labels(kind).inc(pieces)
