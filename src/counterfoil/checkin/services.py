"""What happens at the gate: a scanned ticket is admitted or refused, and either is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from counterfoil.accounts.actors import Actor, DeviceActor
from counterfoil.accounts.models import Device
from counterfoil.audit.services import record
from counterfoil.catalog import change_clock
from counterfoil.checkin import questions
from counterfoil.checkin.admission import Attempt, refusal_of
from counterfoil.checkin.auto_checkout import stamp_exits, write_exits
from counterfoil.checkin.lookup import Found, find
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.reasons import Reason, Refused
from counterfoil.checkin.scans import Outcome, Scan
from counterfoil.core import clock
from counterfoil.orders.changes import stamp_orders
from counterfoil.orders.models import Order, OrderPosition


def redeem(*, scan: Scan, actor: Actor | None) -> Outcome:
    """Admit a ticket, or say why not. A refusal is an outcome: it is written down, not raised.

    Of scans of one ticket at once exactly one is admitted: each holds the row of the order (on
    SQLite the one write lock) from before it reads the ticket's history until its own entry in it
    is committed. The same nonce again is the same scan and answered as it was when it succeeded.
    """
    with transaction.atomic():
        found, exits = find(scan), None
        if found.position is None:
            outcome = Outcome(list=found.list, refused=_unknown(found))
        else:
            exits = None if scan.simulate else write_exits(found.list, clock.now())
            outcome = _redeem_found(scan, found, found.position, actor)
        if outcome.refused and not scan.simulate:
            _write_refusal(scan, outcome, outcome.refused, actor)
        if exits is not None:
            stamp_exits(found.list, exits)
    return outcome


@transaction.atomic
def annul(
    *,
    lists: Sequence[CheckinList],
    nonce: str,
    explanation: str | None,
    actor: Actor | None,
) -> bool:
    """Take back the admitted scan with this nonce; False if there is none any more.

    A device takes back only its own.
    """
    scans = Checkin.objects.filter(list__in=lists, nonce=nonce, successful=True)
    if isinstance(actor, DeviceActor):
        scans = scans.filter(device=actor.device)
    found = scans.select_related("position__order__event__organizer")
    # Neither sorted nor joined with its list: either lets SQLite walk all scans of that list.
    scan = max(found, key=attrgetter("pk"), default=None)
    if scan is None or scan.position is None:
        return False
    _lock_order(scan.position)
    refusal = {"error_reason": Reason.ANNULLED, "error_explanation": explanation}
    if not scans.filter(pk=scan.pk).update(successful=False, **refusal):
        return False
    order = scan.position.order
    record(
        actor=actor,
        action="counterfoil.checkin.annulled",
        obj=scan.position,
        event=order.event,
        data={"list": scan.list_id, "explanation": explanation},
    )
    stamp_orders(event_id=order.event_id, orders=[order.pk])
    return True


def _unknown(found: Found) -> Refused:
    return Refused(Reason.REVOKED if found.revoked else Reason.INVALID)


def _redeem_found(
    scan: Scan, found: Found, position: OrderPosition, actor: Actor | None
) -> Outcome:
    if not scan.simulate:
        _lock_order(position)
    history = list(_history(position, found.list))
    outcome = Outcome(list=found.list, position=position)
    if scan.nonce and any(earlier.nonce == scan.nonce for earlier in history):
        return outcome

    attempt = Attempt(scan=scan, found=found, position=position, history=history)
    refused = refusal_of(attempt)
    if refused and (refused.reason == Reason.CANCELED or not scan.force):
        return replace(outcome, refused=refused)
    if scan.is_entry and scan.questions_supported and not scan.force:
        open_questions = questions.pending_questions(position, scan.answers)
        if open_questions:
            return replace(outcome, questions=open_questions)
    if not scan.simulate:
        _admit(attempt, forced=refused is not None, actor=actor)
    return outcome


def _lock_order(position: OrderPosition) -> None:
    """Wait for whoever else is changing this order or scanning one of its tickets."""
    names = ("status", "require_approval", "valid_if_pending")
    locked = Order.objects.select_for_update(no_key=True).values(*names)
    for name, value in locked.get(pk=position.order_id).items():
        setattr(position.order, name, value)


def _history(position: OrderPosition, checkin_list: CheckinList) -> QuerySet[Checkin]:
    return Checkin.objects.filter(position=position, list=checkin_list, successful=True).order_by(
        "datetime", "pk"
    )


def _admit(attempt: Attempt, *, forced: bool, actor: Actor | None) -> None:
    scan, position = attempt.scan, attempt.position
    event = position.order.event
    if scan.is_entry:
        questions.store(position, scan.answers)
    record(
        actor=actor,
        action="counterfoil.checkin.admitted",
        obj=position,
        event=event,
        data={**_told(scan, attempt.list), "forced": forced},
    )
    Checkin.objects.create(
        position=position,
        list=attempt.list,
        forced=forced,
        created=stamp_orders(event_id=event.pk, orders=[position.order_id]),
        **_as_scanned(scan, actor),
    )


def _write_refusal(scan: Scan, outcome: Outcome, refused: Refused, actor: Actor | None) -> None:
    if _told_before(outcome.list, scan.nonce):
        return
    record(
        actor=actor,
        action="counterfoil.checkin.refused",
        obj=outcome.position or outcome.list,
        event=outcome.list.event,
        data={**_told(scan, outcome.list), "reason": refused.reason},
    )
    Checkin.objects.create(
        position=outcome.position,
        list=outcome.list,
        successful=False,
        error_reason=refused.reason,
        error_explanation=refused.explanation,
        raw_barcode=scan.secret,
        created=change_clock.stamp(outcome.list.event_id),
        **_as_scanned(scan, actor),
    )


def _as_scanned(scan: Scan, actor: Actor | None) -> dict[str, Any]:
    return {
        "type": scan.type,
        "datetime": scan.datetime,
        "nonce": scan.nonce,
        "raw_source_type": scan.source_type,
        "device": device_of(actor),
    }


def _told(scan: Scan, checkin_list: CheckinList) -> dict[str, Any]:
    return {"list": checkin_list.pk, "type": scan.type, "datetime": scan.datetime.isoformat()}


def _told_before(checkin_list: CheckinList, nonce: str | None) -> bool:
    """Tell whether this refused scan was reported before: apps send again what got no answer."""
    refused = Checkin.objects.filter(list=checkin_list, successful=False, nonce=nonce)
    return nonce is not None and refused.exists()


def device_of(actor: Actor | None) -> Device | None:
    return actor.device if isinstance(actor, DeviceActor) else None
