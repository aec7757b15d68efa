"""Look up the ticket of a scanned code, and the list of the scanner that it counts on."""

from __future__ import annotations

from dataclasses import dataclass

from counterfoil.checkin.models import CheckinList, RevokedSecret
from counterfoil.checkin.scans import Scan
from counterfoil.orders.models import OrderPosition

_TICKETS = OrderPosition.objects.select_related(
    "order__event__organizer", "item", "variation", "subevent"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """``position`` is None if there is no such ticket, or a revoked one that was deleted."""

    list: CheckinList
    position: OrderPosition | None = None
    revoked: bool = False
    ambiguous: bool = False


def find(scan: Scan) -> Lookup:
    """Look up the ticket of a scan, in the events of the scan's lists only."""
    lists = {entry.event_id: entry for entry in scan.lists}
    position = _position(scan, lists)
    secret = position.secret if position else scan.secret
    revoked = RevokedSecret.objects.filter(event__in=lists, secret=secret).order_by("pk").first()
    if position is None:
        if revoked is None:
            return Lookup(list=scan.lists[0])
        owner = _TICKETS.filter(pk=revoked.position_id or 0, canceled=False).first()
        return Lookup(list=lists[revoked.event_id], position=owner, revoked=True)
    checkin_list = lists[position.order.event_id]
    chosen = _of_list(position, checkin_list)
    return Lookup(
        list=checkin_list,
        position=chosen or position,
        revoked=revoked is not None,
        ambiguous=chosen is None,
    )


def _position(scan: Scan, lists: dict[int, CheckinList]) -> OrderPosition | None:
    tickets = _TICKETS.filter(order__event__in=lists, canceled=False)
    organizer = scan.lists[0].event.organizer_id
    # An all-digit secret may be the id of another ticket. The secret is on paper, so it wins.
    position = next(iter(tickets.filter(organizer=organizer, secret=scan.secret)), None)
    if position is None and scan.position_id is not None:
        position = next(iter(tickets.filter(pk=scan.position_id)), None)
    return position


def _of_list(position: OrderPosition, checkin_list: CheckinList) -> OrderPosition | None:
    """Return the ticket itself, or its matching add-on on a list with ``addon_match``.

    Returns None if several add-ons match.
    """
    if not checkin_list.addon_match or matches_list(position, checkin_list):
        return position
    addons = _TICKETS.filter(addon_to=position, canceled=False).order_by("pk")
    fitting = [addon for addon in addons if matches_list(addon, checkin_list)]
    if not fitting:
        return position
    return fitting[0] if len(fitting) == 1 else None


def matches_list(position: OrderPosition, checkin_list: CheckinList) -> bool:
    """Return whether the product and date of a ticket are on a list."""
    if checkin_list.subevent_id and position.subevent_id != checkin_list.subevent_id:
        return False
    return (
        checkin_list.all_products
        or checkin_list.limit_products.filter(pk=position.item_id).exists()
    )
