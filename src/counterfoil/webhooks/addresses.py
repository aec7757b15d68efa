"""Where webhooks may lead: to public addresses, and to networks that the operator has named.

A name is looked up once for each attempt, and the connection goes to the very address that was
checked: a name that answers differently the next time leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterfoil.core.refusals import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST = 1000

NOT_PUBLIC = gettext_lazy(
    "%(address)s is not a public address. The operator can allow it "
    "(COUNTERFOIL_WEBHOOK_ALLOWED_NETWORKS)."
)

_PORTS = {"http": 80, "https": 443}

#: Networks that ``is_global`` of some Python versions lets pass.
_REFUSED = [
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carriers' private addresses
        "192.0.0.0/24",
        "192.88.99.0/24",  # relays to 6to4
        "198.18.0.0/15",
        "64:ff9b:1::/48",  # translation inside a network
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",  # site-local, as it was
    )
]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


class AddressRefused(Exception):
    """None of a server's addresses is one that webhooks may lead to; the text is one of them."""


def check_url(url: str) -> str:
    """Return an address in its stored form, with its name and path in ASCII.

    Names are not looked up: what they lead to is checked each time something is sent.

    Raises:
        Invalid: it is no address that could be used, or plainly one of a private network.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = _ascii(parts.hostname or "")
        is_printable = url.strip().isprintable() and " " not in url.strip()
    except (ValueError, UnicodeError):
        raise _invalid(_("Enter a valid URL.")) from None
    if parts.scheme not in _PORTS:
        raise _invalid(_("The address must begin with https:// or http://."))
    if not host or port == 0 or not is_printable or len(url) > LONGEST:
        raise _invalid(_("Enter a valid URL."))
    if parts.username is not None or parts.password is not None:
        raise _invalid(_("The address must not contain a user name or a password."))
    if parts.fragment:
        raise _invalid(_("The address must not contain a fragment (#…)."))
    _refuse_plainly_private(host)
    return _normalised(parts, host)


def resolve(host: str, port: int) -> list[Address]:
    """Look a name up and return those of its addresses that may be connected to.

    Raises:
        OSError: the name does not exist, or no name server answers.
        AddressRefused: all of its addresses are in private networks.
    """
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(answer[4][0]) for answer in answers]
    allowed = [address for address in dict.fromkeys(addresses) if is_allowed(address)]
    if not allowed:
        raise AddressRefused(str(addresses[0]))
    return allowed


def is_allowed(address: Address) -> bool:
    """Tell whether webhooks may connect there."""
    inner = _inner(address)
    networks = settings.WEBHOOK_ALLOWED_NETWORKS
    if any(each in network for network in networks for each in {address, inner}):
        return True
    return _is_public(inner)


def _is_public(address: Address) -> bool:
    return address.is_global and not (
        address.is_multicast
        or address.is_private
        or address.is_reserved
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or any(address in network for network in _REFUSED)
    )


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address maps, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    is_plain = int(address) > 1  # neither :: nor ::1
    if address in _NAT64 or (address in _COMPATIBLE and is_plain):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _refuse_plainly_private(host: str) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        is_here = host == "localhost" or host.endswith(".localhost")
        address = ipaddress.ip_address("127.0.0.1")
        if not is_here:
            return
    if not is_allowed(address):
        raise _invalid(NOT_PUBLIC % {"address": address})


def _invalid(words: str) -> Invalid:
    return Invalid({"target_url": [words]})


def _ascii(host: str) -> str:
    """Return a name as name servers know it.

    Raises:
        UnicodeError: it can be no name.
    """
    if ":" in host:  # an IPv6 address
        return str(ipaddress.IPv6Address(host))
    return host.encode("idna").decode("ascii")


def _normalised(parts: SplitResult, host: str) -> str:
    place = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return f"{parts.scheme}://{place}{port}{path}" + (f"?{query}" if query else "")
