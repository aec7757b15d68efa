"""``X-Idempotency-Key``: the first answer is stored and sent again when the key is repeated.

One transaction goes around the service call and the record of its answer; a middleware around the
view would lose the record when the process dies between the two. What takes seconds is done outside
of it: on SQLite nobody else could write meanwhile, and PostgreSQL ends a transaction that idles.
So is the body of a long answer made: the record says what it is about, and whoever repeats the key
of a process that died before it stored the body gets it made anew.
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
_NOT_STORED = frozenset({409, 429, 500, 503})

#: What was done outside of the transaction of the request that is being answered, by its name.
_done_before_transaction: ContextVar[dict[str, Future[Any]] | None] = ContextVar(
    "done_outside", default=None
)


class LateAnswer(Response):
    """An answer whose body is made when the transaction is over."""

    def __init__(self, subject: str, make: Callable[[], Any], status: int) -> None:
        super().__init__(status=status)
        self.subject = subject
        self.make = make


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


def answer_once(
    use: KeyUse,
    work: Callable[[], HttpResponseBase],
    answer_about: Callable[[str], HttpResponseBase],
) -> HttpResponseBase:
    """Answer from the record, or work and keep the answer.

    ``answer_about`` makes the answer to a request that was carried out, from the subject of its
    `LateAnswer`.

    Raises:
        StillRunning: the first request has not been answered yet.
    """
    done: dict[str, Future[Any]] = {}
    before = _done_before_transaction.set(done)
    try:
        while True:
            try:
                return _completed(use, _answered(use, work), answer_about)
            except _BeforeTransaction as request:
                done[request.name] = _outcome(request.work)
            except idempotency.AnsweredMeanwhile:
                continue  # the record is there now
    finally:
        _done_before_transaction.reset(before)


def outside(name: str, work: Callable[[], T]) -> T:
    """Return the result of slow work, done outside of the transaction that a key holds.

    If there is one it is rolled back and begun again after the work, so this belongs before
    all else that a request does. ``name`` tells one such work of a request from others.
    """
    done = _done_before_transaction.get()
    if done is None:
        return work()
    if name not in done:
        raise _BeforeTransaction(name, work)
    result: T = done[name].result()
    return result


def after_commit(subject: str, make: Callable[[], Any], *, status: int = 200) -> Response:
    """Return an answer whose data are made outside of the transaction that a key holds.

    ``subject`` is what the view's ``answer_about`` needs to make such an answer again.
    """
    if _done_before_transaction.get() is None:
        return Response(make(), status=status)
    return LateAnswer(subject, make, status)


def _outcome(work: Callable[[], Any]) -> Future[Any]:
    """Dispatch. A refusal becomes a response inside the transaction, so that it is stored too."""
    outcome: Future[Any] = Future()
    try:
        outcome.set_result(work())
    except Refusal as refused:
        outcome.set_exception(refused)
    return outcome


def _answered(use: KeyUse, work: Callable[[], HttpResponseBase]) -> HttpResponseBase | Answer:
    with idempotency.held(use):
        stored = idempotency.stored_answer(use)
        if stored is not None:
            return stored
        response = work()
        if response.status_code in _NOT_STORED:
            transaction.set_rollback(True)
        else:
            idempotency.keep_answer(use, _answer_in(response))
    reach("idempotency.committed")
    return response


def _completed(
    use: KeyUse,
    answer: HttpResponseBase | Answer,
    answer_about: Callable[[str], HttpResponseBase],
) -> HttpResponseBase:
    """Make and store the body of a late answer, if it is one."""
    if isinstance(answer, LateAnswer):
        response: HttpResponseBase = answer
        answer.data = answer.make()
    elif isinstance(answer, Answer) and answer.subject:
        response = answer_about(answer.subject)
        if not 200 <= response.status_code < 300:
            return response
        response.status_code = answer.status
    else:
        return replay(answer) if isinstance(answer, Answer) else answer
    idempotency.complete_answer(use, _answer_in(response))
    return response


def replay(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    del response["Content-Type"]
    for name, value in answer.headers.items():
        response[name] = value
    return response


def _answer_in(response: HttpResponseBase) -> Answer:
    if isinstance(response, LateAnswer) and response.data is None:
        return Answer(response.status_code, subject=response.subject)
    if isinstance(response, Response) and not response.is_rendered:
        response.render()
    body = response.content if isinstance(response, HttpResponse) else b""
    return Answer(response.status_code, dict(response.items()), body)
