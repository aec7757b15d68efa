"""What is done around every request: its id, its size, its line in the log, its figures."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from counterfoil.core import heavy, logcontext
from counterfoil.ops import metrics
from counterfoil.ops.responses import RETRY_AFTER, CompactJsonResponse

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
UNMATCHED = "unmatched"

#: Reading and checking a body of more bytes takes long enough to count as heavy work.
_LARGE_BODY = 256 * 1024

_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_PROBES = {"healthz", "readyz", "metrics"}


class RequestMiddleware:
    """Stands outermost. The path is not logged: it may hold the secret of a ticket."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        request_id = request_id_of(request)
        with logcontext.about(request=request_id):
            response = _too_large(request) or _foreign_host(request) or self._answer(request)
            response[HEADER] = request_id
            _note(request, response, time.perf_counter() - began)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if int(request.META.get("CONTENT_LENGTH") or 0) <= _LARGE_BODY:
            return self.get_response(request)
        try:
            with heavy.slot():
                return self.get_response(request)
        except heavy.TooBusy as refusal:
            return _come_again(request, refusal)


def _come_again(request: HttpRequest, refusal: heavy.TooBusy) -> HttpResponse:
    if request.path.startswith("/api/"):
        answer: HttpResponse = CompactJsonResponse({"detail": str(refusal)}, status=503)
    else:
        answer = HttpResponse(render_to_string("503.html"), status=503)
    answer["Retry-After"] = RETRY_AFTER
    return answer


def request_id_of(request: HttpRequest) -> str:
    """Return the caller's id for the request, if it is one, or a new one."""
    request_id = request.headers.get(HEADER, "")
    return request_id if _SANE.fullmatch(request_id) else uuid.uuid4().hex


def _too_large(request: HttpRequest) -> HttpResponse | None:
    """Refuse a body before it is read. (Waitress does so itself; gunicorn has no such limit.)"""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        return CompactJsonResponse({"detail": "Content-Length must be a number."}, status=400)
    if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return CompactJsonResponse({"detail": "The request is too large."}, status=413)
    return None


def _foreign_host(request: HttpRequest) -> HttpResponse | None:
    """Refuse a request for another host than ours, whatever the path: links are made of it.

    Probes and Prometheus call from inside, by the address of a machine or container.
    """
    if request.path_info.strip("/") in _PROBES:
        return None
    try:
        request.get_host()
    except DisallowedHost:
        return CompactJsonResponse({"detail": "This host name is not served here."}, status=400)
    return None


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    route = request.resolver_match.route if request.resolver_match else UNMATCHED
    method = request.method if request.method in _METHODS else "other"
    metrics.count_request(str(method), route, response.status_code, seconds)
    level = logging.DEBUG if route in _PROBES else logging.INFO
    if logger.isEnabledFor(level):
        facts = {
            "method": method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            **_where(request),
        }
        logger.log(level, "%s %s %d", method, route, response.status_code, extra={"facts": facts})


def _where(request: HttpRequest) -> dict[str, str]:
    """Who asked, and about which event; never which ticket."""
    facts = {}
    actor = getattr(request, "auth", None)  # left there by REST framework
    if actor is not None:
        facts["actor"] = actor.key
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    return {**facts, **{name: kwargs[name] for name in ("organizer", "event") if name in kwargs}}
