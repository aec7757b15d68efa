"""Act on paper tickets: at once, or in a job where they are many.

Rooms above (sellers) do what consignments do with ``hand_out``, ``take_back`` and ``transfer``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from counterfoil.accounts.actors import Actor, actor_of
from counterfoil.batches.models import OfflineSalesBatch, Validity
from counterfoil.catalog.models import Event, Quota
from counterfoil.checkin import cancellation
from counterfoil.core import clock, failpoints
from counterfoil.core.ranges import format_ranges, ranges_of
from counterfoil.jobs import services as jobs
from counterfoil.jobs.claims import Claim
from counterfoil.orders.models import Order
from counterfoil.stock import ledger
from counterfoil.stock.execution import (
    ActionRefused,
    Context,
    Outcome,
    carry_out,
    check,
    lock_orders_of,
    outcome_of,
)
from counterfoil.stock.models import ActionRequest, SingleTicket, StockEvent
from counterfoil.stock.moves import CONSIGNMENTS, Action
from counterfoil.stock.planning import Plan, Request, name_of, plan
from counterfoil.stock.selection import Selection, from_payload

ACT = "stock.act"

#: Of more tickets than this, a job acts.
AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to act, besides on what."""

    reason: str = ""
    note: str = ""
    dry_run: bool = False
    skip: bool = False
    force: bool = False


def act(
    *,
    actor: Actor | None,
    event: Event,
    action: Action,
    selections: Sequence[Selection],
    options: Options = Options(),
) -> Outcome:
    """Act on tickets now, however many; with ``dry_run`` say what would be done.

    Raises:
        ActionRefused: tickets do not allow it, and are not to be skipped.
    """
    plans = _plans(action, selections, options)
    if options.dry_run:
        check(plans, skip=options.skip)
        return outcome_of(plans)
    outcome = carry_out(plans, _context(event, actor, options))
    failpoints.reach("stock.committed")
    return outcome


def act_together(
    *,
    actor: Actor,
    event: Event,
    actions: Sequence[Action],
    selections: Sequence[Selection],
    options: Options = Options(),
    lowered: Sequence[Quota] = (),
) -> Outcome:
    """Do several actions to the same tickets, and lower quotas by their number: all or nothing.

    Only the last action may change the validity (see ``execution.carry_out``).

    Raises:
        ActionRefused: tickets do not allow it, and are not to be skipped.
    """
    shared: dict[str, Any] = {"actor": actor, "event": event, "selections": selections}
    with transaction.atomic():
        ledger.lock(event.organizer)
        if lowered:
            count = act(action=actions[-1], options=replace(options, dry_run=True), **shared).count
            lock_orders_of(selections)  # orders before quotas, as everybody locks them
            for quota in sorted(lowered, key=lambda each: each.pk):
                size = Greatest(F("size") - count, Value(0))
                Quota.objects.filter(pk=quota.pk).update(size=size)
        return [act(action=action, options=options, **shared) for action in actions][-1]


def request_action(
    *,
    actor: Actor,
    event: Event,
    action: Action,
    selections: Sequence[Selection],
    options: Options = Options(),
) -> Outcome | ActionRequest:
    """Act on tickets now, or request a job for more than a thousand.

    Raises:
        ActionRefused: tickets do not allow it, and are not to be skipped.
    """
    count = sum(selection.count for selection in selections)
    if options.dry_run or count <= AT_ONCE:
        return act(actor=actor, event=event, action=action, selections=selections, options=options)
    check(_plans(action, selections, options), skip=options.skip)
    payload = {
        "action": action.value,
        "selections": [selection.as_payload() for selection in selections],
        "reason": options.reason,
        "note": options.note,
        "skip": options.skip,
        "force": options.force,
    }
    with transaction.atomic():
        job = jobs.submit(kind=ACT, payload=payload, total=count, lane=event.organizer.job_lane)
        return ActionRequest.objects.create(job=job, event=event, requested_by=actor.key)


def perform(claim: Claim) -> None:
    """Act as a job: whole, exactly if the job is done.

    Raises:
        Lost, Cancelled: another worker owns the job, or it was cancelled.
    """
    request = ActionRequest.objects.select_related("event__organizer").get(pk=claim.job_id)
    payload = claim.payload
    options = Options(
        reason=payload["reason"],
        note=payload["note"],
        skip=payload["skip"],
        force=payload["force"],
    )
    selections = [from_payload(request.event, each) for each in payload["selections"]]
    actor = actor_of(request.requested_by)
    context = _context(request.event, actor, options, actor_key=request.requested_by)
    try:
        plans = _plans(Action(payload["action"]), selections, options)
        claim.check()
        with transaction.atomic():
            outcome = carry_out(plans, context)
            claim.progress(claim.total)
            claim.finish(result=outcome.as_json())
    except ActionRefused as refusal:
        with transaction.atomic():
            request.refused = [each.as_json() for each in refusal.refused]
            request.save(update_fields=["refused"])
            claim.fail(str(refusal))
    failpoints.reach("stock.committed")


def request_of(event: Event, job_id: UUID) -> ActionRequest | None:
    """Return the request with this job if it belongs to the event, else None."""
    requests = ActionRequest.objects.select_related("job")
    return requests.filter(event=event, pk=job_id).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Tickets of a consignment."""

    batch: OfflineSalesBatch
    numbers: Sequence[range]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """Tickets that go to a seller, come back, or pass on, by one document.

    ``return_by`` and ``then`` win over those of the batches.
    """

    event: Event
    lines: Sequence[Line] = ()
    document: str = ""
    reason: str = ""
    return_by: date | None = None
    then: str = ""


def hand_out(*, actor: Actor | None, consignment: Consignment, seller: int) -> Outcome:
    """Hand tickets out to a seller. Those that wait for the hand-over become active.

    Call it last in the caller's transaction (see ``execution.carry_out``). The events of the
    outcome, one for each line of real tickets, carry the hashes to print.

    Raises:
        ActionRefused: tickets are neither in stock nor returned, or void.
    """
    plans = plan_consignment(action=Action.HAND_OUT, lines=consignment.lines, seller=seller)
    return consign(actor=actor, consignment=consignment, plans=plans)


def take_back(*, actor: Actor | None, consignment: Consignment, seller: int) -> Outcome:
    """Take tickets back from the seller who has them.

    Raises:
        ActionRefused: the seller does not have some, or has sold them.
    """
    plans = plan_consignment(action=Action.BACK, lines=consignment.lines, owner=seller)
    return consign(actor=actor, consignment=consignment, plans=plans)


def transfer(*, actor: Actor | None, consignment: Consignment, seller: int, to: int) -> Outcome:
    """Pass tickets on from one seller to another.

    Raises:
        ActionRefused: the first seller does not have some, or has sold them.
    """
    plans = plan_consignment(
        action=Action.TRANSFER, lines=consignment.lines, owner=seller, seller=to
    )
    return consign(actor=actor, consignment=consignment, plans=plans)


def consign(*, actor: Actor | None, consignment: Consignment, plans: Sequence[Plan]) -> Outcome:
    """Carry out the plans of a consignment; see ``hand_out``.

    Raises:
        ActionRefused: tickets are refused, by the plans or by what changed since.
    """
    context = Context(
        event=consignment.event,
        actor=actor,
        reason=consignment.reason,
        document=consignment.document,
        return_by=consignment.return_by,
        then=consignment.then,
    )
    return carry_out(plans, context)


def plan_consignment(
    *, action: Action, lines: Iterable[Line], owner: int | None = None, seller: int | None = None
) -> list[Plan]:
    """Say what a consignment would do, and which tickets it cannot have. Takes no lock.

    ``owner`` is the seller who must have the tickets, ``seller`` who gets them.
    """
    return [
        plan(
            Request(
                action=action,
                selection=Selection.of_batch(line.batch, line.numbers),
                owner=owner,
                seller=seller,
            )
        )
        for line in lines
    ]


def cancel_order(*, actor: Actor | None, order: Order, comment: str = "") -> Order:
    """Cancel an order of any kind; its tickets become void, also those that were redeemed.

    Raises:
        StatusRefused: the order is already canceled.
    """
    event = order.event
    with transaction.atomic():
        head = ledger.lock(event.organizer)
        live = list(order.positions.filter(canceled=False).select_related("batch_ticket", "order"))
        cancelled = cancellation.cancel_order(actor=actor, order=order, comment=comment)
        rows: list[StockEvent] = []
        who = actor.key if actor else ""
        shared: dict[str, Any] = {"event": event, "actor": who, "action": Action.VOID.value}
        singles = [each for each in live if not hasattr(each, "batch_ticket")]
        for position in live:
            ticket = getattr(position, "batch_ticket", None)
            if ticket is None:
                continue
            ticket.validity = Validity.VOID
            ticket.save(update_fields=["validity"])
            rows.append(
                StockEvent(
                    batch_id=ticket.batch_id,
                    ranges=format_ranges(ranges_of([ticket.number])),
                    count=1,
                    value=position.price,
                    activation=ticket.batch.activation,
                    note=comment,
                    **shared,
                )
            )
        if singles:
            for position in singles:
                SingleTicket.objects.update_or_create(
                    position=position, defaults={"validity": Validity.VOID}
                )
            rows.append(
                StockEvent(
                    batch=None,
                    ranges=",".join(sorted(map(name_of, singles))),
                    count=len(singles),
                    value=sum(position.price for position in singles),
                    activation="at_once",
                    note=comment,
                    **shared,
                )
            )
        if not order.testmode:
            ledger.append(head, rows, cancelled.cancellation_date or clock.now())
        failpoints.reach("stock.before_commit")
    return cancelled


def _plans(action: Action, selections: Sequence[Selection], options: Options) -> list[Plan]:
    assert action not in CONSIGNMENTS  # noqa: S101 - those have services of their own
    return [
        plan(Request(action=action, selection=selection, force=options.force))
        for selection in selections
    ]


def _context(
    event: Event, actor: Actor | None, options: Options, *, actor_key: str = ""
) -> Context:
    return Context(
        event=event,
        actor=actor,
        actor_key=actor_key,
        reason=options.reason,
        note=options.note,
        skip=options.skip,
    )
