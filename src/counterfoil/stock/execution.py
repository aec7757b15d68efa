"""Carry out plans: states, blocks, orders, secrets and the ledger, in one transaction.

The order of the locks is the ledger's head, the orders, the quotas (where a replacement takes from
them), the event's clock. What was planned before the locks is compared by the conditions of the
UPDATEs; where anything differs, the plan is made anew under the locks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog import change_clock, money
from counterfoil.catalog.models import Event
from counterfoil.checkin.queries import entries
from counterfoil.checkin.secrets import insert_revoked, unblock_listed, upsert_blocked
from counterfoil.core import clock, failpoints
from counterfoil.core.refusals import Conflict
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.stock import ledger
from counterfoil.stock.models import HandOut, LedgerHead, SingleTicket, StockEvent
from counterfoil.stock.moves import Action
from counterfoil.stock.planning import Plan, Redeemed, Refused, state_of
from counterfoil.stock.selection import Selection

#: SQLite sums up as floating-point numbers.
_EXACT = Decimal(1).scaleb(-money.COLUMN_PLACES)
_OPEN_PAYMENTS = ("created", "pending")


class ActionRefused(Conflict):
    """Some tickets are in a state that does not allow the action; nothing was done."""

    def __init__(self, refused: Sequence[Refused]) -> None:
        self.refused = list(refused)
        words = _("%(count)d tickets do not allow this. The first: %(reason)s")
        first = self.refused[0]
        reason = f"{first.number or first.order}: {first.reason}"
        super().__init__(words % {"count": len(self.refused), "reason": reason})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Who acts, and what they say about it. ``actor_key`` stands for an actor of a job."""

    event: Event
    actor: Actor | None = None
    actor_key: str = ""
    reason: str = ""
    note: str = ""
    document: str = ""
    skip: bool = False
    return_by: date | None = None
    then: str = ""

    @property
    def who(self) -> str:
        return self.actor.key if self.actor else self.actor_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was done to how many tickets, and what was not."""

    count: int
    value: Decimal
    refused: Sequence[Refused]
    redeemed: Sequence[Redeemed] = ()
    events: Sequence[StockEvent] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as the API and jobs write it."""
        done: dict[str, Any] = {
            "count": self.count,
            "value": f"{self.value:f}",
            "refused": [each.as_json() for each in self.refused],
        }
        if self.redeemed:
            done["redeemed"] = [each.as_json() for each in self.redeemed]
        return done


class _Changed(Exception):
    """The tickets are no longer as they were when the plan was made."""


def check(plans: Sequence[Plan], *, skip: bool) -> None:
    """Refuse plans of which some tickets are refused, unless those are to be skipped.

    Raises:
        ActionRefused: names them.
    """
    refused = [each for plan in plans for each in plan.refused]
    if refused and not skip:
        raise ActionRefused(refused)


def outcome_of(plans: Sequence[Plan], events: Sequence[StockEvent] = ()) -> Outcome:
    value = sum((plan.value for plan in plans), Decimal("0.00"))
    if plans:
        value = money.in_currency(value, plans[0].request.selection.event.currency)
    return Outcome(
        count=sum(plan.count for plan in plans),
        value=value,
        refused=[each for plan in plans for each in plan.refused],
        redeemed=[each for plan in plans for each in plan.redeemed],
        events=events,
    )


def carry_out(plans: Sequence[Plan], context: Context) -> Outcome:
    """Carry plans out, all of them or none; call it last in a transaction of the caller.

    It stamps (see ``catalog.change_clock``), so that afterwards the caller may insert, but must
    not wait for a lock.

    Raises:
        ActionRefused: tickets are refused, by the plans or by what changed since.
    """
    check(plans, skip=context.skip)
    with transaction.atomic():
        head = ledger.lock(context.event.organizer)
        try:
            with transaction.atomic():
                events = _execute(plans, context, head)
        except _Changed:
            for plan in plans:
                _lock_orders(plan.request.selection, plan.request.selection.numbers)
            plans = [plan.again() for plan in plans]
            check(plans, skip=context.skip)
            head.refresh_from_db()
            events = _execute(plans, context, head)
        failpoints.reach("stock.before_commit")
    return outcome_of(plans, events)


def _execute(plans: Sequence[Plan], context: Context, head: LedgerHead) -> list[StockEvent]:
    plans = [plan for plan in plans if plan.count]
    if not plans:
        return []
    stamped = [plan for plan in plans if plan.changes_validity]
    for plan in stamped:
        _lock_orders(plan.request.selection, plan.numbers)
        _compare(plan)
    for plan in plans:
        _write_states(plan, context)
    failpoints.reach("stock.half_done")
    for plan in stamped:
        _write_tickets(plan)
    for plan in plans:
        _log(plan, context)
    moment = change_clock.stamp(context.event.pk) if stamped else clock.now()
    for plan in stamped:
        _write_stamped(plan, context.event, moment)
    rows = [_row(plan, context) for plan in plans if not plan.request.selection.testmode]
    return ledger.append(head, rows, moment)


def lock_orders_of(selections: Sequence[Selection]) -> None:
    """Lock the orders of tickets before something else is locked that comes after them."""
    for selection in selections:
        _lock_orders(selection, selection.numbers)


def _lock_orders(selection: Selection, numbers: Sequence[range]) -> None:
    """Lock the orders by id, as everybody does. SQLite's one lock is held already."""
    if connection.vendor == "postgresql":
        orders = selection.orders(numbers).order_by("pk")
        list(orders.select_for_update(no_key=True).values_list("pk"))


def _compare(plan: Plan) -> None:
    """Compare what scans and changes of orders may have changed since.

    Raises:
        _Changed: something differs.
    """
    positions = plan.request.selection.positions(plan.numbers)
    value = positions.aggregate(value=Sum("price"))["value"] or 0
    if Decimal(value).quantize(_EXACT) != plan.value:
        raise _Changed
    if plan.request.action is Action.VOID:
        entered = entries().filter(position__in=positions.values("pk"))
        if entered.values("position").distinct().count() != len(plan.redeemed):
            raise _Changed


def _write_states(plan: Plan, context: Context) -> None:
    selection, action = plan.request.selection, plan.request.action
    if selection.batch is None:
        _insert_single_states(selection.positions(plan.numbers))
    extra: dict[str, int | None] = {}
    if action in (Action.HAND_OUT, Action.TRANSFER):
        extra["handed_out"] = _hand_out(plan, context).pk
    elif action is Action.BACK:
        extra["handed_out"] = None
    for move in plan.moves:
        before, after = move.before._asdict(), move.after._asdict()
        nulls = {f"{name}__isnull": True for name, value in before.items() if value is None}
        values = {name: value for name, value in before.items() if value is not None}
        rows = selection.states(move.numbers).filter(**values, **nulls)
        changed = {name: value for name, value in after.items() if value != before[name]}
        if rows.update(**changed, **extra) != sum(map(len, move.numbers)):
            raise _Changed


def _insert_single_states(positions: QuerySet[OrderPosition]) -> None:
    """Give single tickets that nothing has happened to yet the row that holds their state."""
    rows = positions.filter(single_ticket__isnull=True).select_related("order")
    SingleTicket.objects.bulk_create(
        [SingleTicket(position=each, validity=state_of(each).validity) for each in rows],
        ignore_conflicts=True,
    )


def _hand_out(plan: Plan, context: Context) -> HandOut:
    request = plan.request
    assert request.selection.batch is not None  # noqa: S101 - consignments are of batches
    assert request.seller is not None  # noqa: S101
    return HandOut.objects.create(
        event=context.event,
        batch=request.selection.batch,
        seller=request.seller,
        document=context.document,
        return_by=context.return_by,
        then=context.then,
    )


def _write_tickets(plan: Plan) -> None:
    """Write what of the tickets themselves changes, before the stamp."""
    selection = plan.request.selection
    for change in plan.blocks:
        positions = selection.positions(change.numbers)
        same = (
            positions.filter(blocked=list(change.before))
            if change.before
            else positions.filter(blocked__isnull=True)
        )
        if same.update(blocked=list(change.after) or None) != sum(map(len, change.numbers)):
            raise _Changed
    if plan.request.action is Action.VOID:
        orders = selection.orders(plan.numbers)
        OrderPayment.objects.filter(order__in=orders.values("pk"), state__in=_OPEN_PAYMENTS).update(
            state="canceled"
        )
        _cancel_positions(plan)


def _cancel_positions(plan: Plan) -> None:
    selection = plan.request.selection
    positions = selection.positions(plan.numbers)
    positions.update(canceled=True)
    if selection.batch is None:
        OrderPosition.objects.filter(addon_to__in=positions.values("pk")).update(canceled=True)


def _write_stamped(plan: Plan, event: Event, moment: datetime) -> None:
    """Write what clients ask for by time: orders, revoked and blocked secrets."""
    selection = plan.request.selection
    positions, orders = selection.positions(plan.numbers), selection.orders(plan.numbers)
    if plan.request.action is not Action.VOID:
        orders.update(last_modified=moment)
        for change in plan.blocks:
            changed = selection.positions(change.numbers)
            if not change.before:
                upsert_blocked(event.pk, changed, True, moment)
            elif not change.after:
                count = sum(map(len, change.numbers))
                unblock_listed(event.pk, changed, moment, count=count)
        return
    if selection.batch is None:
        _cancel_single_orders(plan, moment)
        with_addons = OrderPosition.objects.filter(addon_to__in=positions.values("pk"))
        insert_revoked(event.pk, with_addons, moment)
    else:
        orders.update(status=Order.Status.CANCELED, cancellation_date=moment, last_modified=moment)
    insert_revoked(event.pk, positions, moment)


def _cancel_single_orders(plan: Plan, moment: datetime) -> None:
    """Cancel the orders of which no ticket is left; of others, sum up what is left."""
    for order in plan.request.selection.orders(plan.numbers):
        live = order.positions.filter(canceled=False)
        if live.exists():
            order.total = Decimal(live.aggregate(total=Sum("price"))["total"] or 0)
        else:
            order.status, order.cancellation_date = Order.Status.CANCELED, moment
        order.last_modified = moment
        order.save(update_fields=["status", "total", "cancellation_date", "last_modified"])


def _log(plan: Plan, context: Context) -> None:
    selection = plan.request.selection
    data = {
        "ranges": plan.ranges[:1000],
        "count": plan.count,
        "value": f"{money.in_currency(plan.value, context.event.currency):f}",
        **{
            name: value
            for name, value in (
                ("reason", context.reason),
                ("note", context.note),
                ("document", context.document),
            )
            if value
        },
    }
    audit.record(
        actor=context.actor,
        action=f"counterfoil.stock.{plan.request.action.in_ledger}",
        obj=selection.batch or context.event,
        event=context.event,
        data=data,
    )


def _row(plan: Plan, context: Context) -> StockEvent:
    request = plan.request
    return StockEvent(
        event=context.event,
        actor=context.who,
        action=request.action.in_ledger,
        batch=request.selection.batch,
        ranges=plan.ranges,
        count=plan.count,
        value=plan.value,
        reason=context.reason,
        note=context.note,
        document=context.document,
        seller=request.seller if request.seller is not None else request.owner,
        activation=plan.activation,
    )
