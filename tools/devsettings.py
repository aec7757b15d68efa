"""Settings for work on Counterfoil: what fails shows its traceback in the browser."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from counterfoil.config.settings import *  # noqa: F403
from counterfoil.config.settings import MIDDLEWARE

_HEADERS = "counterfoil.config.headers.HeadersMiddleware"

DEBUG = True
MIDDLEWARE = list(MIDDLEWARE)
MIDDLEWARE.insert(MIDDLEWARE.index(_HEADERS) + 1, "devsettings.debug_page_policy")


def debug_page_policy(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Let Django's debug pages use their inline styles and scripts; no page of ours may."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code in {404, 500}:
            response.headers.setdefault(
                "Content-Security-Policy", "default-src 'self' 'unsafe-inline'"
            )
        return response

    return answer
