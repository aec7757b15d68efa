"""Reports of scanners: scans that they denied offline, and prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from counterfoil.accounts.actors import Actor
from counterfoil.audit.services import record
from counterfoil.catalog import change_clock
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.services import device_of
from counterfoil.core import clock
from counterfoil.orders.changes import lock_orders, stamp_orders
from counterfoil.orders.models import OrderPosition, PrintLog


@transaction.atomic
def report_failure(
    *, checkin_list: CheckinList, fields: Mapping[str, Any], actor: Actor | None
) -> Checkin:
    """Store a scan that an app denied while it was offline. A repeated nonce is stored once.

    ``fields`` are those of a check-in; ``datetime`` defaults to now.
    """
    nonce = fields.get("nonce")
    same = Checkin.objects.filter(list=checkin_list, successful=False, nonce=nonce)
    existing = same.first() if nonce else None
    if existing:
        return existing
    failed = Checkin.objects.create(
        list=checkin_list,
        successful=False,
        device=device_of(actor),
        **{"datetime": clock.now(), **fields},
    )
    record(
        actor=actor,
        action="counterfoil.checkin.refused",
        obj=failed.position or checkin_list,
        event=checkin_list.event,
        data={"list": checkin_list.pk, "reason": failed.error_reason},
    )
    failed.created = change_clock.stamp(checkin_list.event_id)
    failed.save(update_fields=["created"])
    return failed


@transaction.atomic
def report_print(
    *, position: OrderPosition, fields: Mapping[str, Any], actor: Actor | None
) -> PrintLog:
    """Log that a ticket or badge was printed."""
    event, device = position.order.event, device_of(actor)
    lock_orders([position.order_id])
    log = PrintLog.objects.create(
        position=position, device_id=device.device_id if device else None, **fields
    )
    record(
        actor=actor,
        action="counterfoil.orderposition.printed",
        obj=position,
        event=event,
        data={"source": log.source, "type": log.type},
    )
    stamp_orders(event_id=event.pk, orders=[position.order_id])
    return log
