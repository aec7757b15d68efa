"""Where a seller's tickets are, what counts as sold, and what the gate says about it.

Each ticket counts once: void first, then returned, lost or spoiled, sold, and with the seller.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, Sum

from counterfoil.batches.models import BatchTicket, Place, Validity
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import Checkin
from counterfoil.checkin.queries import entries
from counterfoil.core.ranges import numbers_in
from counterfoil.sellers.models import Consignment, ConsignmentLine, Seller, Statement
from counterfoil.stock import queries as stock_queries
from counterfoil.stock.queries import Sums

_LOST = frozenset({Place.LOST, Place.SPOILED})
_Kind = Consignment.Kind

#: A ticket by its batch and its number there.
TicketKey = tuple[int, int]


class HeldTicket(NamedTuple):
    """A ticket that a seller has, sold or lost, or that became void there."""

    key: TicketKey
    validity: str
    place: str
    price: Decimal
    item: int
    variation: int | None
    is_scanned: bool

    @property
    def is_void(self) -> bool:
        return self.validity == Validity.VOID

    @property
    def is_declared(self) -> bool:
        return not self.is_void and self.place == Place.SOLD

    @property
    def is_lost(self) -> bool:
        return not self.is_void and self.place in _LOST

    def is_sold(self, basis: str) -> bool:
        """Tell whether it counts as sold on this basis."""
        if self.is_void:
            return False
        match basis:
            case Statement.Basis.NOT_RETURNED:
                return self.place in (Place.SOLD, Place.WITH_SELLER)
            case Statement.Basis.GREATER:
                return self.place == Place.SOLD or self.is_scanned
        return self.place == Place.SOLD


@dataclass(frozen=True, slots=True)
class Standing:
    """A seller's tickets of one event, as they are now."""

    tickets: list[HeldTicket]
    handed_out: int
    returned: int

    def sold(self, basis: str) -> dict[TicketKey, HeldTicket]:
        return {ticket.key: ticket for ticket in self.tickets if ticket.is_sold(basis)}

    def void_and_lost(self, basis: str) -> int:
        return sum(
            each.is_void or (each.is_lost and not each.is_sold(basis)) for each in self.tickets
        )


def standing_of(seller: Seller, event: Event) -> Standing:
    """Count a seller's tickets of an event."""
    held = BatchTicket.objects.filter(seller=seller.pk, batch__event=event, batch__testmode=False)
    scanned = set(
        entries()
        .filter(position__in=held.values("position_id"))
        .order_by()
        .values_list("position_id", flat=True)
        .distinct()
    )
    columns = (
        *("batch_id", "number", "validity", "place", "position__price"),
        *("position__item_id", "position__variation_id", "position_id"),
    )
    tickets = [
        HeldTicket((batch, number), validity, place, price, item, variation, pk in scanned)
        for batch, number, validity, place, price, item, variation, pk in held.order_by(
            "batch_id", "number"
        ).values_list(*columns)
    ]
    came, went = Q(kind=_Kind.OUT, seller=seller), Q(kind=_Kind.BACK, seller=seller)
    return Standing(
        tickets,
        _moved(event, came | Q(kind=_Kind.TRANSFER, to=seller)),
        _moved(event, went | Q(kind=_Kind.TRANSFER, seller=seller)),
    )


def _moved(event: Event, condition: Q) -> int:
    rows = Consignment.objects.filter(condition, event=event, state=Consignment.State.ACCEPTED)
    lines = ConsignmentLine.objects.filter(consignment__in=rows.values("pk"))
    return lines.aggregate(count=Sum("count"))["count"] or 0


def gate_of(seller: Seller, events: Iterable[Event]) -> dict[str, Any]:
    """Say what the gate knows of a seller's tickets of some events."""
    standings = [(event, standing_of(seller, event)) for event in events]
    return gate_word(seller, standings)


def gate_word(seller: Seller, standings: Iterable[tuple[Event, Standing]]) -> dict[str, Any]:
    """Compare what a seller reported with who came in."""
    both = unseen = unreported = 0
    alarms: list[dict[str, Any]] = []
    for event, standing in standings:
        for ticket in standing.tickets:
            both += ticket.is_declared and ticket.is_scanned
            unseen += ticket.is_declared and not ticket.is_scanned
            unreported += ticket.is_scanned and not ticket.is_declared and not ticket.is_void
        alarms += _alarms(seller, event)
    return {
        "sold_and_scanned": both,
        "sold_not_scanned": unseen,
        "scanned_not_reported": unreported,
        "alarms": alarms,
    }


def _alarms(seller: Seller, event: Event) -> list[dict[str, Any]]:
    """Return the attempts to enter with tickets that the seller returned, or that are void.

    A void ticket is unknown at the gate: its scans have the secret and no ticket.
    """
    void = Q(seller=seller.pk, batch__event=event, validity=Validity.VOID)
    rows = BatchTicket.objects.filter(void | Q(pk__in=_returned_last_by(seller, event)))
    by_position: dict[int, tuple[str | None, int]] = {}
    by_secret: dict[str, tuple[str | None, int]] = {}
    columns = ("position_id", "position__secret", "position__serial", "number")
    for position, secret, serial, number in rows.filter(batch__testmode=False).values_list(
        *columns
    ):
        by_position[position] = by_secret[secret] = (serial, number)
    scans = Checkin.objects.filter(
        Q(position__in=list(by_position)) | Q(position=None, raw_barcode__in=list(by_secret)),
        list__event=event,
        type=Checkin.Type.ENTRY,
    ).order_by("datetime", "pk")
    alarms = []
    for at, gate, position, barcode in scans.values_list(
        "datetime", "list__name", "position_id", "raw_barcode"
    ):
        serial, number = by_position[position] if position else by_secret[barcode or ""]
        local = at.astimezone(event.tz).isoformat()
        alarms.append({"at": local, "gate": gate, "serial": serial, "number": number})
    return alarms


def _returned_last_by(seller: Seller, event: Event) -> list[int]:
    """Return the ids of tickets that are back since this seller, and no other, returned them."""
    mine = Consignment.objects.filter(
        seller=seller, event=event, kind=_Kind.BACK, state=Consignment.State.ACCEPTED
    )
    batches = ConsignmentLine.objects.filter(consignment__in=mine.values("pk")).values("batch_id")
    lines = ConsignmentLine.objects.filter(
        consignment__kind=_Kind.BACK,
        consignment__state=Consignment.State.ACCEPTED,
        batch__in=batches,
    ).order_by("consignment__year", "consignment__sequence")
    last: dict[TicketKey, int] = {}
    for batch, ranges, by in lines.values_list("batch_id", "ranges", "consignment__seller_id"):
        for part in numbers_in(ranges):
            last.update({(batch, number): by for number in part})
    rows = BatchTicket.objects.filter(batch__in=batches, seller=None, place=Place.RETURNED)
    return [
        pk
        for pk, batch, number in rows.values_list("pk", "batch_id", "number")
        if last.get((batch, number)) == seller.pk
    ]


def stock_of(seller: Seller, events: Iterable[Event]) -> Sums:
    """Count a seller's tickets by validity and place, as those of a batch are counted."""
    held = BatchTicket.objects.filter(seller=seller.pk, batch__testmode=False)
    return stock_queries.stock_of(held.filter(batch__event__in=list(events)))
