"""Security profiles of devices: which routes, by name, a scanner with this profile may call.

``full`` may call whatever its permissions allow. An unknown profile may call nothing but the
routes that every device needs to stay alive.
"""

from __future__ import annotations

_ALIVE = frozenset(
    {
        ("GET", "version"),
        ("GET", "device-info"),
        ("GET", "device-eventselection"),
        ("POST", "device-update"),
        ("POST", "device-roll"),
        ("POST", "device-revoke"),
    }
)
_SCANNER = _ALIVE | {
    ("GET", "event-list"),
    ("GET", "event-detail"),
    ("GET", "event-settings"),
    ("GET", "organizer-subevent-list"),
    ("GET", "subevent-list"),
    ("GET", "subevent-detail"),
    ("GET", "category-list"),
    ("GET", "item-list"),
    ("GET", "item-picture"),
    ("GET", "question-list"),
    ("GET", "badgelayout-list"),
    ("GET", "badgeitem-list"),
    ("GET", "checkinlist-list"),
    ("GET", "checkinlist-detail"),
    ("GET", "checkinlist-status"),
    ("POST", "checkinlist-failed-checkins"),
    ("GET", "checkinlistpos-list"),
    ("GET", "checkinlistpos-detail"),
    ("POST", "checkinlistpos-redeem"),
    ("GET", "revokedsecret-list"),
    ("GET", "blockedsecret-list"),
    ("GET", "order-list"),
    ("POST", "upload"),
    ("POST", "orderposition-printlog"),
    ("POST", "checkinrpc-redeem"),
    ("POST", "checkinrpc-annul"),
    ("GET", "checkinrpc-search"),
    ("GET", "reusablemedium-list"),
}

#: Sells as well: it reads prices and how many are left, makes orders and prints their tickets.
_CASH_DESK = _SCANNER | {
    ("GET", "quota-list"),
    ("GET", "quota-availability"),
    ("GET", "taxrule-list"),
    ("GET", "discount-list"),
    ("GET", "ticketlayout-list"),
    ("GET", "ticketlayoutitem-list"),
    ("GET", "ticketlayout-background"),
    ("POST", "order-list"),
    ("GET", "order-detail"),
    ("GET", "order-download"),
    ("GET", "orderposition-list"),
    ("GET", "orderposition-detail"),
    ("GET", "orderposition-download"),
    ("GET", "voucher-list"),
}

PROFILES = {
    "pretixscan": _SCANNER,
    "pretixscan_online_kiosk": _SCANNER
    - {("GET", "order-list"), ("GET", "checkinlistpos-list"), ("GET", "checkinrpc-search")},
    "pretixscan_online_noordersync": _SCANNER
    - {("GET", "order-list"), ("GET", "checkinlistpos-list")},
    "pretixpos": _CASH_DESK,
}


def profile_allows(profile: str, method: str, route: str) -> bool:
    """Tell whether a device with this profile may call this route, named as in the URL table."""
    if profile == "full":
        return True
    method_of_profile = "GET" if method in {"HEAD", "OPTIONS"} else method
    return (method_of_profile, route) in PROFILES.get(profile, _ALIVE)
