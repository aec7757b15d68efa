"""A visitor's address is what a proxy of ours says, if there is one, else the connection's."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from counterfoil.web.framework.addresses import address_of, site_address


@pytest.mark.parametrize(
    ("behind_proxy", "remote", "forwarded", "address"),
    [
        (False, "192.0.2.1", "203.0.113.1", "192.0.2.1"),
        (True, "127.0.0.1", "203.0.113.1, 192.0.2.9", "192.0.2.9"),
        (True, "127.0.0.1", "2001:DB8::1", "2001:db8::1"),
        (True, "127.0.0.1", "unknown", None),
        (True, "", "192.0.2.9", "192.0.2.9"),
        (False, "", "192.0.2.9", None),  # a socket of Unix
    ],
)
def test_only_our_own_proxy_is_believed(
    settings: Settings, behind_proxy: bool, remote: str, forwarded: str, address: str | None
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)

    assert address_of(request) == address


@pytest.mark.parametrize(
    ("public", "address"),
    [("", "http://testserver"), ("https://tickets.example.org/", "https://tickets.example.org")],
)
def test_we_are_reached_where_the_settings_say(
    settings: Settings, public: str, address: str
) -> None:
    settings.PUBLIC_URL = public

    assert site_address(RequestFactory().get("/somewhere/")) == address
