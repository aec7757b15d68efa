"""Manners of the API that REST framework does not have: paths, error bodies, headers.

It is the innermost, so that it sees the path first and Django's own error pages before they leave.
Only the page for an address that no route knows stays a page: scanner apps take JSON for the answer
of a route, and tolerate any other 404 as that of a server that does not have it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import is_valid_path
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from counterfoil.ops.responses import CompactJsonResponse

PREFIX = "/api/"
_SLASHES = re.compile(r"/{2,}")
_VARY = ("Accept-Language", "Cookie", "Host")
_MESSAGES = {
    400: gettext_noop("Bad request."),
    404: gettext_noop("Not found."),
    413: gettext_noop("The request is too large."),
    500: gettext_noop("A server error occurred."),
    503: gettext_noop("The database or the storage is not available now."),
}


class ApiMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.path_info = _without_suffix(_SLASHES.sub("/", request.path_info))
        response = _refused(request) or _redirect(request) or self.get_response(request)
        if _is_page(response) and not _is_unmatched(request, response):
            response = _error_response(response.status_code, retry=response.get("Retry-After"))
        return _with_headers(response)


def _is_page(response: HttpResponseBase) -> bool:
    kind = response.get("Content-Type", "")
    return response.status_code >= 400 and kind.startswith("text/html")


def _is_unmatched(request: HttpRequest, response: HttpResponseBase) -> bool:
    return response.status_code == 404 and request.resolver_match is None


def _refused(request: HttpRequest) -> HttpResponse | None:
    """No text column can hold a NUL, and PostgreSQL fails when a query contains one."""
    if "\x00" in request.path_info:
        return _error_response(404)
    for name, values in request.GET.lists():
        if "\x00" in name or any("\x00" in value for value in values):
            problem = {name.replace("\x00", ""): [_("Null characters are not allowed.")]}
            return CompactJsonResponse(problem, status=400)
    return None


def _without_suffix(path: str) -> str:
    """Take ``.json`` off a path that leads nowhere with it, and somewhere without."""
    bare = f"{path.removesuffix('.json')}/"
    is_json_alias = path.endswith(".json") and not is_valid_path(path) and is_valid_path(bare)
    return bare if is_json_alias else path


def _redirect(request: HttpRequest) -> HttpResponse | None:
    """Send on who reads or deletes at a path without its last slash."""
    path = request.path_info
    if request.method not in {"GET", "HEAD", "DELETE"} or path.endswith("/"):
        return None
    if is_valid_path(path) or not is_valid_path(f"{path}/"):
        return None
    return HttpResponsePermanentRedirect(_slashed(request))


def _slashed(request: HttpRequest) -> str:
    # get_full_path escapes a leading "//", which a browser would read as another host.
    return request.get_full_path(force_append_slash=True)


def _error_response(status: int, *, retry: str | None = None) -> HttpResponse:
    headers = {"Retry-After": retry} if retry else None
    body = {"detail": _(_MESSAGES.get(status, _MESSAGES[400]))}
    return CompactJsonResponse(body, status=status, headers=headers)


def _with_headers(response: HttpResponseBase) -> HttpResponseBase:
    others = [name.strip() for name in response.get("Vary", "").split(",") if name.strip()]
    response["Vary"] = ", ".join(_VARY)
    patch_vary_headers(response, others)
    return response
