"""Conditional lists: ``Last-Modified``, 304 and 412, from the log of changes.

HTTP dates know whole seconds (RFC 9110, 5.6.7), so changes are compared by the second they fall in:
a client that sends the date back is up to date.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.http import http_date, parse_http_date_safe
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response


def early_answer(request: Request, changed: datetime | None) -> Response | None:
    """Return the empty 304 or 412 that the request's conditions ask for, if they do."""
    if changed is None:
        return None
    changed = changed.replace(microsecond=0)
    unmodified_since = _date_in(request, "If-Unmodified-Since")
    if unmodified_since is not None and changed > unmodified_since:
        return Response(status=status.HTTP_412_PRECONDITION_FAILED)
    modified_since = _date_in(request, "If-Modified-Since")
    if modified_since is not None and changed <= modified_since:
        return Response(status=status.HTTP_304_NOT_MODIFIED)
    return None


def last_modified(changed: datetime) -> str:
    """Write the date for the header."""
    return http_date(changed.timestamp())


def _date_in(request: Request, header: str) -> datetime | None:
    seconds = parse_http_date_safe(request.headers.get(header, ""))
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)
