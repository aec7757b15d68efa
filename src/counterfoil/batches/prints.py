"""Print the tickets of a batch on sheets: which ones, and whether that was done before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.batches import queries
from counterfoil.batches.models import BatchPrint, OfflineSalesBatch
from counterfoil.batches.ticket_ranges import parse_tickets
from counterfoil.core.ranges import format_ranges, ranges_of
from counterfoil.core.refusals import Gone, Invalid
from counterfoil.jobs.models import Job
from counterfoil.layouts.models import TicketLayout
from counterfoil.printing import prints
from counterfoil.printing.models import Print
from counterfoil.printing.prints import NumberedTickets, PrintSpec
from counterfoil.printing.services import PrintItem, pin

#: A print in one of these states has put nothing on paper.
_NOT_PRINTED = (Job.State.FAILED, Job.State.CANCELLED)
_MAX_NAMED = 20


def request_print(
    *,
    actor: Actor,
    batch: OfflineSalesBatch,
    spec: PrintSpec,
    tickets: str | None = None,
    layout: TicketLayout | None = None,
) -> Print:
    """Request a print of a batch, or of some of its tickets. Void tickets are left out.

    ``layout`` None prints with the layout of the batch, and no ``locale`` in its language.

    Raises:
        Gone: all tickets of the batch were deleted.
        Invalid: names the field: ``tickets``, ``reason``, ``layout``, ``locale`` or ``sheet``.
    """
    chosen = choose_tickets(batch, tickets, layout)
    printed = times_printed(batch)
    again = printed.keys() & set(chosen.numbers)
    if again and not spec.reason.strip() and not spec.is_proof:
        message = _("These tickets were printed before: %(tickets)s. State the reason.")
        raise Invalid({"reason": [message % {"tickets": _short(again)}]})
    own = batch.locale if batch.locale in batch.event.locales else ""
    spoken = replace(spec, locale=spec.locale or own)
    with transaction.atomic():
        numbered = replace(chosen, printed=printed)
        created = prints.create_print(event=batch.event, actor=actor, spec=spoken, tickets=numbered)
        BatchPrint.objects.create(batch=batch, request=created.request)
    return created


def choose_tickets(
    batch: OfflineSalesBatch, tickets: str | None, layout: TicketLayout | None
) -> NumberedTickets:
    """Return the tickets of a batch that can be printed, with their layouts, and the void ones.

    Raises:
        Gone: all tickets of the batch were deleted.
        Invalid: the ranges cannot be read, or all of the tickets are void.
    """
    rows = queries.ticket_states(batch)
    if not rows:
        raise Gone(_("All tickets of this batch have been deleted. There is nothing to print."))
    if tickets is not None:
        ranges = parse_tickets(batch, tickets, field="tickets")
        requested = {number for part in ranges for number in part}
        rows = [row for row in rows if row[0] in requested]
    void = [number for number, _position, is_canceled in rows if is_canceled]
    valid = [(number, position) for number, position, is_canceled in rows if not is_canceled]
    if not valid:
        raise Invalid({"tickets": [_("All of these tickets are void.")]})
    override = layout or batch.layout
    items = [PrintItem(position, override_layout=override) for _number, position in valid]
    return NumberedTickets(
        numbers=[number for number, _position in valid],
        pinned=pin(event=batch.event, parts=items),
        void=void,
    )


def times_printed(batch: OfflineSalesBatch) -> Counter[int]:
    """Return how often tickets were printed, or are being printed, by number.

    A device may have reported that it printed one.
    """
    requests = BatchPrint.objects.filter(batch=batch).exclude(request__job__state__in=_NOT_PRINTED)
    printed = requests.filter(request__print__is_proof=False)
    times: Counter[int] = Counter()
    for text in printed.values_list("request__print__tickets", flat=True):
        times.update(prints.numbers_of(text))
    # Those without a print of ours came by the documented route: a page a ticket.
    if whole := requests.filter(request__print__isnull=True).count():
        times.update(dict.fromkeys(batch.tickets.values_list("number", flat=True), whole))
    logged = batch.tickets.filter(position__print_logs__successful=True)
    by_device = logged.filter(position__print_logs__type="ticket")
    times.update(by_device.values_list("number", flat=True))
    return times


def repeat_sheets(
    *,
    actor: Actor,
    batch: OfflineSalesBatch,
    printed: Print,
    sheets: str,
    reason: str,
    accept_void: bool = False,
) -> Print:
    """Request some sheets of a print again, as they were.

    Raises:
        Conflict: the print is not finished.
        Invalid: names the field: ``sheets``, ``reason`` or ``accept_void``.
    """
    selection = prints.select_sheets(printed, sheets)
    if not reason.strip():
        raise Invalid({"reason": [_("State why these sheets are printed again.")]})
    if len(reason) > prints.MAX_REASON:
        message = _("Ensure this field has no more than {max_length} characters.")
        raise Invalid({"reason": [message.format(max_length=prints.MAX_REASON)]})
    void = void_among(batch, selection.numbers)
    if void and not accept_void:
        message = _("These sheets contain void tickets: %(tickets)s. Confirm to print them again.")
        raise Invalid({"accept_void": [message % {"tickets": _short(void)}]})
    with transaction.atomic():
        repeated = prints.repeat_sheets(actor=actor, selection=selection, reason=reason)
        BatchPrint.objects.create(batch=batch, request=repeated.request)
    return repeated


def void_among(batch: OfflineSalesBatch, numbers: Iterable[int]) -> list[int]:
    """Return which of some tickets are void, or were deleted."""
    valid = {
        number for number, _position, is_canceled in queries.ticket_states(batch) if not is_canceled
    }
    return sorted(set(numbers) - valid)


def _short(numbers: Iterable[int]) -> str:
    ranges = ranges_of(numbers)
    text = format_ranges(ranges[:_MAX_NAMED])
    return f"{text}, …" if len(ranges) > _MAX_NAMED else text
