"""Request batches, create them and print them.

A job creates the batch. What takes time and needs no lock (codes, secrets) is done before the
transaction. The transaction takes the quota, inserts the rows, and marks the job as done in its
last statement: a batch exists completely or not at all, and exactly if its job is done.
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
from counterfoil.batches.models import (
    MAX_AMOUNT,
    BatchPrint,
    BatchRequest,
    BatchTicket,
    OfflineSalesBatch,
)
from counterfoil.catalog.models import Event, Item, ItemVariation, SalesChannel, SubEvent
from counterfoil.core import clock, failpoints
from counterfoil.core.refusals import Conflict, Gone, Invalid
from counterfoil.jobs import services as jobs
from counterfoil.jobs.claims import Claim
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders import bulk, quotas
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.orders.quotas import Sellable
from counterfoil.orders.sale_validation import sale_problems
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.services import PrintItem, pin, request_pinned

CREATE = "batches.create"
PURPOSE = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSpec:
    """The batch to create. ``layout`` None selects the layout automatically."""

    item: Item
    amount: int
    sales_channel: SalesChannel
    variation: ItemVariation | None = None
    subevent: SubEvent | None = None
    layout: TicketLayout | None = None
    testmode: bool = False
    comment: str = ""

    @property
    def sellable(self) -> Sellable:
        return Sellable(self.item, self.variation, self.subevent)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payload:
    """A ``BatchSpec`` as stored in the job. Queued jobs rely on its keys: do not rename them."""

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
    *, actor: Actor, event: Event, new: BatchSpec, form_id: str | None = None
) -> BatchRequest:
    """Request a batch. Its quota is checked when the batch is created.

    ``form_id`` identifies a form submission. Submitting the same form with the same values twice
    returns the first request.

    Raises:
        Invalid: the batch cannot be sold; names the field.
    """
    key = None if form_id is None else _idempotency_key(form_id, new)
    same = BatchRequest.objects.filter(event=event, requested_by=actor.key, idempotency_key=key)
    if key is not None and (existing := same.first()):
        return existing
    try:
        with transaction.atomic():
            return _request_batch(actor, event, new, key)
    except IntegrityError:  # the same form was submitted at the same time; the first one counts
        existing = same.first() if key is not None else None
        if existing is None:
            raise
        return existing


def _idempotency_key(form_id: str, new: BatchSpec) -> str:
    """Return the idempotency key of a form submission: a hash of the form id and its values."""
    submission = json.dumps([form_id, asdict(_payload(new))], sort_keys=True)
    return hashlib.sha256(submission.encode()).hexdigest()


def _request_batch(
    actor: Actor, event: Event, new: BatchSpec, idempotency_key: str | None
) -> BatchRequest:
    problems = sale_problems(event, new.sellable)
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
    request = BatchRequest.objects.create(
        job=job, event=event, requested_by=actor.key, idempotency_key=idempotency_key
    )
    audit.record(
        actor=actor,
        action="counterfoil.batchrequest.added",
        obj=request,
        event=event,
        data=job.payload,
    )
    return request


def create_batch(claim: Claim) -> None:
    """Create the batch of a job: all of its orders, or none.

    Raises:
        Gone: an object it needs was deleted, or a quota has too few left.
        Lost, Cancelled: another worker owns the job, or it was cancelled.
    """
    request = BatchRequest.objects.select_related("event__organizer").get(pk=claim.job_id)
    draft = _draft(request.event, _Payload(**claim.payload))
    builder = BatchBuilder.draw(draft)
    claim.check()
    with bulk.room_for_pages(), transaction.atomic():
        quotas.take({draft.sellable: draft.amount})
        failpoints.reach("batches.quota_taken")
        batch = _insert_batch(draft)
        builder.insert(batch, check=claim.check)
        _link_batch(request, batch)
        claim.progress(draft.amount)
        failpoints.reach("batches.before_commit")
        claim.finish(result={"batch": batch.pk})
    failpoints.reach("batches.committed")
    bulk.refresh_statistics([Order, OrderPosition, OrderPayment, BatchTicket], draft.amount)


def request_print(*, actor: Actor, batch: OfflineSalesBatch) -> RenderRequest:
    """Request the PDF of a batch: one page per ticket, in the order of creation.

    Raises:
        Gone: all tickets of the batch were deleted.
    """
    tickets = batch.tickets.order_by("number").values_list("position_id", flat=True)
    parts = [PrintItem(position, override_layout=batch.layout) for position in tickets]
    if not parts:
        raise Gone(_("All tickets of this batch have been deleted. There is nothing to print."))
    pinned = pin(event=batch.event, parts=parts)
    with transaction.atomic():
        request = request_pinned(event=batch.event, actor=actor, pinned=pinned, purpose=PURPOSE)
        BatchPrint.objects.create(batch=batch, request=request)
    return request


def cancel_request(*, actor: Actor, request: BatchRequest) -> None:
    """Cancel the creation of a batch.

    Raises:
        Conflict: the batch exists already, or its creation failed or was cancelled.
    """
    with transaction.atomic():
        if request.batch_id is not None:
            raise Conflict(_("This batch has already been created."))
        jobs.cancel(request.job)
        audit.record(
            actor=actor,
            action="counterfoil.batchrequest.cancelled",
            obj=request,
            event=request.event,
        )


def _payload(new: BatchSpec) -> _Payload:
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
    """Fetch the objects of a payload; somebody may have deleted one since.

    Raises:
        Gone: one of them is no longer there.
    """
    item = Item.objects.select_related("tax_rule").filter(event=event, pk=payload.item).first()
    channel = SalesChannel.objects.filter(pk=payload.sales_channel).first()
    variation = ItemVariation.objects.filter(pk__in=_keys(payload.variation)).first()
    subevent = SubEvent.objects.filter(pk__in=_keys(payload.subevent)).first()
    if (
        item is None
        or channel is None
        or (payload.variation and not variation)
        or (payload.subevent and not subevent)
    ):
        raise Gone(
            _("The product, date or sales channel of this batch has been deleted in the meantime.")
        )
    return Draft(
        event=event,
        item=item,
        variation=variation,
        subevent=subevent,
        sales_channel=channel,
        layout=TicketLayout.objects.filter(event=event, pk__in=_keys(payload.layout)).first(),
        amount=payload.amount,
        testmode=payload.testmode,
        comment=payload.comment,
    )


def _keys(key: int | None) -> list[int]:
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
