"""What buyers and guests say about themselves, and how orders and positions keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog.eventsettings import setting
from counterfoil.catalog.models import Event
from counterfoil.catalog.nameschemes import with_scheme
from counterfoil.core import clock
from counterfoil.orders.changes import stamp_orders
from counterfoil.orders.models import Order
from counterfoil.orders.payments import lock_order

#: The columns of an order that may be changed at any time.
ORDER_DETAILS = (
    "email",
    "phone",
    "comment",
    "custom_followup_at",
    "checkin_attention",
    "checkin_text",
    "locale",
    "invoice_address",
    "valid_if_pending",
    "api_meta",
)


def details_as_stored(event: Event, details: Mapping[str, Any]) -> dict[str, Any]:
    """Return details of an order with its invoice address as the column keeps it."""
    address = details.get("invoice_address")
    if address is None:
        return dict(details)
    parts = address.get("name_parts") or {}
    if not parts and address.get("name"):
        parts = {"_legacy": address["name"]}
    stored = {key: value for key, value in address.items() if key != "name"}
    stored["name_parts"] = _with_scheme(event, parts)
    stored["last_modified"] = clock.now().isoformat()
    return {**details, "invoice_address": stored}


def attendee_as_stored(event: Event, attendee: Mapping[str, Any]) -> dict[str, Any]:
    """Return an attendee's columns; a name without a scheme is one of the event's."""
    if "attendee_name_parts" not in attendee:
        return dict(attendee)
    parts = attendee["attendee_name_parts"] or {}
    return {**attendee, "attendee_name_parts": _with_scheme(event, parts)}


def _with_scheme(event: Event, parts: Mapping[str, str]) -> dict[str, str]:
    return with_scheme(parts, setting(event, "name_scheme"))


def _differs(name: str, before: Any, after: Any) -> bool:
    if name == "invoice_address" and before and after:
        return {**before, "last_modified": None} != {**after, "last_modified": None}
    return bool(before != after)


@transaction.atomic
def update_order(*, actor: Actor | None, order: Order, fields: Mapping[str, Any]) -> Order:
    """Change details of an order, by column; see ``ORDER_DETAILS``.

    Raises:
        Gone: somebody has deleted it.
    """
    locked = lock_order(order)
    stored = details_as_stored(order.event, fields)
    changed = [
        name for name, value in stored.items() if _differs(name, getattr(locked, name), value)
    ]
    if not changed:
        return locked
    for name in changed:
        setattr(locked, name, stored[name])
    locked.save(update_fields=[*changed, "search_text"])
    audit.record(
        actor=actor,
        action="counterfoil.order.changed",
        obj=locked,
        event=order.event,
        data={"fields": sorted(changed)},
    )
    locked.last_modified = stamp_orders(event_id=order.event_id, orders=[order.pk])
    return locked
