"""JSON as REST framework writes it, for what is answered without it: compact."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse

from counterfoil.core.refusals import Conflict, Forbidden, Gone, Invalid, Refusal, Unavailable


class CompactJsonResponse(JsonResponse):
    def __init__(self, body: Any, **kwargs: Any) -> None:
        super().__init__(body, json_dumps_params={"separators": (",", ":")}, **kwargs)


_STATUS: dict[type[Refusal], int] = {
    Invalid: 400,
    Forbidden: 403,
    Conflict: 409,
    Gone: 410,
    Unavailable: 503,
}

#: Seconds after which it is worth asking again, where that may help.
RETRY_AFTER = "5"


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status that says the same as a refusal."""
    return next(_STATUS[kind] for kind in type(refusal).__mro__ if kind in _STATUS)
