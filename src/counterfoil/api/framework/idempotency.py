"""``X-Idempotency-Key``: the first answer is kept and given again to whoever repeats the key.

One transaction goes around the service call and the record of its answer; a middleware around the
view would lose the record when the process dies between the two. What takes seconds is done outside
of it: on SQLite nobody else could write meanwhile, and PostgreSQL ends a transaction that idles.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from counterfoil.accounts import idempotency
from counterfoil.accounts.idempotency import Answer, KeyUse
from counterfoil.core.failpoints import reach
from counterfoil.core.refusals import Refusal

T = TypeVar("T")

HEADER = "X-Idempotency-Key"
LONGEST_KEY = 190

#: Answers that may be different the next time.
_NOT_KEPT = frozenset({409, 429, 500, 503})

#: What was done outside of the transaction of the request that is being answered, by its name.
_done_before_transaction: ContextVar[dict[str, Future[Any]] | None] = ContextVar(
    "done_outside", default=None
)


class _BeforeTransaction(Exception):
    def __init__(self, name: str, work: Callable[[], Any]) -> None:
        super().__init__(name)
        self.name = name
        self.work = work


def key_of(request: HttpRequest) -> str:
    """Return the key of a writing request; empty if it has none.

    Raises:
        ParseError: the key is too long.
    """
    key = request.headers.get(HEADER, "")
    if not key or request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
        return ""
    if len(key) > LONGEST_KEY or "\x00" in key:
        raise ParseError(f"{HEADER} may have up to {LONGEST_KEY} characters.")
    return key


def answer_once(use: KeyUse, work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer from the record, or work and keep the answer.

    Raises:
        StillRunning: the first request has not been answered yet.
    """
    done: dict[str, Future[Any]] = {}
    before = _done_before_transaction.set(done)
    try:
        while True:
            try:
                return _answered(use, work)
            except _BeforeTransaction as asked:
                done[asked.name] = _outcome(asked.work)
            except idempotency.AnsweredMeanwhile:
                continue  # the record is there now
    finally:
        _done_before_transaction.reset(before)


def outside(name: str, work: Callable[[], T]) -> T:
    """Return what takes seconds to find, found outside of the transaction that a key holds.

    Where there is one it is given up and begun anew when the work is done, so this belongs before
    all else that a request does. ``name`` tells one such work of a request from others.
    """
    done = _done_before_transaction.get()
    if done is None:
        return work()
    if name not in done:
        raise _BeforeTransaction(name, work)
    found: T = done[name].result()
    return found


def _outcome(work: Callable[[], Any]) -> Future[Any]:
    """Work; a refusal is told in the transaction, so that it is kept as the answer."""
    outcome: Future[Any] = Future()
    try:
        outcome.set_result(work())
    except Refusal as refused:
        outcome.set_exception(refused)
    return outcome


def _answered(use: KeyUse, work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    with idempotency.held(use):
        kept = idempotency.kept_answer(use)
        if kept is not None:
            return replay(kept)
        response = work()
        if response.status_code in _NOT_KEPT:
            transaction.set_rollback(True)
        else:
            idempotency.keep_answer(use, _answer_in(response))
    reach("idempotency.committed")
    return response


def replay(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    del response["Content-Type"]
    for name, value in answer.headers.items():
        response[name] = value
    return response


def _answer_in(response: HttpResponseBase) -> Answer:
    if isinstance(response, Response) and not response.is_rendered:
        response.render()
    body = response.content if isinstance(response, HttpResponse) else b""
    return Answer(response.status_code, dict(response.items()), body)
