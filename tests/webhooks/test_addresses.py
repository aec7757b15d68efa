"""Webhooks lead to public addresses, and to what the operator has named."""

from __future__ import annotations

import ipaddress

import pytest
from pytest_django.fixtures import Settings

from counterfoil.core.refusals import Invalid
from counterfoil.webhooks.addresses import AddressRefused, check_url, is_allowed, resolve


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(ipaddress.ip_address(address))


def test_the_operator_allows_networks_and_nothing_beside_them(settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("10.1.0.0/16")]

    allowed = {
        address
        for address in ("10.1.2.3", "::ffff:10.1.2.3", "10.2.0.1", "127.0.0.1", "169.254.169.254")
        if is_allowed(ipaddress.ip_address(address))
    }
    assert allowed == {"10.1.2.3", "::ffff:10.1.2.3"}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "::1"]
)
def test_every_spelling_of_an_address_is_refused_when_it_is_looked_up(host: str) -> None:
    with pytest.raises(AddressRefused):
        resolve(host, 80)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https://:443/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://a..b/",
        "https://user:password@example.org/",
        "https://example.org/#part",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "http://localhost:8000/",
        "http://hooks.localhost/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "https://" + "x" * 64 + ".org/",
        "https://example.org/" + "x" * 1000,
    ],
)
def test_an_address_that_cannot_be_used_is_refused_when_it_is_written(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_url(url)

    assert list(refusal.value.problems) == ["target_url"]


@pytest.mark.parametrize(
    ("url", "as_kept"),
    [
        ("https://example.org/hook?a=1&b=[2]", "https://example.org/hook?a=1&b=[2]"),
        ("https://Example.org:443", "https://example.org"),
        ("http://n8n:5678/webhook/%20x", "http://n8n:5678/webhook/%20x"),
        ("https://bücher.example/süß", "https://xn--bcher-kva.example/s%C3%BC%C3%9F"),
        ("https://[2606:4700:4700::1111]:8443/", "https://[2606:4700:4700::1111]:8443/"),
    ],
)
def test_an_address_is_kept_in_ascii(url: str, as_kept: str) -> None:
    assert check_url(url) == as_kept
