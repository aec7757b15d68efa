"""Orders are paid, or are not after all, and may be paid later than they were to be."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.core import clock
from counterfoil.core.refusals import Gone, Invalid
from counterfoil.orders import quotas
from counterfoil.orders.changes import lock_orders, stamp_orders
from counterfoil.orders.models import Order, OrderPayment
from counterfoil.orders.quotas import NoQuota, Sellable, SoldOut

_OPEN = ("created", "pending")
_MANUAL = "manual"


class StatusRefused(Invalid):
    """An order is in a status that does not allow this, or its tickets cannot be had any more."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@transaction.atomic
def mark_paid(*, actor: Actor | None, order: Order, paid_at: datetime | None = None) -> Order:
    """Note that a pending or expired order was paid by hand; an open manual payment is confirmed.

    Raises:
        StatusRefused: it is paid or canceled, waits for approval, or expired and sold out.
    """
    locked = lock_order(order)
    if locked.status not in (Order.Status.PENDING, Order.Status.EXPIRED):
        raise StatusRefused(_("Only pending or expired orders can be marked as paid."))
    if locked.require_approval:
        raise StatusRefused(_("This order needs to be approved before it can be paid."))
    if locked.status == Order.Status.EXPIRED:
        _take_again(locked)
    _confirm_payment(locked, paid_at or clock.now())
    locked.status = Order.Status.PAID
    return _write_status(actor, locked, "paid")


@transaction.atomic
def mark_pending(*, actor: Actor | None, order: Order) -> Order:
    """Take back that an order was paid: its payments are canceled.

    Raises:
        StatusRefused: it is not paid.
    """
    locked = lock_order(order)
    if locked.status != Order.Status.PAID:
        raise StatusRefused(_("Only paid orders can be marked as pending."))
    locked.payments.filter(state="confirmed").update(state="canceled")
    locked.status = Order.Status.PENDING
    return _write_status(actor, locked, "pending")


@transaction.atomic
def extend_order(*, actor: Actor | None, order: Order, expires: date, force: bool = False) -> Order:
    """Let an order be paid until the end of a day, by the event's calendar.

    An expired one is pending again, if its tickets can still be had; with ``force`` anyway.

    Raises:
        Invalid: the day is over.
        StatusRefused: it is paid or canceled, or expired and sold out.
    """
    locked = lock_order(order)
    if locked.status not in (Order.Status.PENDING, Order.Status.EXPIRED):
        raise StatusRefused(_("Only pending or expired orders can be extended."))
    deadline = datetime.combine(expires, time(23, 59, 59), order.event.tz)
    if deadline < clock.now():
        raise Invalid({"expires": [_("The new date needs to be in the future.")]})
    if locked.status == Order.Status.EXPIRED and not force:
        _take_again(locked)
    locked.expires, locked.status = deadline, Order.Status.PENDING
    return _write_status(actor, locked, "extended", {"expires": deadline.isoformat()})


def lock_order(order: Order) -> Order:
    """Lock an order until the transaction ends; return it as it is now.

    Raises:
        Gone: somebody has deleted it.
    """
    for locked in lock_orders([order.pk]):
        locked.event = order.event
        return locked
    raise Gone(_("This order was deleted meanwhile."))


def confirmed_amount(order: Order) -> Decimal:
    """Return what was paid of an order."""
    paid = order.payments.filter(state="confirmed").aggregate(amount=Sum("amount"))["amount"]
    return Decimal(paid or 0)


def _take_again(order: Order) -> None:
    """Take the tickets of an expired order out of their quotas again."""
    positions = order.positions.filter(canceled=False)
    sellable = Counter(
        Sellable(position.item, position.variation, position.subevent)
        for position in positions.select_related("item", "variation", "subevent")
    )
    try:
        quotas.take(sellable)
    except (NoQuota, SoldOut) as refusal:
        raise StatusRefused(str(refusal)) from None


def _confirm_payment(order: Order, paid_at: datetime) -> None:
    due = order.total - confirmed_amount(order)
    open_payments = order.payments.filter(state__in=_OPEN)
    manual = open_payments.filter(provider=_MANUAL, amount=due).order_by("local_id").first()
    if manual is not None:
        manual.state, manual.payment_date = "confirmed", paid_at
        manual.save(update_fields=["state", "payment_date"])
    open_payments.update(state="canceled")
    if manual is not None:
        return
    last = order.payments.aggregate(last=Max("local_id"))["last"] or 0
    OrderPayment.objects.create(
        order=order,
        local_id=last + 1,
        state="confirmed",
        amount=due,
        created=clock.now(),
        payment_date=paid_at,
        provider=_MANUAL if order.total else "free",
    )


def _write_status(
    actor: Actor | None, order: Order, verb: str, data: dict[str, str] | None = None
) -> Order:
    order.save(update_fields=["status", "expires"])
    audit.record(
        actor=actor,
        action=f"counterfoil.order.{verb}",
        obj=order,
        event=order.event,
        data=data,
    )
    order.last_modified = stamp_orders(event_id=order.event_id, orders=[order.pk])
    return order
