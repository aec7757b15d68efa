"""Conditional answers: 304 and 412, by an ETag or by when something last changed.

HTTP dates know whole seconds (RFC 9110, 5.6.7), so changes are compared by the second they fall in:
a client that sends the date back is up to date. Which date that is where several changes fall in
one second says ``audit.queries.last_modified``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response

_DATES = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")
#: How Java names the zone in its own form of a date (``Sun Nov 29 14:23:36 GMT 2026``), which is
#: that of asctime but for the zone, and at the end of an HTTP date.
_ZONE_BEFORE_YEAR = re.compile(r" (GMT|UTC)([+-]00:00)?(?= [0-9]{4}$)")
_ZONE_AT_END = re.compile(r" (GMT|UTC)([+-]00:00)?$")


def early_answer(
    request: Request, *, etag: str | None = None, changed: datetime | None = None
) -> Response | None:
    """Return the empty 304 or 412 that the request's conditions ask for, if they do.

    Conditions on a date are ignored where nothing has one (RFC 9110, 13.1.4).
    """
    request_in_seconds = copy(request._request)
    request_in_seconds.META = {**request_in_seconds.META, **_http_dates(request_in_seconds.META)}
    if changed is None:
        request_in_seconds.META = {**request_in_seconds.META, "HTTP_IF_UNMODIFIED_SINCE": ""}
    seconds = None if changed is None else int(changed.timestamp())
    early = get_conditional_response(request_in_seconds, etag=etag, last_modified=seconds)
    # Django's own has a Content-Type, for which the API's middleware would give it a body.
    return None if early is None else Response(status=early.status_code)


def _http_dates(meta: Mapping[str, Any]) -> dict[str, str]:
    """Return the dates of the conditions as HTTP writes them; scanner apps send Java's form too."""
    headers = {name: meta[name] for name in _DATES if name in meta}
    return {
        name: _ZONE_AT_END.sub(" GMT", _ZONE_BEFORE_YEAR.sub("", date))
        for name, date in headers.items()
    }
