"""The names of what a team may do, as the API writes them, and what they mean in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

EVENT_PERMISSIONS = (
    "event.settings.general:write",
    "event.settings.payment:write",
    "event.settings.tax:write",
    "event.settings.invoicing:write",
    "event.items:write",
    "event.subevents:write",
    "event.orders:read",
    "event.orders:write",
    "event.orders:checkin",
    "event.prints:write",
    "event.stock:write",
    "event.vouchers:read",
    "event.vouchers:write",
    "event:cancel",
)
ORGANIZER_PERMISSIONS = (
    "organizer.events:create",
    "organizer.settings.general:write",
    "organizer.teams:write",
    "organizer.devices:read",
    "organizer.devices:write",
    "organizer.sellers:read",
    "organizer.sellers:write",
)

#: What every device may do on its events.
DEVICE_PERMISSIONS = frozenset({"event.orders:read", "event.orders:write", "event.vouchers:read"})

#: The permissions that let somebody create such a device: one of each group.
FULL_DEVICE_NEEDS = tuple((permission,) for permission in sorted(DEVICE_PERMISSIONS))
SCANNER_NEEDS = (("event.orders:read",), ("event.orders:write", "event.orders:checkin"))

#: The security profiles that a device may have. The API defines what each allows.
DEVICE_PROFILES = (
    ("full", _("Everything that devices may do")),
    ("pretixscan", _("pretixSCAN")),
    ("pretixscan_online_kiosk", _("pretixSCAN, kiosk mode, online only")),
    ("pretixscan_online_noordersync", _("pretixSCAN, online only, without a copy of the orders")),
    ("pretixpos", _("pretixPOS")),
)

Group = tuple[Any, tuple[tuple[str, Any], ...]]

#: In the order of work, each group with what it holds.
EVENT_GROUPS: tuple[Group, ...] = (
    (
        _("Tickets and orders"),
        (
            ("event.orders:read", _("See orders and tickets, and print them")),
            ("event.orders:write", _("Change orders and make tickets")),
            ("event.orders:checkin", _("Check tickets in and out")),
            ("event.prints:write", _("Print tickets on sheets, and repeat sheets")),
            (
                "event.stock:write",
                _("Activate, sell, take back and void paper tickets"),
            ),
            ("event.vouchers:read", _("See vouchers")),
            ("event.vouchers:write", _("Change vouchers")),
        ),
    ),
    (
        _("What is on and what is sold"),
        (
            ("event.items:write", _("Change products, quotas and categories")),
            ("event.subevents:write", _("Change the dates of a series")),
        ),
    ),
    (
        _("Event settings"),
        (
            ("event.settings.general:write", _("Change the event and its ticket layouts")),
            ("event.settings.tax:write", _("Change tax rules")),
            ("event.settings.payment:write", _("Change payment settings")),
            ("event.settings.invoicing:write", _("Change invoice settings")),
            ("event:cancel", _("Cancel the event")),
        ),
    ),
)
ORGANIZER_GROUPS: tuple[Group, ...] = (
    (
        _("Events and settings"),
        (
            ("organizer.events:create", _("Create events")),
            ("organizer.settings.general:write", _("Change the organizer and its channels")),
        ),
    ),
    (
        _("People and devices"),
        (
            ("organizer.teams:write", _("Manage teams, members and API tokens")),
            ("organizer.devices:read", _("See devices")),
            ("organizer.devices:write", _("Set up and revoke devices")),
        ),
    ),
    (
        _("Sellers"),
        (
            ("organizer.sellers:read", _("See sellers, what they have and what they owe")),
            ("organizer.sellers:write", _("Hand tickets out to sellers and settle with them")),
        ),
    ),
)

#: Each permission in words.
LABELS: dict[str, Any] = {
    name: label for _group, held in (*EVENT_GROUPS, *ORGANIZER_GROUPS) for name, label in held
}
