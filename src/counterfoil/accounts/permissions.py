"""The names of what a team may do, as the API writes them."""

from __future__ import annotations

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
)

#: What every device may do on its events.
DEVICE_PERMISSIONS = frozenset({"event.orders:read", "event.orders:write", "event.vouchers:read"})
