"""Where a seller's tickets are, what counts as sold, and what the gate says about it.

Each ticket counts once: void first, then returned, lost or spoiled, sold, and with the seller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
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
    return standings_of([seller.pk], event)[seller.pk]


def standings_of(sellers: Collection[int], event: Event) -> dict[int, Standing]:
    """Count the tickets of some sellers at an event, in three queries."""
    held = BatchTicket.objects.filter(seller__in=sellers, batch__event=event, batch__testmode=False)
    scanned = set(
        entries()
        .filter(position__in=held.values("position_id"))
        .order_by()
        .values_list("position_id", flat=True)
        .distinct()
    )
    columns = (
        *("seller", "batch_id", "number", "validity", "place", "position__price"),
        *("position__item_id", "position__variation_id", "position_id"),
    )
    tickets: dict[int, list[HeldTicket]] = {pk: [] for pk in sellers}
    rows = held.order_by("batch_id", "number").values_list(*columns)
    for seller, batch, number, validity, place, price, item, variation, pk in rows:
        tickets[seller].append(
            HeldTicket((batch, number), validity, place, price, item, variation, pk in scanned)
        )
    came, went = _moved(sellers, event)
    return {pk: Standing(tickets[pk], came[pk], went[pk]) for pk in tickets}


def _moved(sellers: Collection[int], event: Event) -> tuple[Counter[int], Counter[int]]:
    """Count what was handed out to each seller, and what each gave back or passed on."""
    rows = ConsignmentLine.objects.filter(
        Q(consignment__seller__in=sellers) | Q(consignment__to__in=sellers),
        consignment__event=event,
        consignment__state=Consignment.State.ACCEPTED,
    )
    parties = ("consignment__kind", "consignment__seller", "consignment__to")
    came, went = Counter[int](), Counter[int]()
    for kind, seller, to, count in rows.order_by().values_list(*parties).annotate(Sum("count")):
        if kind == _Kind.OUT:
            came[seller] += count
        else:
            went[seller] += count
        if to is not None:
            came[to] += count
    return came, went


def gate_of(seller: Seller, events: Iterable[Event]) -> dict[str, Any]:
    """Say what the gate knows of a seller's tickets of some events."""
    words = [gate_words({seller.pk: standing_of(seller, each)}, each)[seller.pk] for each in events]
    return {
        "sold_and_scanned": sum(word["sold_and_scanned"] for word in words),
        "sold_not_scanned": sum(word["sold_not_scanned"] for word in words),
        "scanned_not_reported": sum(word["scanned_not_reported"] for word in words),
        "alarms": [alarm for word in words for alarm in word["alarms"]],
    }


def gate_words(standings: Mapping[int, Standing], event: Event) -> dict[int, dict[str, Any]]:
    """Compare what sellers reported of an event with who came in, in a few queries for all."""
    alarms = _alarms(standings.keys(), event)
    words = {}
    for seller, standing in standings.items():
        both = unseen = unreported = 0
        for ticket in standing.tickets:
            both += ticket.is_declared and ticket.is_scanned
            unseen += ticket.is_declared and not ticket.is_scanned
            unreported += ticket.is_scanned and not ticket.is_declared and not ticket.is_void
        words[seller] = {
            "sold_and_scanned": both,
            "sold_not_scanned": unseen,
            "scanned_not_reported": unreported,
            "alarms": alarms[seller],
        }
    return words


class _Suspect(NamedTuple):
    """A ticket that nobody should enter with, and the seller who had it last."""

    seller: int
    serial: str | None
    number: int


def _alarms(sellers: Collection[int], event: Event) -> dict[int, list[dict[str, Any]]]:
    """Return the attempts to enter with tickets that sellers returned, or that are void.

    A void ticket is unknown at the gate: its scans have the secret and no ticket.
    """
    returned = _returned_last_by(sellers, event)
    void = Q(seller__in=sellers, batch__event=event, validity=Validity.VOID)
    rows = BatchTicket.objects.filter(void | Q(pk__in=list(returned)), batch__testmode=False)
    by_position: dict[int, _Suspect] = {}
    by_secret: dict[str, _Suspect] = {}
    columns = (
        *("pk", "seller", "position_id", "position__secret"),
        *("position__serial", "number"),
    )
    for pk, seller, position, secret, serial, number in rows.values_list(*columns):
        suspect = _Suspect(returned.get(pk) or seller, serial, number)
        by_position[position] = by_secret[secret] = suspect
    alarms: dict[int, list[dict[str, Any]]] = {seller: [] for seller in sellers}
    if not by_position:
        return alarms
    scans = Checkin.objects.filter(
        Q(position__in=list(by_position)) | Q(position=None, raw_barcode__in=list(by_secret)),
        list__event=event,
        type=Checkin.Type.ENTRY,
    ).order_by("datetime", "pk")
    for at, gate, scanned, barcode in scans.values_list(
        "datetime", "list__name", "position_id", "raw_barcode"
    ):
        suspect = by_position[scanned] if scanned else by_secret[barcode or ""]
        local = at.astimezone(event.tz).isoformat()
        alarms[suspect.seller].append(
            {"at": local, "gate": gate, "serial": suspect.serial, "number": suspect.number}
        )
    return alarms


def _returned_last_by(sellers: Collection[int], event: Event) -> dict[int, int]:
    """Return the tickets that are back since one of these sellers returned them, with that one."""
    mine = Consignment.objects.filter(
        seller__in=sellers, event=event, kind=_Kind.BACK, state=Consignment.State.ACCEPTED
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
    if not last:
        return {}
    rows = BatchTicket.objects.filter(batch__in=batches, seller=None, place=Place.RETURNED)
    return {
        pk: last[batch, number]
        for pk, batch, number in rows.values_list("pk", "batch_id", "number")
        if last.get((batch, number)) in sellers
    }


def stock_of(seller: Seller, events: Iterable[Event]) -> Sums:
    """Count a seller's tickets by validity and place, as those of a batch are counted."""
    held = BatchTicket.objects.filter(seller=seller.pk, batch__testmode=False)
    return stock_queries.stock_of(held.filter(batch__event__in=list(events)))
