"""How we are reached: host names, addresses, HTTPS, proxies."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from counterfoil.ops.checks.findings import Finding, note, problem

_OWN = {"localhost", "127.0.0.1", "[::1]", "::1"}


def check_security() -> Iterator[Finding]:
    yield from _hosts()
    yield from _https()
    yield from _public_url()
    yield from _origins()
    yield from _metrics()


def is_public() -> bool:
    """Tell whether requests from elsewhere are expected."""
    return bool(set(settings.ALLOWED_HOSTS) - _OWN) or settings.HOST not in _OWN


def _hosts() -> Iterator[Finding]:
    if settings.DEBUG:
        yield problem("DEBUG is on. Error pages show settings and code to everybody.")
    if "*" in settings.ALLOWED_HOSTS:
        yield problem(
            "COUNTERFOIL_ALLOWED_HOSTS accepts any host name, so that others can forge the "
            "links in responses. List the host names."
        )
    if settings.HOST not in _OWN and not set(settings.ALLOWED_HOSTS) - _OWN:
        yield problem(
            f"COUNTERFOIL_HOST is {settings.HOST}, but COUNTERFOIL_ALLOWED_HOSTS names this "
            "machine only. Requests from other machines get a 400."
        )


def _https() -> Iterator[Finding]:
    if not settings.HTTPS and is_public():
        yield problem(
            "COUNTERFOIL_HTTPS is off, but other machines can reach this server. Tokens "
            "and tickets "
            "may travel unencrypted, and cookies are not limited to HTTPS."
        )
    if settings.HTTPS and not settings.BEHIND_PROXY:
        yield problem(
            "COUNTERFOIL_HTTPS is on, but COUNTERFOIL_BEHIND_PROXY is off. Counterfoil "
            "speaks HTTP; without "
            "the proxy's headers every request is redirected endlessly."
        )
    if settings.BEHIND_PROXY and settings.HOST not in _OWN:
        yield note(
            "COUNTERFOIL_BEHIND_PROXY is on and COUNTERFOIL_HOST is not this machine alone: make "
            "sure that nobody can bypass the proxy, because its headers are trusted."
        )


def _public_url() -> Iterator[Finding]:
    if not settings.PUBLIC_URL:
        if settings.BEHIND_PROXY:
            yield note(
                "COUNTERFOIL_PUBLIC_URL is not set, so links in responses follow the Host header."
            )
        return
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme not in {"http", "https"} or not url.hostname:
        yield problem("COUNTERFOIL_PUBLIC_URL must look like https://tickets.example.org.")
        return
    if settings.HTTPS and url.scheme != "https":
        yield problem(
            "COUNTERFOIL_PUBLIC_URL begins with http:// although COUNTERFOIL_HTTPS is on."
        )
    if not validate_host(url.hostname, settings.ALLOWED_HOSTS):
        yield problem(
            f"COUNTERFOIL_ALLOWED_HOSTS lacks {url.hostname}, the host of COUNTERFOIL_PUBLIC_URL."
        )


def _origins() -> Iterator[Finding]:
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if "://" not in origin:
            yield problem(f"COUNTERFOIL_TRUSTED_ORIGINS: {origin!r} must begin with https://.")


def _metrics() -> Iterator[Finding]:
    if settings.BEHIND_PROXY and not settings.METRICS_TOKEN:
        yield note("COUNTERFOIL_METRICS_TOKEN is not set. Behind a proxy nobody can read /metrics.")
