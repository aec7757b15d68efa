"""``X-Idempotency-Key``: the first answer is kept and given again to whoever repeats the key.

One transaction goes around the service call and the record of its answer; a middleware around the
view would lose the record when the process dies between the two.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from counterfoil.accounts import idempotency
from counterfoil.accounts.idempotency import Answer, Claim
from counterfoil.core.failpoints import reach

HEADER = "X-Idempotency-Key"
LONGEST_KEY = 190

#: Answers that may be different the next time.
_NOT_KEPT = frozenset({409, 429, 500, 503})


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


def answer_once(claim: Claim, work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer from the record, or work and keep the answer.

    Raises:
        StillRunning: the first request has not been answered yet.
    """
    with idempotency.held(claim):
        kept = idempotency.kept_answer(claim)
        if kept is not None:
            return replay(kept)
        response = work()
        if response.status_code in _NOT_KEPT:
            transaction.set_rollback(True)
        else:
            idempotency.keep_answer(claim, _answer_in(response))
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
