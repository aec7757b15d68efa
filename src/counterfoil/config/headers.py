"""Headers that tell a browser what a page of ours never does. Django sends the others itself."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Scripts, styles, forms and frames are our own; pictures may be made by the page (previews, codes).
_PAGE = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_TYPES = ("text/html", "image/svg+xml")
#: Those who call it keep nothing by themselves, and pretix sends no such header.
_PROGRAMS = "/api/"
_POLICY = "Content-Security-Policy"
_PERMISSIONS = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"


class HeadersMiddleware:
    """A page that needs another policy sets the header itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith(_TYPES):
            response.headers.setdefault(_POLICY, _PAGE)
            response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        is_html = response.get("Content-Type", "").startswith("text/html")
        if is_html or not request.path.startswith(_PROGRAMS):
            # On a shared computer the next person must not find pages by going back, nor files.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
