"""Asks for batches, makes them, prints them.

A batch is made by a job: what costs time and needs no lock (codes, secrets) is done before the
transaction; inside it the quota is taken, the rows are inserted, and the job is marked as done by
the last statement. So there is a whole batch or none, and it is there exactly if its job says so.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.batches.builder import BatchBuilder, Draft
from counterfoil.batches.models import MAX_AMOUNT, BatchPrint, BatchRequest, OfflineSalesBatch
from counterfoil.catalog.models import Event, Item, ItemVariation, SalesChannel, SubEvent
from counterfoil.core import clock, failpoints
from counterfoil.core.refusals import Conflict, Gone, Invalid
from counterfoil.jobs import services as jobs
from counterfoil.jobs.claims import Claim
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders import quotas
from counterfoil.orders.quotas import Wanted
from counterfoil.orders.sale_validation import sale_problems
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.services import Part, pin, request_pinned

CREATE = "batches.create"
PURPOSE = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """What somebody asks for. ``layout`` None is the automatic choice."""

    item: Item
    amount: int
    sales_channel: SalesChannel
    variation: ItemVariation | None = None
    subevent: SubEvent | None = None
    layout: TicketLayout | None = None
    testmode: bool = False
    comment: str = ""

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.item, self.variation, self.subevent)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payload:
    """A ``NewBatch`` as the job row keeps it: its keys are a promise to jobs already queued."""

    item: int
    amount: int
    sales_channel: int
    variation: int | None
    subevent: int | None
    layout: int | None
    testmode: bool
    comment: str


@transaction.atomic
def request_batch(
    *, actor: Actor, event: Event, new: NewBatch, form_id: str | None = None
) -> BatchRequest:
    """Ask for a batch. Whether its quota suffices turns out when it is made.

    ``form_id`` names the sheet that somebody filled in. Who hands in the same sheet with the same
    wish twice has asked once, and gets the first request back.

    Raises:
        Invalid: it could never be made; says which field is to blame.
    """
    wish = None if form_id is None else _wish(form_id, new)
    known = BatchRequest.objects.filter(event=event, requested_by=actor.key, wish=wish)
    if wish is not None and (before := known.first()):
        return before
    try:
        with transaction.atomic():
            return _ask(actor, event, new, wish)
    except IntegrityError:  # the same sheet at the same time: whoever was first has asked
        before = known.first() if wish is not None else None
        if before is None:
            raise
        return before


def _wish(form_id: str, new: NewBatch) -> str:
    """Name a wish on a sheet; changed and handed in again, it is another one."""
    told = json.dumps([form_id, asdict(_payload(new))], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _ask(actor: Actor, event: Event, new: NewBatch, wish: str | None) -> BatchRequest:
    problems = sale_problems(event, new.wanted)
    if new.amount < 1:
        problems["amount"] = [
            _("Ensure this value is greater than or equal to %(limit_value)s.") % {"limit_value": 1}
        ]
    if new.amount > MAX_AMOUNT:
        problems["amount"] = [
            _("Ensure this value is less than or equal to %(limit_value)s.")
            % {"limit_value": MAX_AMOUNT}
        ]
    if problems:
        raise Invalid(problems)

    job = jobs.submit(
        kind=CREATE,
        payload=asdict(_payload(new)),
        total=new.amount,
        lane=event.organizer.job_lane,
    )
    request = BatchRequest.objects.create(job=job, event=event, requested_by=actor.key, wish=wish)
    audit.record(
        actor=actor,
        action="counterfoil.batchrequest.added",
        obj=request,
        event=event,
        data=job.payload,
    )
    return request


def create_batch(claim: Claim) -> None:
    """Make the batch that a job is for: all of its orders, or none.

    Raises:
        Gone: what it needs is no longer there, or a quota has too few left.
        Lost, Cancelled: the job is not, or no longer, to be done.
    """
    request = BatchRequest.objects.select_related("event__organizer").get(pk=claim.job_id)
    draft = _draft(request.event, _Payload(**claim.payload))
    stock = BatchBuilder.draw(draft)
    claim.check()
    with transaction.atomic():
        quotas.take({draft.wanted: draft.amount})
        failpoints.reach("batches.quota_taken")
        batch = _insert_batch(draft)
        stock.insert(batch, check=claim.check)
        _link_batch(request, batch)
        claim.progress(draft.amount)
        failpoints.reach("batches.before_commit")
        claim.finish(result={"batch": batch.pk})
    failpoints.reach("batches.committed")


def request_print(*, actor: Actor, batch: OfflineSalesBatch) -> RenderRequest:
    """Ask for the PDF of a batch, with a page for each ticket in the order of creation.

    Raises:
        Gone: all of its tickets were deleted.
    """
    tickets = batch.tickets.order_by("number").values_list("position_id", flat=True)
    parts = [Part(position, override_layout=batch.layout) for position in tickets]
    if not parts:
        raise Gone(_("All tickets of this batch were deleted: there is nothing to print."))
    pinned = pin(event=batch.event, parts=parts)
    with transaction.atomic():
        request = request_pinned(event=batch.event, actor=actor, pinned=pinned, purpose=PURPOSE)
        BatchPrint.objects.create(batch=batch, request=request)
    return request


def cancel_request(*, actor: Actor, request: BatchRequest) -> None:
    """Stop a batch from being made, unless it has been.

    Raises:
        Conflict: it is made already, or failed, or cancelled.
    """
    with transaction.atomic():
        if request.batch_id is not None:
            raise Conflict(_("This batch has been made already."))
        jobs.cancel(request.job)
        audit.record(
            actor=actor,
            action="counterfoil.batchrequest.cancelled",
            obj=request,
            event=request.event,
        )


def _payload(new: NewBatch) -> _Payload:
    return _Payload(
        item=new.item.pk,
        amount=new.amount,
        sales_channel=new.sales_channel.pk,
        variation=new.variation.pk if new.variation else None,
        subevent=new.subevent.pk if new.subevent else None,
        layout=new.layout.pk if new.layout else None,
        testmode=new.testmode,
        comment=new.comment,
    )


def _draft(event: Event, payload: _Payload) -> Draft:
    """Find again what was asked for: since then somebody may have deleted it."""
    item = Item.objects.select_related("tax_rule").filter(event=event, pk=payload.item).first()
    channel = SalesChannel.objects.filter(pk=payload.sales_channel).first()
    variation = ItemVariation.objects.filter(pk__in=_known(payload.variation)).first()
    subevent = SubEvent.objects.filter(pk__in=_known(payload.subevent)).first()
    if (
        item is None
        or channel is None
        or (payload.variation and not variation)
        or (payload.subevent and not subevent)
    ):
        raise Gone(_("What this batch was asked for has been deleted in the meantime."))
    return Draft(
        event=event,
        item=item,
        variation=variation,
        subevent=subevent,
        sales_channel=channel,
        layout=TicketLayout.objects.filter(event=event, pk__in=_known(payload.layout)).first(),
        amount=payload.amount,
        testmode=payload.testmode,
        comment=payload.comment,
    )


def _known(key: int | None) -> list[int]:
    return [] if key is None else [key]


def _insert_batch(draft: Draft) -> OfflineSalesBatch:
    return OfflineSalesBatch.objects.create(
        event=draft.event,
        creation=clock.now(),
        testmode=draft.testmode,
        sales_channel=draft.sales_channel,
        layout=draft.layout,
        subevent=draft.subevent,
        item=draft.item,
        variation=draft.variation,
        amount=draft.amount,
        comment=draft.comment,
    )


def _link_batch(request: BatchRequest, batch: OfflineSalesBatch) -> None:
    request.batch = batch
    request.save(update_fields=["batch"])
    audit.record(
        actor=None,
        action="counterfoil.offlinesalesbatch.added",
        obj=batch,
        event=batch.event,
        data={"request": str(request.pk), "amount": batch.amount},
    )
