"""Makes the rows a fact needs, with defaults for everything the fact is not about."""

from __future__ import annotations

import hashlib
import itertools
import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from counterfoil.accounts.models import APIToken, Device, Team, User
from counterfoil.catalog.models import (
    Event,
    Item,
    ItemVariation,
    NumberSeries,
    Organizer,
    Quota,
    SalesChannel,
    SubEvent,
    TaxRule,
)
from counterfoil.core import clock
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.webhooks.actions import LABELS
from counterfoil.webhooks.models import Delivery, Notification, Webhook
from counterfoil.webhooks.sending import new_secret

_numbers = itertools.count(1)


def make_organizer(**given: Any) -> Organizer:
    """An organizer with the ``web`` channel that every organizer has."""
    number = next(_numbers)
    organizer = Organizer.objects.create(
        **{"slug": f"org{number}", "name": f"Organizer {number}", **given}
    )
    SalesChannel.objects.create(
        organizer=organizer, identifier="web", type="web", label={"en": "Online shop"}
    )
    return organizer


def make_event(organizer: Organizer | None = None, **given: Any) -> Event:
    number = next(_numbers)
    defaults = {
        "slug": f"event{number}",
        "name": {"en": f"Event {number}", "de": f"Veranstaltung {number}"},
        "timezone": "Europe/Berlin",
        "locales": ["en", "de"],
        "live": True,
        "date_from": datetime(2027, 6, 12, 16, 0, tzinfo=UTC),
        "location": {"en": "Congress Hall, Berlin"},
        "plugins": ["pretix.plugins.ticketoutputpdf"],
    }
    return Event.objects.create(organizer=organizer or make_organizer(), **{**defaults, **given})


def make_subevent(event: Event, **given: Any) -> SubEvent:
    defaults = {
        "name": {"en": f"Date {next(_numbers)}"},
        "active": True,
        "date_from": event.date_from,
    }
    return SubEvent.objects.create(event=event, **{**defaults, **given})


def make_tax_rule(event: Event, **given: Any) -> TaxRule:
    return TaxRule.objects.create(
        event=event, **{"name": {"en": "VAT"}, "rate": Decimal("19.00"), **given}
    )


def make_item(event: Event, *, quota: int | bool | None = None, **given: Any) -> Item:
    """A product in a quota of its own: of that size, unlimited (None), or in none (False)."""
    defaults = {
        "name": {"en": f"Ticket {next(_numbers)}"},
        "default_price": Decimal("23.00"),
        "admission": True,
    }
    item = Item.objects.create(event=event, **{**defaults, **given})
    if quota is not False and not event.has_subevents:
        make_quota(event, size=quota, items=[item])
    return item


def make_variation(item: Item, **given: Any) -> ItemVariation:
    """A variation, in all the quotas that its item is in."""
    variation = ItemVariation.objects.create(
        item=item, **{"value": {"en": f"Row {next(_numbers)}"}, **given}
    )
    for quota in item.quotas.all():
        quota.variations.add(variation)
    return variation


def make_number_series(
    organizer: Organizer, *items: Item | ItemVariation, **given: Any
) -> NumberSeries:
    """A series that numbers some products or variations."""
    number = next(_numbers)
    series = NumberSeries.objects.create(
        organizer=organizer, **{"name": f"Series {number}", "prefix": f"S{number}-", **given}
    )
    for item in items:
        product = {"item": item} if isinstance(item, Item) else {"item": item.item}
        variation = None if isinstance(item, Item) else item
        series.assignments.create(**product, variation=variation)
    return series


def make_quota(
    event: Event,
    *,
    size: int | None,
    items: list[Item],
    variations: list[ItemVariation] | None = None,
    **given: Any,
) -> Quota:
    quota = Quota.objects.create(
        event=event, size=size, **{"name": f"Quota {next(_numbers)}", **given}
    )
    quota.items.set(items)
    quota.variations.set(variations or [])
    return quota


def make_layout(event: Event, **given: Any) -> TicketLayout:
    defaults: dict[str, Any] = {
        "name": f"Layout {next(_numbers)}",
        "layout": [qr_element(), text_element()],
    }
    return TicketLayout.objects.create(event=event, **{**defaults, **given})


def qr_element(**given: Any) -> dict[str, Any]:
    return {"type": "barcodearea", "left": "20.00", "bottom": "60.00", "size": "40.00", **given}


def text_element(**given: Any) -> dict[str, Any]:
    defaults = {
        "type": "textarea",
        "left": "20.00",
        "bottom": "110.00",
        "fontsize": "14.0",
        "color": [0, 0, 0, 1],
        "fontfamily": "Open Sans",
        "bold": False,
        "italic": False,
        "width": "60.00",
        "content": "event_name",
        "align": "left",
    }
    return {**defaults, **given}


def make_order(event: Event, *, items: list[Item], **given: Any) -> Order:
    """A paid order with one position for each of ``items``."""
    number = next(_numbers)
    moment = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
    defaults: dict[str, Any] = {
        "code": f"X{number:04}",
        "status": Order.Status.PAID,
        "secret": secrets.token_hex(8),
        "sales_channel": event.organizer.sales_channels.get(identifier="web"),
        "datetime": moment,
        "expires": moment,
        "last_modified": moment,
        "total": sum(item.default_price for item in items),
    }
    order = Order.objects.create(organizer=event.organizer, event=event, **{**defaults, **given})
    for positionid, item in enumerate(items, start=1):
        make_position(order, item, positionid=positionid)
    return order


def make_position(order: Order, item: Item, **given: Any) -> OrderPosition:
    defaults: dict[str, Any] = {
        "price": item.default_price,
        "tax_rate": Decimal(0),
        "tax_value": Decimal(0),
        "secret": secrets.token_hex(16),
        "pseudonymization_id": secrets.token_hex(5).upper(),
    }
    return OrderPosition.objects.create(
        organizer=order.organizer, order=order, item=item, **{**defaults, **given}
    )


def make_team(organizer: Organizer, *, permissions: list[str] | None = None, **given: Any) -> Team:
    """A team that sees all events; with ``permissions`` None it may do everything."""
    defaults: dict[str, Any] = {
        "name": f"Team {next(_numbers)}",
        "all_events": True,
        "all_event_permissions": permissions is None,
        "all_organizer_permissions": permissions is None,
        "event_permissions": [name for name in permissions or [] if name.startswith("event")],
        "organizer_permissions": [
            name for name in permissions or [] if name.startswith("organizer")
        ],
    }
    return Team.objects.create(organizer=organizer, **{**defaults, **given})


def make_user(organizer: Organizer, *, permissions: list[str] | None = None, **given: Any) -> User:
    """Somebody in a team of their own; with ``permissions`` None it may do everything."""
    user = User.objects.create(**{"email": f"user{next(_numbers)}@example.org", **given})
    make_team(organizer, permissions=permissions).members.add(user)
    return user


def make_token(team: Team, **given: Any) -> tuple[APIToken, str]:
    """A token and the header value that uses it."""
    raw = secrets.token_urlsafe(32)
    token = APIToken.objects.create(
        team=team, token_hash=hashlib.sha256(raw.encode()).hexdigest(), **{"name": "token", **given}
    )
    return token, f"Token {raw}"


def make_device(organizer: Organizer, **given: Any) -> tuple[Device, str]:
    """An initialized device and the header value that uses it."""
    number, raw = next(_numbers), secrets.token_urlsafe(32)
    defaults: dict[str, Any] = {
        "device_id": number,
        "unique_serial": f"SERIAL{number}",
        "initialization_token": f"init{number}",
        "token_hash": hashlib.sha256(raw.encode()).hexdigest(),
        "all_events": True,
        "name": "Gate",
        "initialized": datetime(2026, 10, 1, tzinfo=UTC),
        "hardware_brand": "Acme",
        "hardware_model": "S1",
        "software_brand": "pretixSCAN",
        "software_version": "2.20.0",
    }
    return Device.objects.create(organizer=organizer, **{**defaults, **given}), f"Device {raw}"


def make_webhook(organizer: Organizer, **given: Any) -> Webhook:
    """Make a webhook of all events that is told of everything."""
    limit = given.pop("limit_events", None)
    webhook = Webhook.objects.create(
        organizer=organizer,
        **{
            "target_url": "https://example.org/hook",
            "all_events": limit is None,
            "action_types": list(LABELS),
            "secret": new_secret(),
            **given,
        },
    )
    webhook.limit_events.set(limit or [])
    return webhook


def make_delivery(webhook: Webhook, **given: Any) -> Delivery:
    """Make a message to a webhook that waits to be sent."""
    notification = Notification.objects.create(
        organizer=webhook.organizer,
        action="pretix.event.order.paid",
        payload={"event": "democon", "code": "ABC23", "action": "pretix.event.order.paid"},
    )
    return Delivery.objects.create(
        webhook=webhook,
        notification=notification,
        **{"give_up_at": clock.now() + timedelta(days=3), **given},
    )
