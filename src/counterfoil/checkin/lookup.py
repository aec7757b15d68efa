"""Which ticket a scanned code means, and on which of the scanner's lists it counts."""

from __future__ import annotations

from dataclasses import dataclass

from counterfoil.checkin.models import CheckinList, RevokedSecret
from counterfoil.checkin.scans import Scan
from counterfoil.orders.models import OrderPosition

_TICKETS = OrderPosition.objects.select_related(
    "order__event__organizer", "item", "variation", "subevent"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``position`` None: no such ticket, or one that was revoked and is not there any more."""

    list: CheckinList
    position: OrderPosition | None = None
    revoked: bool = False
    ambiguous: bool = False


def find(scan: Scan) -> Found:
    """Find the ticket of a scan. A secret of an event without a list in the scan is unknown."""
    lists = {entry.event_id: entry for entry in scan.lists}
    position = _position(scan, lists)
    secret = position.secret if position else scan.secret
    revoked = RevokedSecret.objects.filter(event__in=lists, secret=secret).order_by("pk").first()
    if position is None:
        if revoked is None:
            return Found(list=scan.lists[0])
        owner = _TICKETS.filter(pk=revoked.position_id or 0, canceled=False).first()
        return Found(list=lists[revoked.event_id], position=owner, revoked=True)
    checkin_list = lists[position.order.event_id]
    chosen = _of_list(position, checkin_list)
    return Found(
        list=checkin_list,
        position=chosen or position,
        revoked=revoked is not None,
        ambiguous=chosen is None,
    )


def _position(scan: Scan, lists: dict[int, CheckinList]) -> OrderPosition | None:
    tickets = _TICKETS.filter(order__event__in=lists, canceled=False)
    organizer = scan.lists[0].event.organizer_id
    # An all-digit secret may be the id of another ticket: the secret was printed, so it wins.
    position = next(iter(tickets.filter(organizer=organizer, secret=scan.secret)), None)
    if position is None and scan.position_id is not None:
        position = next(iter(tickets.filter(pk=scan.position_id)), None)
    return position


def _of_list(position: OrderPosition, checkin_list: CheckinList) -> OrderPosition | None:
    """Return the ticket itself, or on a list of add-ons the add-on that the list is about.

    None if several are: nobody can tell which one the guest is here for.
    """
    if not checkin_list.addon_match or fits(position, checkin_list):
        return position
    addons = _TICKETS.filter(addon_to=position, canceled=False).order_by("pk")
    fitting = [addon for addon in addons if fits(addon, checkin_list)]
    if not fitting:
        return position
    return fitting[0] if len(fitting) == 1 else None


def fits(position: OrderPosition, checkin_list: CheckinList) -> bool:
    """Tell whether a ticket's product and date are those of a list."""
    if checkin_list.subevent_id and position.subevent_id != checkin_list.subevent_id:
        return False
    return (
        checkin_list.all_products
        or checkin_list.limit_products.filter(pk=position.item_id).exists()
    )
