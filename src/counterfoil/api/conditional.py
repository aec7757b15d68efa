"""Conditional lists: ``Last-Modified``, 304 and 412, from the log of changes.

HTTP dates know whole seconds. The date is rounded up once that second is over, so a client that
sends it back is up to date; while the second still runs it is rounded down, and the client is
given the whole list again rather than miss a change.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.http import http_date, parse_http_date_safe
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.core import clock


def early_answer(request: Request, changed: datetime | None) -> Response | None:
    """Return the empty 304 or 412 that the request's conditions ask for, if they do."""
    if changed is None:
        return None
    unmodified_since = _date_in(request, "If-Unmodified-Since")
    if unmodified_since is not None and changed > unmodified_since:
        return Response(status=status.HTTP_412_PRECONDITION_FAILED)
    modified_since = _date_in(request, "If-Modified-Since")
    if modified_since is not None and changed <= modified_since:
        return Response(status=status.HTTP_304_NOT_MODIFIED)
    return None


def last_modified(changed: datetime) -> str:
    """Write the date for the header."""
    whole = changed.replace(microsecond=0)
    next_second = whole + timedelta(seconds=1) if changed > whole else whole
    return http_date((next_second if next_second <= clock.now() else whole).timestamp())


def _date_in(request: Request, header: str) -> datetime | None:
    seconds = parse_http_date_safe(request.headers.get(header, ""))
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)
