"""The page for what failed on our side, and whether it is worth coming again."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from counterfoil.ops.responses import RETRY_AFTER

_PASSING = (OperationalError, InterfaceError, OSError)  # the database or the storage is away


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that an exception has ended; asks nobody, for the database may be away."""
    if isinstance(sys.exc_info()[1], _PASSING):
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER})
    return HttpResponse(render_to_string("500.html"), status=500)
