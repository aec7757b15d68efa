"""Cancel orders: their tickets can be sold again and are no longer admitted."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit.services import record
from counterfoil.catalog import change_clock
from counterfoil.catalog.models import Event
from counterfoil.checkin.secrets import insert_revoked
from counterfoil.orders.changes import lock_orders
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.orders.payments import StatusRefused, lock_order


@transaction.atomic
def cancel_order(*, actor: Actor | None, order: Order, comment: str = "") -> Order:
    """Cancel an order that is pending, paid or expired.

    Raises:
        StatusRefused: the order is already canceled.
    """
    locked = lock_order(order)
    if locked.status == Order.Status.CANCELED:
        raise StatusRefused(_("This order has already been canceled."))
    record(
        actor=actor,
        action="counterfoil.order.canceled",
        obj=locked,
        event=order.event,
        data={"comment": comment} if comment else {},
    )
    cancel_orders(event=order.event, orders=[order.pk])
    locked.refresh_from_db(fields=["status", "cancellation_date", "last_modified"])
    return locked


@transaction.atomic
def cancel_orders(*, event: Event, orders: Collection[int]) -> list[int]:
    """Cancel orders of an event, by id, in a fixed number of statements; return which it canceled.

    What is canceled already stays as it is. Secrets are revoked, open payments are given up, and
    confirmed ones stay: whether money goes back is another question. The caller writes the log,
    and does so before: this ends with a stamp (see ``catalog.changeclock``).
    """
    open_orders = [
        order.pk
        for order in lock_orders(orders)
        if order.event_id == event.pk and order.status != Order.Status.CANCELED
    ]
    if open_orders:
        OrderPayment.objects.filter(order__in=open_orders, state__in=("created", "pending")).update(
            state="canceled"
        )
        positions = OrderPosition.objects.filter(order__in=open_orders)
        positions.update(canceled=True)
        moment = change_clock.stamp(event.pk)
        Order.objects.filter(pk__in=open_orders).update(
            status=Order.Status.CANCELED, cancellation_date=moment, last_modified=moment
        )
        insert_revoked(event.pk, positions, moment)
    return open_orders
