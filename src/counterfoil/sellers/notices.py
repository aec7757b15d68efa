"""What sellers write on their own pages: what they sold, and what they will bring back.

Sales are entered at once, or wait for a yes where the seller needs one. A return is always a
notice: tickets come back by a consignment.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.core.ranges import format_ranges, numbers_in, ranges_of
from counterfoil.core.refusals import Conflict
from counterfoil.sellers.models import Seller, SellerNotice
from counterfoil.stock import ledger
from counterfoil.stock.execution import Context, carry_out, check
from counterfoil.stock.moves import Action
from counterfoil.stock.planning import Plan, Request, plan
from counterfoil.stock.selection import Selection, select

_Kind, _State = SellerNotice.Kind, SellerNotice.State


def give_notice(
    *, seller: Seller, batch: OfflineSalesBatch, kind: str, tickets: str, note: str = ""
) -> SellerNotice:
    """Write down what a seller reports, and enter sales that need no yes.

    Raises:
        Invalid: the tickets cannot be read.
        ActionRefused: the seller does not have some, or has sold them already.
        Conflict: a notice of some of them waits.
    """
    (selection,) = select(event=batch.event, batch=batch, tickets=tickets)
    with transaction.atomic():
        ledger.lock(seller.organizer)
        planned = _plan(seller, selection)
        check([planned], skip=False)
        _check_reported(seller, batch, selection)
        notice = SellerNotice.objects.create(
            seller=seller,
            batch=batch,
            kind=kind,
            ranges=format_ranges(selection.numbers),
            count=selection.count,
            note=note,
        )
        if kind == _Kind.SOLD and not seller.needs_approval:
            _sell(notice, planned, actor=None)
    return notice


def _check_reported(seller: Seller, batch: OfflineSalesBatch, selection: Selection) -> None:
    waiting = seller.notices.filter(batch=batch, state=_State.WAITING)
    reported = {
        number
        for ranges in waiting.values_list("ranges", flat=True)
        for part in numbers_in(ranges)
        for number in part
    }
    again = [number for part in selection.numbers for number in part if number in reported]
    if again:
        words = _("You have reported these already: %(numbers)s.")
        raise Conflict(words % {"numbers": format_ranges(ranges_of(again))})


def decide(*, actor: Actor | None, notice: SellerNotice, approve: bool) -> SellerNotice:
    """Enter a sale that waits, or refuse it; a return is noted or refused.

    Raises:
        Conflict: it was decided already.
        ActionRefused: the tickets are not with the seller any more.
    """
    with transaction.atomic():
        ledger.lock(notice.seller.organizer)
        row = SellerNotice.objects.select_for_update().get(pk=notice.pk)
        if row.state != _State.WAITING:
            raise Conflict(_("This was decided already."))
        row.seller, row.batch = notice.seller, notice.batch
        if approve and row.kind == _Kind.SOLD:
            selection = Selection.of_batch(row.batch, numbers_in(row.ranges))
            _sell(row, _plan(row.seller, selection), actor=actor)
        else:
            row.state = _State.DONE if approve else _State.REFUSED
            row.save(update_fields=["state"])
    return row


def _plan(seller: Seller, selection: Selection) -> Plan:
    request = Request(action=Action.SOLD, selection=selection, owner=seller.pk)
    return plan(request)


def _sell(notice: SellerNotice, planned: Plan, *, actor: Actor | None) -> None:
    context = Context(
        event=notice.batch.event,
        actor=actor,
        actor_key="" if actor else f"seller:{notice.seller_id}",
        note=notice.note,
        reason="reported by the seller",
    )
    notice.state = _State.DONE
    notice.save(update_fields=["state"])
    carry_out([planned], context)
