"""Addresses: the visitor's, and ours."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def address_of(request: HttpRequest) -> str | None:
    """Return the visitor's IP address; None where nobody tells.

    Behind a proxy it is the last in ``X-Forwarded-For``, which our own proxy wrote; what stands
    before it came from the visitor, who may write there what they like.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        told = request.headers.get("X-Forwarded-For", told).rpartition(",")[2].strip()
    try:
        return str(ip_address(told))
    except ValueError:
        return None


def own(request: HttpRequest, to: str, otherwise: str = "/") -> str:
    """Return an address if it is ours, else the other: nobody is led to another site."""
    hosts = {request.get_host()}
    is_own = url_has_allowed_host_and_scheme(to, hosts, require_https=request.is_secure())
    return to if is_own else otherwise


def site_address(request: HttpRequest) -> str:
    """Return where we are reached, without a slash at the end."""
    return (settings.PUBLIC_URL or request.build_absolute_uri("/")).rstrip("/")
