"""Query batches, their tickets and requests."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, When

from counterfoil.batches.models import BatchRequest, BatchTicket, OfflineSalesBatch
from counterfoil.batches.spec import REFERENCES
from counterfoil.batches.ticket_ranges import in_ranges, parse_tickets
from counterfoil.catalog.models import Event
from counterfoil.catalog.numbers import parse_serial_query
from counterfoil.checkin.queries import entries
from counterfoil.core.refusals import Invalid
from counterfoil.jobs.models import Job
from counterfoil.orders.models import Order, PrintLog

_CANCELED = Q(position__canceled=True) | Q(position__order__status=Order.Status.CANCELED)


def batches_of(event: Event) -> QuerySet[OfflineSalesBatch]:
    """Return the batches of an event, oldest first, with the sales channel of each."""
    return event.offline_sales_batches.select_related("sales_channel").order_by("pk")


def request_of(event: Event, job_id: UUID) -> BatchRequest | None:
    """Return the request with this job if it belongs to the event, else None."""
    requests = BatchRequest.objects.select_related("job", "batch__sales_channel", *REFERENCES)
    requests = requests.defer("table")
    return requests.filter(event=event, pk=job_id).first()


def order_codes(batch: OfflineSalesBatch) -> list[str]:
    """Return the order codes of a batch, in the order of creation."""
    return list(batch.tickets.order_by("number").values_list("position__order__code", flat=True))


def tickets_of(batch: OfflineSalesBatch) -> QuerySet[BatchTicket]:
    """Return the tickets of a batch by number, with the position and order of each."""
    return batch.tickets.select_related("position__order").order_by("number")


def is_numbered(batch: OfflineSalesBatch) -> bool:
    """Return whether tickets of a batch have serials: all have, or none, when it is created."""
    return batch.tickets.filter(position__serial__isnull=False).exists()


def serials_of(batch: OfflineSalesBatch) -> tuple[str, str] | None:
    """Return the serials of the first and the last ticket that have one; None if none has."""
    numbered = batch.tickets.filter(position__serial__isnull=False).order_by("number")
    serials = numbered.values_list("position__serial", flat=True)
    first, last = serials.first(), serials.last()
    return (first, last) if first and last else None


def was_printed(batch: OfflineSalesBatch) -> bool:
    """Return whether a print of a batch was requested and may exist, or a device reported one."""
    ended = (Job.State.FAILED, Job.State.CANCELLED)
    logs = PrintLog.objects.filter(position__batch_ticket__batch=batch, successful=True)
    prints = batch.prints.exclude(request__job__state__in=ended)
    return prints.exclude(request__print__is_proof=True).exists() or logs.exists()


def annotated_tickets(batch: OfflineSalesBatch) -> QuerySet[BatchTicket]:
    """Return the tickets of a batch by number, with ``checked_in`` and ``is_canceled``."""
    entered = entries().filter(position=OuterRef("position"))
    return tickets_of(batch).annotate(
        checked_in=Subquery(entered.order_by("-datetime").values("datetime")[:1]),
        is_canceled=_CANCELED,
    )


def ticket_states(batch: OfflineSalesBatch) -> list[tuple[int, int, bool]]:
    """Return number, position and whether it is cancelled of each ticket, by number."""
    is_canceled = Case(When(_CANCELED, then=True), default=False, output_field=BooleanField())
    rows = batch.tickets.order_by("number").annotate(is_canceled=is_canceled)
    return list(rows.values_list("number", "position_id", "is_canceled"))


def search(
    tickets: QuerySet[BatchTicket], text: str, batch: OfflineSalesBatch
) -> QuerySet[BatchTicket]:
    """Filter by a part of the order code or secret, a serial, or numbers: ``7``, ``1-50,60``."""
    condition = Q(position__order__code__icontains=text) | Q(position__secret__icontains=text)
    if serials := parse_serial_query(batch.event.organizer_id, text):
        condition |= Q(position__serial__in=serials)
    with suppress(Invalid):
        condition |= in_ranges(parse_tickets(batch, text, field="search"))
    return tickets.filter(condition)


def entries_of(batch: OfflineSalesBatch) -> int:
    """Count the checked-in tickets of a batch."""
    return batch.tickets.filter(_entered()).count()


def cancelled_of(batch: OfflineSalesBatch) -> int:
    """Count the cancelled tickets of a batch."""
    return batch.tickets.filter(_CANCELED).count()


def in_state(tickets: QuerySet[BatchTicket], state: str) -> QuerySet[BatchTicket]:
    """Filter by ``in``, ``out`` or ``cancelled``; any other state returns all tickets."""
    match state:
        case "in":
            return tickets.filter(_entered())
        case "out":
            return tickets.exclude(_entered()).exclude(_CANCELED)
        case "cancelled":
            return tickets.filter(_CANCELED)
    return tickets


def _entered() -> Exists:
    return Exists(entries().filter(position=OuterRef("position")))
