"""Replace a ticket that left the house: a new one with a new code, and the old one void."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.core.refusals import Invalid
from counterfoil.orders.changes import lock_orders
from counterfoil.orders.models import OrderPosition
from counterfoil.orders.new_order import NewOrder, NewPosition
from counterfoil.orders.services import insert_order
from counterfoil.stock import ledger
from counterfoil.stock.execution import Context, carry_out, check
from counterfoil.stock.models import SingleTicket
from counterfoil.stock.moves import Action
from counterfoil.stock.planning import Request, plan
from counterfoil.stock.selection import selections_of

REASON = "replaced"


def replace_ticket(*, actor: Actor, position: OrderPosition, note: str = "") -> OrderPosition:
    """Make a ticket void and return the one that replaces it, an order outside of the batch.

    The new one takes the place that the old one frees in its quotas, the next serial and a new
    secret. Both happen, or neither.

    Raises:
        ActionRefused: the ticket is void or was scanned.
        Invalid: the product cannot be sold, or the ticket is one of several of its order.
    """
    order = position.order
    event = order.event
    batch_ticket = getattr(position, "batch_ticket", None)
    if batch_ticket is None and order.positions.count() > 1:
        raise Invalid(_("Only tickets of batches and orders of one ticket can be replaced."))
    row = (
        position.pk,
        order.testmode,
        batch_ticket.batch_id if batch_ticket else None,
        batch_ticket.number if batch_ticket else None,
    )
    (selection,) = selections_of(event, [row])
    with transaction.atomic():
        ledger.lock(event.organizer)
        lock_orders([order.pk])
        planned = plan(Request(action=Action.VOID, selection=selection))
        check([planned], skip=False)
        # What the old ticket has taken is free before the new one takes it. The order of the
        # locks stays: the ledger, the orders, the quotas, the event's clock.
        OrderPosition.objects.filter(pk=position.pk).update(canceled=True)
        draft = insert_order(actor=actor, event=event, new=_order_like(position))
        (new,) = draft.positions
        SingleTicket.objects.create(position=new, replaces=position)
        words = f"{order.code} -> {draft.order.code}"
        context = Context(
            event=event, actor=actor, reason=REASON, note=f"{words}: {note}" if note else words
        )
        carry_out([planned], context)
    return new


def _order_like(position: OrderPosition) -> NewOrder:
    order = position.order
    like = NewPosition(
        item=position.item,
        variation=position.variation,
        subevent=position.subevent,
        price=position.price,
        valid_from=position.valid_from,
        valid_until=position.valid_until,
    )
    return NewOrder(
        positions=(like,),
        sales_channel=order.sales_channel,
        testmode=order.testmode,
        locale=order.locale,
        paid=True,
    )
