"""Whether we answer, and whether we can work: for load balancers, containers and monitoring.

``/healthz`` says that this process answers. ``/readyz`` says what it depends on; 503 if any of it
fails. ``/readyz?check=database&check=storage`` asks for these only, as a load balancer should:
a web host takes orders for work also while no worker is up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from counterfoil.core.refusals import Unavailable
from counterfoil.files import services as files
from counterfoil.jobs import migration_check, queries
from counterfoil.jobs.status import age_s
from counterfoil.ops.responses import RETRY_AFTER

Facts = dict[str, Any]

STORAGE_EVERY_S = 10.0


class _Failed(Exception):
    """A check failed. The text is for whoever watches, and holds no address and no secret."""

    def __init__(self, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.facts = facts


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; it asks nobody else."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Say what works and what does not."""
    requested = request.GET.getlist("check") or list(CHECKS)
    unknown = sorted(set(requested) - CHECKS.keys())
    if unknown:
        return JsonResponse({"detail": f"Checks are: {', '.join(CHECKS)}."}, status=400)
    results = {name: _result(CHECKS[name]) for name in CHECKS if name in requested}
    failed = [name for name, result in results.items() if result["status"] != "ok"]
    body = {"status": "failed" if failed else "ok", "failed": failed, "checks": results}
    answer = JsonResponse(body, headers={"Cache-Control": "no-store"})
    if failed:
        answer.status_code, answer["Retry-After"] = 503, RETRY_AFTER
    return answer


def _result(check: Callable[[], Facts]) -> Facts:
    try:
        return {"status": "ok", **check()}
    except _Failed as failure:
        return {"status": "failed", "why": str(failure), **failure.facts}
    except Unavailable as refusal:
        return {"status": "failed", "why": str(refusal)}
    except DatabaseError:
        return {"status": "failed", "why": "The database does not answer."}


def _database() -> Facts:
    migration_check.require_current()
    return {}


class Storage:
    """Stores a file and deletes it. With many probes and S3 that costs money: not each time.

    A storage that is slow to answer keeps one probe waiting; the others are told its last answer.
    They would wait until no thread is left for requests that need no storage.
    """

    def __init__(self) -> None:
        self._ask_at = 0.0
        self._lock = threading.Lock()
        self._why_not = "The storage has not answered yet."

    def __call__(self) -> Facts:
        if time.monotonic() >= self._ask_at and self._lock.acquire(blocking=False):
            try:
                self._ask()
            finally:
                self._lock.release()
        if self._why_not:
            raise _Failed(self._why_not)
        return {}

    def _ask(self) -> None:
        try:
            files.check_writable()
            self._why_not = ""
        except OSError:
            self._why_not = "Files cannot be stored."
        self._ask_at = time.monotonic() + STORAGE_EVERY_S


def _worker() -> Facts:
    age = age_s(queries.last_heartbeat())
    if age is None:
        raise _Failed("No worker has said that it lives.")
    if age > queries.LEASES_OF_SILENCE * settings.JOB_LEASE_S:
        raise _Failed("No worker has said for a while that it lives.", age_seconds=round(age, 1))
    return {"age_seconds": round(age, 1)}


def _waiting() -> Facts:
    wait = age_s(queries.oldest_waiting())
    facts = {"oldest_seconds": None if wait is None else round(wait, 1)}
    if wait is not None and wait > settings.READY_MAX_WAIT_S:
        raise _Failed("A job has waited for too long.", **facts)
    return facts


CHECKS: dict[str, Callable[[], Facts]] = {
    "database": _database,
    "storage": Storage(),
    "worker": _worker,
    "waiting": _waiting,
}
