"""How we are reached: host names, addresses, HTTPS, proxies."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from counterfoil.ops.checks.findings import Finding, note, problem

_OWN = {"localhost", "127.0.0.1", "[::1]", "::1"}


def exposure() -> Iterator[Finding]:
    yield from _hosts()
    yield from _https()
    yield from _public_url()
    yield from _origins()
    yield from _figures()


def is_public() -> bool:
    """Tell whether requests from elsewhere are expected."""
    return bool(set(settings.ALLOWED_HOSTS) - _OWN) or settings.HOST not in _OWN


def _hosts() -> Iterator[Finding]:
    if settings.DEBUG:
        yield problem("DEBUG is on: pages of errors show settings and code to everybody.")
    if "*" in settings.ALLOWED_HOSTS:
        yield problem(
            "COUNTERFOIL_ALLOWED_HOSTS accepts any host name, so that others can forge the "
            "addresses in our answers. List the names."
        )
    if settings.HOST not in _OWN and not set(settings.ALLOWED_HOSTS) - _OWN:
        yield problem(
            f"COUNTERFOIL_HOST is {settings.HOST}, but COUNTERFOIL_ALLOWED_HOSTS names this "
            "machine only: requests from elsewhere are answered with 400."
        )


def _https() -> Iterator[Finding]:
    if not settings.HTTPS and is_public():
        yield problem(
            "COUNTERFOIL_HTTPS is off although we are reached from elsewhere: tokens and tickets "
            "may travel unencrypted, and cookies are not kept to HTTPS."
        )
    if settings.HTTPS and not settings.BEHIND_PROXY:
        yield problem(
            "COUNTERFOIL_HTTPS is on, but COUNTERFOIL_BEHIND_PROXY is off. We speak HTTP; without "
            "the proxy's word every request is redirected for ever."
        )
    if settings.BEHIND_PROXY and settings.HOST not in _OWN:
        yield note(
            "COUNTERFOIL_BEHIND_PROXY is on and COUNTERFOIL_HOST is not this machine alone: make "
            "sure that nobody reaches us past the proxy, for its headers are believed."
        )


def _public_url() -> Iterator[Finding]:
    if not settings.PUBLIC_URL:
        if settings.BEHIND_PROXY:
            yield note(
                "COUNTERFOIL_PUBLIC_URL is not set: links in answers follow the Host header."
            )
        return
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme not in {"http", "https"} or not url.hostname:
        yield problem("COUNTERFOIL_PUBLIC_URL must read like https://tickets.example.org.")
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


def _figures() -> Iterator[Finding]:
    if settings.BEHIND_PROXY and not settings.METRICS_TOKEN:
        yield note("COUNTERFOIL_METRICS_TOKEN is not set: behind a proxy nobody sees /metrics.")
