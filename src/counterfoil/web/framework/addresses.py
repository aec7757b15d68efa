"""Addresses: the visitor's, and ours."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Network, ip_address

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


def network_of(request: HttpRequest) -> str | None:
    """Return what counts as one visitor: an IPv4 address, or the /64 of an IPv6 one.

    A single customer gets a /64 at least, and may send each request from another address in it.
    """
    address = address_of(request)
    if address is None:
        return None
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), 64), strict=False).network_address)


def own(request: HttpRequest, to: str, otherwise: str = "/") -> str:
    """Return an address if it is ours, else the other: nobody is led to another site."""
    hosts = {request.get_host()}
    is_own = url_has_allowed_host_and_scheme(to, hosts, require_https=request.is_secure())
    return to if is_own else otherwise


def site_address(request: HttpRequest) -> str:
    """Return where we are reached, without a slash at the end."""
    return (settings.PUBLIC_URL or request.build_absolute_uri("/")).rstrip("/")
