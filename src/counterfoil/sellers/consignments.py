"""Consignments: drafts of what goes to sellers and comes back, and their acceptance.

A draft can be changed and deleted. Accepted ones have a number and never change: another document
corrects them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog import money
from counterfoil.catalog.models import Event
from counterfoil.core import clock, failpoints
from counterfoil.core.ranges import format_ranges, merge_ranges, numbers_in, ranges_of
from counterfoil.core.refusals import Conflict, Forbidden, Gone, Invalid, Refusal
from counterfoil.sellers import accounts, documents
from counterfoil.sellers.models import Consignment, ConsignmentLine, Seller
from counterfoil.stock import ledger
from counterfoil.stock import services as stock
from counterfoil.stock.execution import ActionRefused, check
from counterfoil.stock.moves import Action
from counterfoil.stock.planning import Plan, Refused
from counterfoil.stock.selection import Selection, select

_Kind, _State = Consignment.Kind, Consignment.State


class LimitExceeded(ActionRefused):
    """A seller would have more than the credit limit, and no reason says why that is right."""

    def __init__(self, words: str) -> None:
        Refusal.__init__(self, words)
        self.refused = [Refused(None, None, words)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """Tickets of one batch, as they were written: ``way`` is tickets, books or serials."""

    batch: OfflineSalesBatch
    way: str
    text: str


@transaction.atomic
def save_draft(
    *,
    draft: Consignment | None,
    event: Event,
    fields: Mapping[str, Any],
    lines: Sequence[NewLine] | None = None,
) -> Consignment:
    """Create or change a draft.

    Raises:
        Invalid: names what is wrong, of lines by their index.
        Forbidden: it was accepted meanwhile.
    """
    if draft is None:
        draft = Consignment(event=event, organizer=event.organizer)
    else:
        draft = _locked(draft)
        _check_draft(draft)
    for name, value in fields.items():
        setattr(draft, name, value)
    _check_parties(draft)
    parsed = None if lines is None else _parse(event, lines)
    draft.save()
    if parsed is not None:
        draft.lines.all().delete()
        for position, line in enumerate(parsed):
            line.consignment, line.position = draft, position
        ConsignmentLine.objects.bulk_create(parsed)
    return draft


@transaction.atomic
def delete_draft(*, draft: Consignment) -> None:
    """Delete a draft.

    Raises:
        Forbidden: it is accepted.
    """
    row = _locked(draft)
    _check_draft(row)
    row.delete()


def _locked(draft: Consignment) -> Consignment:
    rows = Consignment.objects.select_for_update(of=("self",))
    row = rows.select_related("seller", "to").filter(pk=draft.pk).first()
    if row is None:
        raise Gone(_("Somebody else has deleted this meanwhile."))
    row.event, row.organizer = draft.event, draft.event.organizer
    return row


def _check_draft(row: Consignment) -> None:
    if row.state != _State.DRAFT:
        raise Forbidden(
            _("This consignment is accepted and never changes. Correct it by another one.")
        )


def _check_parties(draft: Consignment) -> None:
    if draft.kind == _Kind.TRANSFER:
        if draft.to is None:
            raise Invalid({"to": [_("Say which seller gets the tickets.")]})
        if draft.to.pk == draft.seller.pk:
            raise Invalid({"to": [_("A seller cannot pass tickets on to themselves.")]})
    elif draft.to is not None:
        raise Invalid({"to": [_("Only transfers go from one seller to another.")]})
    receiver, field = _receiver(draft)
    if receiver is not None and not receiver.active:
        raise Invalid({field: [_("This seller is not active.")]})
    if draft.kind == _Kind.BACK and (draft.return_by or draft.then):
        field = "return_by" if draft.return_by else "then"
        raise Invalid({field: [_("Tickets that come back need no day of return.")]})


def _receiver(draft: Consignment) -> tuple[Seller | None, str]:
    match draft.kind:
        case _Kind.OUT:
            return draft.seller, "seller"
        case _Kind.TRANSFER:
            return draft.to, "to"
    return None, ""


def _parse(event: Event, lines: Sequence[NewLine]) -> list[ConsignmentLine]:
    if not lines:
        raise Invalid({"lines": [_("This list may not be empty.")]})
    parsed, by_batch = [], dict[int, list[range]]()
    for index, line in enumerate(lines):
        place = f"lines[{index}]"
        if line.batch.testmode:
            words = _("Test tickets are not handed out.")
            raise Invalid({f"{place}.batch": [words]})
        selection = _selected(event, line, place)
        known = by_batch.setdefault(line.batch.pk, [])
        by_batch[line.batch.pk] = merge_ranges(
            [*known, *selection.numbers], field=f"{place}.{line.way}"
        )
        parsed.append(
            ConsignmentLine(
                batch=line.batch,
                way=line.way,
                text=line.text,
                ranges=format_ranges(selection.numbers),
                count=selection.count,
            )
        )
    return parsed


def _selected(event: Event, line: NewLine, place: str) -> Any:
    try:
        (selection,) = select(event=event, batch=line.batch, **{line.way: line.text})
    except Invalid as problem:
        raise Invalid({f"{place}.{name}": t for name, t in problem.problems.items()}) from None
    return selection


def accept(*, actor: Actor | None, consignment: Consignment, reason: str = "") -> Consignment:
    """Accept a draft: number it and move its tickets, all of them or none.

    Raises:
        ActionRefused: tickets are not where they must be.
        LimitExceeded: the credit limit is exceeded, and no reason says why that is right.
        Invalid: a seller is not active, or has an account in another currency.
        Conflict: it is accepted already.
    """
    event = consignment.event
    with transaction.atomic():
        ledger.lock(event.organizer)
        row = _locked(consignment)
        if row.state != _State.DRAFT:
            raise Conflict(_("This consignment is accepted already."))
        _check_parties(row)
        lines = list(row.lines.select_related("batch"))
        if not lines:
            raise Invalid({"lines": [_("This list may not be empty.")]})
        for line in lines:
            line.batch.event = event
        for seller, field in ((row.seller, "seller"), (row.to, "to")):
            if seller is not None:
                accounts.claim_currency(seller, event.currency, field=field)
        plans = _plans(row, lines)
        pairs = zip(lines, plans, strict=True)
        priced = [each for line, plan in pairs for each in _by_price(line, plan.price)]
        value = sum((each.value or Decimal(0) for each in priced), Decimal(0))
        _check_limit(row, value, reason)
        row.accepted = clock.now()
        row.year = row.accepted.astimezone(event.tz).year
        row.sequence = next_number(
            Consignment.objects.filter(organizer=event.organizer, year=row.year)
        )
        row.state, row.reason = _State.ACCEPTED, reason
        moved = stock.Consignment(
            event=event,
            document=row.number or "",
            reason=row.reason,
            return_by=row.return_by,
            then=row.then,
        )
        outcome = stock.consign(actor=actor, consignment=moved, plans=plans)
        if outcome.value != money.in_currency(value, event.currency):
            raise Conflict(_("The prices of these tickets have just changed. Try again."))
        row.head = outcome.events[-1].hash if outcome.events else ledger.head_hash(row.organizer)
        row.lines.all().delete()
        ConsignmentLine.objects.bulk_create(priced)
        row.paper = documents.note_of(row, priced)
        row.save()
        audit.record(
            actor=actor,
            action="counterfoil.consignment.accepted",
            obj=row,
            event=event,
            data={"kind": row.kind, "seller": row.seller_id, "count": outcome.count},
        )
        failpoints.reach("sellers.before_accepted")
    documents.stored_pdf(row)
    return row


def next_number(rows: QuerySet[Any]) -> int:
    """Return the number after the highest; the ledger's lock is held."""
    return (rows.aggregate(last=Max("sequence"))["last"] or 0) + 1


def _plans(row: Consignment, lines: Sequence[ConsignmentLine]) -> list[Plan]:
    """Plan what a consignment does to its tickets.

    Raises:
        ActionRefused: tickets are not where they must be.
    """
    moved = [stock.Line(batch=line.batch, numbers=numbers_in(line.ranges)) for line in lines]
    action = {
        _Kind.OUT: Action.HAND_OUT,
        _Kind.BACK: Action.BACK,
        _Kind.TRANSFER: Action.TRANSFER,
    }[_Kind(row.kind)]
    receiver, _field = _receiver(row)
    plans = stock.plan_consignment(
        action=action,
        lines=moved,
        owner=None if row.kind == _Kind.OUT else row.seller.pk,
        seller=receiver.pk if receiver else None,
    )
    check(plans, skip=False)
    return plans


def _by_price(line: ConsignmentLine, price: Decimal | None) -> list[ConsignmentLine]:
    """Return the line with its price and value; without one price, a line for each."""
    if price is not None:
        line.pk, line.price, line.value = None, price, price * line.count
        return [line]
    numbers = numbers_in(line.ranges)
    tickets = Selection.of_batch(line.batch, numbers).states(numbers)
    numbers_of: dict[Decimal, list[int]] = {}
    for number, price in tickets.order_by("number").values_list("number", "position__price"):
        numbers_of.setdefault(price, []).append(number)
    lines = []
    for price, of_price in numbers_of.items():
        ranges = format_ranges(ranges_of(of_price))
        lines.append(
            ConsignmentLine(
                consignment_id=line.consignment_id,
                position=line.position,
                batch=line.batch,
                way="tickets",
                text=ranges,
                ranges=ranges,
                count=len(of_price),
                price=price,
                value=price * len(of_price),
            )
        )
    return lines


def _check_limit(row: Consignment, value: Decimal, reason: str) -> None:
    receiver, _field = _receiver(row)
    if receiver is None or receiver.credit_limit is None or reason:
        return
    total = accounts.exposure_of(receiver) + value
    if total > receiver.credit_limit:
        words = _(
            "%(seller)s would have tickets and debts of %(total)s, more than the credit limit of "
            "%(limit)s. Give a reason to hand them out all the same."
        )
        currency = row.event.currency
        values = {
            "seller": receiver.name,
            "total": f"{money.in_currency(total, currency):f}",
            "limit": f"{money.in_currency(receiver.credit_limit, currency):f}",
        }
        raise LimitExceeded(words % values)


def open_drafts(seller: Seller) -> QuerySet[Consignment]:
    """Return the drafts that would move a seller's tickets."""
    drafts = Consignment.objects.filter(state=_State.DRAFT)
    return drafts.filter(Q(seller=seller) | Q(to=seller))
