"""Redeem scanned tickets: admit or deny them, and record the scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from django.db import transaction

from counterfoil.accounts.actors import Actor, DeviceActor
from counterfoil.accounts.models import Device
from counterfoil.audit.services import record
from counterfoil.catalog import change_clock
from counterfoil.checkin import questions
from counterfoil.checkin.admission import Attempt, denial_of
from counterfoil.checkin.auto_checkout import stamp_exits, write_exits
from counterfoil.checkin.lookup import Lookup, find
from counterfoil.checkin.models import Checkin, CheckinList, ScanConflict
from counterfoil.checkin.reasons import Denial, Reason
from counterfoil.checkin.scans import Outcome, Scan
from counterfoil.core import clock
from counterfoil.orders.changes import stamp_orders
from counterfoil.orders.models import Order, OrderPosition


def redeem(*, scan: Scan, actor: Actor | None) -> Outcome:
    """Admit or deny a ticket. A denial is recorded and returned, not raised.

    Of concurrent scans of a ticket exactly one is admitted: each locks the row of the order (on
    SQLite the database) before it reads the history of the ticket, until its own entry is
    committed. A repeated nonce returns the outcome of the first scan if that was admitted.
    """
    with transaction.atomic():
        lookup, exits = find(scan), None
        if lookup.position is None and scan.force and scan.is_entry:
            lookup = _entered_before_void(scan) or lookup
        if lookup.position is None:
            outcome = Outcome(
                list=lookup.list,
                denial=Denial(Reason.REVOKED if lookup.revoked else Reason.INVALID),
            )
        else:
            exits = None if scan.simulate else write_exits(lookup.list, clock.now())
            outcome = _redeem_position(scan, lookup, lookup.position, actor)
        if outcome.denial and not scan.simulate:
            _write_denial(scan, outcome, outcome.denial, actor)
        if exits is not None:
            stamp_exits(lookup.list, exits)
    return outcome


@transaction.atomic
def annul(
    *,
    lists: Sequence[CheckinList],
    nonce: str,
    explanation: str | None,
    actor: Actor | None,
) -> bool:
    """Annul the admitted scan with this nonce; return False if there is none.

    A device annuls only its own scans.
    """
    scans = Checkin.objects.filter(list__in=lists, nonce=nonce, successful=True)
    if isinstance(actor, DeviceActor):
        scans = scans.filter(device=actor.device)
    rows = scans.select_related("position__order__event__organizer")
    # No sorting and no join with the list: with either, SQLite reads all scans of the list.
    scan = max(rows, key=attrgetter("pk"), default=None)
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


def _entered_before_void(scan: Scan) -> Lookup | None:
    """Find the void ticket of an admission that was reported late, if it happened before."""
    lists = {entry.event_id: entry for entry in scan.lists}
    tickets = OrderPosition.objects.filter(
        organizer=scan.lists[0].event.organizer_id,
        secret=scan.secret,
        order__event__in=lists,
        order__cancellation_date__gt=scan.datetime,
        canceled=True,
    ).select_related("order__event__organizer", "item", "variation", "subevent")
    position = tickets.first()
    if position is None:
        return None
    return Lookup(list=lists[position.order.event_id], position=position, revoked=True)


def _redeem_position(
    scan: Scan, lookup: Lookup, position: OrderPosition, actor: Actor | None
) -> Outcome:
    if not scan.simulate:
        _lock_order(position)
    history = list(
        Checkin.objects.filter(position=position, list=lookup.list, successful=True).order_by(
            "datetime", "pk"
        )
    )
    outcome = Outcome(list=lookup.list, position=position)
    if scan.nonce and any(earlier.nonce == scan.nonce for earlier in history):
        return outcome

    attempt = Attempt(scan=scan, lookup=lookup, position=position, history=history)
    denial = denial_of(attempt)
    before_void = denial is not None and _was_before_void(scan, position)
    if denial and ((denial.reason == Reason.CANCELED and not before_void) or not scan.force):
        return replace(outcome, denial=denial)
    if scan.is_entry and scan.questions_supported and not scan.force:
        open_questions = questions.pending_questions(position, scan.answers)
        if open_questions:
            return replace(outcome, questions=open_questions)
    if not scan.simulate:
        _admit(attempt, forced=denial is not None, actor=actor)
    return outcome


def _was_before_void(scan: Scan, position: OrderPosition) -> bool:
    order = position.order
    return (
        scan.force
        and scan.is_entry
        and order.status == Order.Status.CANCELED
        and order.cancellation_date is not None
        and scan.datetime < order.cancellation_date
    )


def _lock_order(position: OrderPosition) -> None:
    """Lock the order against concurrent changes and scans, and refresh its status."""
    names = ("status", "require_approval", "valid_if_pending", "cancellation_date")
    locked = Order.objects.select_for_update(no_key=True).values(*names)
    for name, value in locked.get(pk=position.order_id).items():
        setattr(position.order, name, value)


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
        data={**_scan_data(scan, attempt.list), "forced": forced},
    )
    # Before the stamp: its trigger locks what the automatic check-out of the list changes, too.
    admitted = Checkin.objects.create(
        position=position, list=attempt.list, forced=forced, **_scan_columns(scan, actor)
    )
    if _was_before_void(scan, position):
        ScanConflict.objects.create(checkin=admitted, kind=ScanConflict.Kind.ENTERED_BEFORE_VOID)
    moment = stamp_orders(event_id=event.pk, orders=[position.order_id])
    Checkin.objects.filter(pk=admitted.pk).update(created=moment)


def _write_denial(scan: Scan, outcome: Outcome, denial: Denial, actor: Actor | None) -> None:
    if _is_duplicate(outcome.list, scan.nonce):
        return
    record(
        actor=actor,
        action="counterfoil.checkin.refused",
        obj=outcome.position or outcome.list,
        event=outcome.list.event,
        data={**_scan_data(scan, outcome.list), "reason": denial.reason},
    )
    Checkin.objects.create(
        position=outcome.position,
        list=outcome.list,
        successful=False,
        error_reason=denial.reason,
        error_explanation=denial.explanation,
        raw_barcode=scan.secret,
        created=change_clock.stamp(outcome.list.event_id),
        **_scan_columns(scan, actor),
    )


def _scan_columns(scan: Scan, actor: Actor | None) -> dict[str, Any]:
    return {
        "type": scan.type,
        "datetime": scan.datetime,
        "nonce": scan.nonce,
        "raw_source_type": scan.source_type,
        "device": device_of(actor),
    }


def _scan_data(scan: Scan, checkin_list: CheckinList) -> dict[str, Any]:
    return {"list": checkin_list.pk, "type": scan.type, "datetime": scan.datetime.isoformat()}


def _is_duplicate(checkin_list: CheckinList, nonce: str | None) -> bool:
    """Return whether this denied scan was recorded before: apps retry unanswered requests."""
    denial = Checkin.objects.filter(list=checkin_list, successful=False, nonce=nonce)
    return nonce is not None and denial.exists()


def device_of(actor: Actor | None) -> Device | None:
    return actor.device if isinstance(actor, DeviceActor) else None
