"""Absolute addresses of our own pages and answers."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def absolute(request: Request | HttpRequest, path: str) -> str:
    """Return the address of a path (with its query): below COUNTERFOIL_PUBLIC_URL when that is
    set, else as the client reached us."""
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
    return request.build_absolute_uri(path)
