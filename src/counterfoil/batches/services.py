"""Request batches, create them and print them.

A job creates the batch. What takes time and needs no lock (codes, secrets) is done before the
transaction. The transaction takes the quota, inserts the rows, and marks the job as done in its
last statement: a batch exists completely or not at all, and exactly if its job is done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.batches.builder import BatchBuilder
from counterfoil.batches.models import (
    MAX_AMOUNT,
    Activation,
    BatchPrint,
    BatchRequest,
    BatchTicket,
    OfflineSalesBatch,
)
from counterfoil.batches.options import option_problems
from counterfoil.batches.queries import ticket_states
from counterfoil.batches.spec import REFERENCES, BatchSpec
from counterfoil.batches.tables import BatchTable
from counterfoil.catalog.models import Event
from counterfoil.core import clock, failpoints
from counterfoil.core.ranges import format_ranges, ranges_of
from counterfoil.core.refusals import Conflict, Gone, Invalid
from counterfoil.jobs import services as jobs
from counterfoil.jobs.claims import Claim
from counterfoil.orders import bulk, quotas
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.orders.sale_validation import sale_problems
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.services import PrintItem, pin, request_pinned

CREATE = "batches.create"
PURPOSE = "batch"


@transaction.atomic
def request_batch(
    *,
    actor: Actor,
    event: Event,
    new: BatchSpec,
    form_id: str | None = None,
    table: BatchTable | None = None,
) -> BatchRequest:
    """Request a batch. Its quota is checked when the batch is created.

    ``form_id`` identifies a form submission. Submitting the same form with the same values twice
    returns the first request. ``table`` has a row for each ticket.

    Raises:
        Invalid: the batch cannot be sold; names the field.
    """
    key = None if form_id is None else _idempotency_key(form_id, new, table)
    same = BatchRequest.objects.filter(event=event, requested_by=actor.key, idempotency_key=key)
    if key is not None and (existing := same.first()):
        return existing
    try:
        with transaction.atomic():
            return _request_batch(actor, event, new, key, table)
    except IntegrityError:  # the same form was submitted at the same time; the first one counts
        existing = same.first() if key is not None else None
        if existing is None:
            raise
        return existing


def _idempotency_key(form_id: str, new: BatchSpec, table: BatchTable | None) -> str:
    """Return the idempotency key of a form submission: a hash of the form id and its values."""
    rows = table.to_json() if table else None
    submission = json.dumps([form_id, new.to_json(), rows], sort_keys=True)
    return hashlib.sha256(submission.encode()).hexdigest()


def _request_batch(
    actor: Actor,
    event: Event,
    new: BatchSpec,
    idempotency_key: str | None,
    table: BatchTable | None,
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
    options = {"book_size": new.book_size, "locale": new.locale}
    problems |= option_problems(options, amount=new.amount, event=event)
    if table is not None and len(table.rows) != new.amount:
        problems["amount"] = [_("The table has %(rows)d rows.") % {"rows": len(table.rows)}]
    if problems:
        raise Invalid(problems)

    request = BatchRequest.objects.create(
        job=jobs.submit(kind=CREATE, total=new.amount, lane=event.organizer.job_lane),
        event=event,
        requested_by=actor.key,
        idempotency_key=idempotency_key,
        table=table.to_json() if table else None,
        **new.columns(),
    )
    audit.record(
        actor=actor,
        action="counterfoil.batchrequest.added",
        obj=request,
        event=event,
        data=new.to_json(),
    )
    return request


def create_batch(claim: Claim) -> None:
    """Create the batch of a job: all of its orders, or none.

    Raises:
        Gone: an object it needs was deleted, or a quota has too few left.
        Lost, Cancelled: another worker owns the job, or it was cancelled.
    """
    request = BatchRequest.objects.select_related(
        "event__organizer", "item__tax_rule", *REFERENCES
    ).get(pk=claim.job_id)
    event, spec = request.event, BatchSpec.of(request)
    table = BatchTable.from_json(request.table) if request.table else None
    builder = BatchBuilder.draw(event, spec, table)
    claim.check()
    with bulk.room_for_pages(), transaction.atomic():
        batch = _insert_batch(builder, check=claim.check)
        _link_batch(request, batch)
        claim.progress(spec.amount)
        bulk.check_references()
        failpoints.reach("batches.before_commit")
        claim.finish(result={"batch": batch.pk})
    failpoints.reach("batches.committed")
    bulk.refresh_statistics([Order, OrderPosition, OrderPayment, BatchTicket], spec.amount)


def create_batch_at_once(*, actor: Actor, event: Event, spec: BatchSpec) -> OfflineSalesBatch:
    """Create a small batch in the caller's transaction, without a job.

    Raises:
        Gone: a quota has too few left.
    """
    with transaction.atomic():
        batch = _insert_batch(BatchBuilder.draw(event, spec), check=lambda: None)
        audit.record(
            actor=actor,
            action="counterfoil.offlinesalesbatch.added",
            obj=batch,
            event=event,
            data={"amount": batch.amount},
        )
    return batch


def _insert_batch(builder: BatchBuilder, *, check: Callable[[], None]) -> OfflineSalesBatch:
    spec, table = builder.spec, builder.table
    quotas.take({spec.sellable: spec.amount})
    failpoints.reach("batches.quota_taken")
    batch = OfflineSalesBatch.objects.create(
        event=builder.event,
        creation=clock.now(),
        data_columns=list(table.columns) if table else [],
        starts_inactive=spec.activation != Activation.AT_ONCE,
        **spec.columns(),
    )
    builder.insert(batch, check=check)
    return batch


def request_print(
    *,
    actor: Actor,
    batch: OfflineSalesBatch,
    printer_dpi: int | None = None,
    reason: str = "",
    leave_out_void: bool = False,
) -> RenderRequest:
    """Request the PDF of a batch: one page per ticket, in the order of creation.

    The bars of codes are aligned to the dots of a printer of ``printer_dpi``. ``reason`` is why
    tickets are printed again.

    Raises:
        Gone: all tickets of the batch were deleted, or are void and left out.
    """
    rows = ticket_states(batch)
    if not rows:
        raise Gone(_("All tickets of this batch have been deleted. There is nothing to print."))
    void = {number for number, _pk, is_void in rows if is_void and leave_out_void}
    parts = [
        PrintItem(position, override_layout=batch.layout)
        for number, position, _is_void in rows
        if number not in void
    ]
    if not parts:
        raise Gone(_("All tickets of this batch are void. There is nothing to print."))
    pinned = pin(event=batch.event, parts=parts)
    told = {"reason": reason, "void": format_ranges(ranges_of(void))}
    with transaction.atomic():
        request = request_pinned(
            event=batch.event,
            actor=actor,
            pinned=pinned,
            purpose=PURPOSE,
            printer_dpi=printer_dpi,
            of={
                "offlinesalesbatch": batch.pk,
                **{name: text for name, text in told.items() if text},
            },
        )
        BatchPrint.objects.create(batch=batch, request=request, **told)
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


def _link_batch(request: BatchRequest, batch: OfflineSalesBatch) -> None:
    request.batch, request.table = batch, None
    request.save(update_fields=["batch", "table"])
    audit.record(
        actor=None,
        action="counterfoil.offlinesalesbatch.added",
        obj=batch,
        event=batch.event,
        data={"request": str(request.pk), "amount": batch.amount},
    )
