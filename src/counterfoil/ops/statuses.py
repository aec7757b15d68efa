"""Which HTTP status says the same as a refusal: the table of the API and the pages."""

from __future__ import annotations

from counterfoil.core.refusals import Conflict, Forbidden, Gone, Invalid, Refusal, Unavailable

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
