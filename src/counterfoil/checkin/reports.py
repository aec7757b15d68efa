"""What scanners report afterwards: scans that they refused on their own, and prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from counterfoil.accounts.actors import Actor, DeviceActor
from counterfoil.audit.services import record
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.core import clock
from counterfoil.orders.models import OrderPosition, PrintLog


@transaction.atomic
def report_failure(
    *, counts_on: CheckinList, fields: Mapping[str, Any], actor: Actor | None
) -> Checkin:
    """Keep a scan that an app refused while it was offline. The same nonce again is kept once.

    ``fields`` are those of a check-in; the time of the scan is now unless given.
    """
    nonce = fields.get("nonce")
    known = Checkin.objects.filter(list=counts_on, successful=False, nonce=nonce)
    told_before = known.first() if nonce else None
    if told_before:
        return told_before
    failed = Checkin.objects.create(
        list=counts_on,
        successful=False,
        device=actor.device if isinstance(actor, DeviceActor) else None,
        **{"datetime": clock.now(), **fields},
    )
    record(
        actor=actor,
        action="counterfoil.checkin.refused",
        obj=failed.position or counts_on,
        event=counts_on.event,
        data={"list": counts_on.pk, "reason": failed.error_reason},
    )
    return failed


@transaction.atomic
def report_print(
    *, position: OrderPosition, fields: Mapping[str, Any], actor: Actor | None
) -> PrintLog:
    """Keep that a ticket or badge was printed."""
    device = actor.device if isinstance(actor, DeviceActor) else None
    log = PrintLog.objects.create(
        position=position, device_id=device.device_id if device else None, **fields
    )
    record(
        actor=actor,
        action="counterfoil.orderposition.printed",
        obj=position,
        event=position.order.event,
        data={"source": log.source, "type": log.type},
    )
    return log
