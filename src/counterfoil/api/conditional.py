"""Conditional answers: 304 and 412, by an ETag or by when something last changed.

HTTP dates know whole seconds (RFC 9110, 5.6.7), so changes are compared by the second they fall in:
a client that sends the date back is up to date.
"""

from __future__ import annotations

from copy import copy
from datetime import datetime

from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response


def early_answer(
    request: Request, *, etag: str | None = None, changed: datetime | None = None
) -> Response | None:
    """Return the empty 304 or 412 that the request's conditions ask for, if they do.

    Conditions on a date are ignored where nothing has one (RFC 9110, 13.1.4).
    """
    asked = copy(request._request)
    if changed is None:
        asked.META = {**asked.META, "HTTP_IF_UNMODIFIED_SINCE": ""}
    seconds = None if changed is None else int(changed.timestamp())
    early = get_conditional_response(asked, etag=etag, last_modified=seconds)
    # Django's own has a Content-Type, for which the API's middleware would give it a body.
    return None if early is None else Response(status=early.status_code)
