"""Orders of a declaration, with the codes, secrets and prices that it names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from counterfoil.catalog.services import WEB
from counterfoil.core import clock
from counterfoil.orders.changes import stamp_orders
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.orders.prices import gross_price
from counterfoil.orders.secrets import draw_order_secrets, draw_pseudonymization_ids
from counterfoil.orders.serials import number_positions
from counterfoil.provisioning.events import EventObjects
from counterfoil.provisioning.problems import DeclarationRefused, Problem, pointer
from counterfoil.provisioning.rows import Path, Rows, chosen


def apply_order(objects: EventObjects, source: dict[str, Any], rows: Rows, path: Path) -> None:
    """Add or change an order, its positions, and the payment that its status implies."""
    event = objects.event
    row = Order.objects.filter(organizer=event.organizer_id, code=source["code"]).first()
    if row is not None and row.event_id != event.pk:
        where = pointer([*path, "code"])
        raise DeclarationRefused([Problem(where, "is the code of an order of another event")])
    order = row or _new_order(objects)
    channel = source.get("sales_channel", WEB)
    moment = source["datetime"]
    values = {
        **chosen(source, "code", "status", "testmode", "email", "locale", "datetime"),
        "expires": source.get("expires", moment),
        "sales_channel": event.organizer.sales_channels.get(identifier=channel),
        "total": sum((Decimal(each["price"]) for each in source["positions"]), Decimal(0)),
    }
    before = dict(rows.counts["changed"])
    order = rows.upsert(order, values, path)
    for number, entry in enumerate(source["positions"]):
        _apply_position(objects, order, entry, rows, [*path, "positions", number])
    _apply_payment(order, rows, path)
    if row is None or dict(rows.counts["changed"]) != before:
        stamp_orders(event_id=event.pk, orders=[order.pk])


def _new_order(objects: EventObjects) -> Order:
    event = objects.event
    return Order(
        organizer=event.organizer,
        event=event,
        secret=draw_order_secrets(1)[0],
        locale=event.locale,
        last_modified=clock.now(),
    )


def _apply_position(
    objects: EventObjects, order: Order, source: dict[str, Any], rows: Rows, path: Path
) -> None:
    item = objects.items[source["item"]]
    price = gross_price(
        Decimal(source["price"]), rule=item.tax_rule, currency=objects.event.currency
    )
    row = order.positions.filter(positionid=source["positionid"]).first()
    position = row or OrderPosition(
        organizer=order.organizer,
        order=order,
        pseudonymization_id=draw_pseudonymization_ids(1)[0],
    )
    values = {
        **chosen(source, "positionid", "attendee_name_parts", "secret"),
        "item": item,
        "variation": objects.variations.get((source["item"], source.get("variation") or "")),
        "subevent": objects.subevents.get(source.get("subevent") or ""),
        "price": price.gross,
        "tax_rule": price.tax_rule,
        "tax_rate": price.tax_rate,
        "tax_value": price.tax_value,
        "tax_code": price.tax_code,
        "canceled": order.status == Order.Status.CANCELED,
    }
    position = rows.upsert(position, values, path)
    if row is None:
        number_positions([position], is_test=order.testmode)
        position.save(update_fields=["serial", "serial_number", "number_series"])


def _apply_payment(order: Order, rows: Rows, path: Path) -> None:
    """A paid order was paid by hand, a pending one waits for a transfer, others have none."""
    if order.status not in (Order.Status.PAID, Order.Status.PENDING) or not order.total:
        return
    paid = order.status == Order.Status.PAID
    row = order.payments.filter(local_id=1).first()
    values = {
        "state": "confirmed" if paid else "pending",
        "amount": order.total,
        "payment_date": order.datetime if paid else None,
        "provider": "manual" if paid else "banktransfer",
    }
    rows.upsert(row or OrderPayment(order=order, created=clock.now()), values, path)
