"""Query check-in lists, their tickets and counts, with a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from counterfoil.catalog.models import Event, Item, ItemVariation
from counterfoil.checkin.entry_counts import entered_by_kind
from counterfoil.checkin.models import Checkin, CheckinList, TicketPresence
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.orders.ticket_counts import Kind, tickets_by_kind


def lists_of(event: Event) -> QuerySet[CheckinList]:
    """Return the check-in lists of an event, by date and name."""
    lists = CheckinList.objects.filter(event=event).select_related("event", "subevent")
    return lists.prefetch_related("limit_products").order_by("subevent__date_from", "name", "pk")


def positions_on(
    checkin_list: CheckinList, *, ignore_status: bool = False
) -> QuerySet[OrderPosition]:
    """Return the tickets of a list: of its products and date, paid or, if included, pending."""
    return OrderPosition.objects.filter(_is_on(checkin_list, ignore_status=ignore_status))


def _is_on(checkin_list: CheckinList, *, ignore_status: bool) -> Q:
    condition = Q(order__event=checkin_list.event_id, canceled=False)
    if checkin_list.subevent_id:
        condition &= Q(subevent=checkin_list.subevent_id)
    if not checkin_list.all_products:
        condition &= Q(item__in=checkin_list.limit_products.all())
    if ignore_status:
        return condition
    status = Q(order__status=Order.Status.PAID)
    pending = Q(order__status=Order.Status.PENDING)
    status |= pending if checkin_list.include_pending else pending & Q(order__valid_if_pending=True)
    return condition & status


def tickets_of(
    lists: Sequence[CheckinList], *, ignore_status: bool = False
) -> QuerySet[OrderPosition]:
    """Return the tickets of any of the lists, annotated with ``last_checked_in``."""
    condition = Q()
    for checkin_list in lists:
        condition |= _is_on(checkin_list, ignore_status=ignore_status)
    entered = entries().filter(list__in=lists, position=OuterRef("pk"))
    last = entered.order_by("-datetime").values("datetime")[:1]
    return (
        OrderPosition.objects.filter(condition or Q(pk__in=[]))
        .annotate(last_checked_in=Subquery(last))
        .order_by("order__code", "positionid", "pk")
    )


def entries() -> QuerySet[Checkin]:
    """Return the admitted entries."""
    return Checkin.objects.filter(successful=True, type=Checkin.Type.ENTRY)


def inside(checkin_list: CheckinList, *, at: datetime | None = None) -> QuerySet[OrderPosition]:
    """Return the tickets whose last admitted scan on the list (until ``at``) is an entry."""
    scans = Checkin.objects.filter(list=checkin_list, successful=True)
    if at is not None:
        scans = scans.filter(datetime__lte=at)
    last = scans.filter(position=OuterRef("pk")).order_by("-datetime", "-pk")
    entered = scans.filter(type=Checkin.Type.ENTRY).values("position")
    return (
        OrderPosition.objects.filter(pk__in=entered, canceled=False)
        .alias(last_scan=Subquery(last.values("type")[:1]))
        .filter(last_scan=Checkin.Type.ENTRY)
    )


def presences(checkin_list: CheckinList) -> QuerySet[TicketPresence]:
    """Return the presences of tickets on a list, canceled ones too; a ticket is ``position_id``."""
    return TicketPresence.objects.filter(list_id=checkin_list.pk)


def checkins_of(event: Event) -> QuerySet[Checkin]:
    """Return all scans of an event, admitted or denied, oldest first."""
    checkins = Checkin.objects.filter(event_id=event.pk).select_related("device", "list__event")
    return checkins.order_by("datetime", "pk")


def prefetch_checkins() -> Prefetch[str, QuerySet[Checkin], str]:
    """Return the prefetch of admitted scans into ``position.checkins``."""
    admitted = Checkin.objects.filter(successful=True).select_related("device")
    return Prefetch("all_checkins", admitted.order_by("datetime", "pk"), to_attr="checkins")


def is_on(kind: Kind, checkin_list: CheckinList, products: Collection[int]) -> bool:
    """Tell whether tickets of a kind are on a list with these products."""
    pending = kind.status == Order.Status.PENDING and (
        checkin_list.include_pending or kind.valid_if_pending
    )
    return (
        (checkin_list.all_products or kind.item in products)
        and checkin_list.subevent_id in (None, kind.subevent)
        and (kind.status == Order.Status.PAID or pending)
    )


@dataclass(slots=True)
class Tally:
    """Numbers of tickets and of checked-in tickets of a list, by item and variation."""

    positions: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    checkins: Counter[tuple[int, int | None]] = field(default_factory=Counter)

    def of_item(self, item: Item) -> tuple[int, int]:
        """Return the tickets and the check-ins of an item with all its variations."""
        return _sum_of_item(self.positions, item.pk), _sum_of_item(self.checkins, item.pk)

    def of_variation(self, variation: ItemVariation) -> tuple[int, int]:
        key = (variation.item_id, variation.pk)
        return self.positions[key], self.checkins[key]


def _sum_of_item(counts: Mapping[tuple[int, int | None], int], item: int) -> int:
    return sum(count for (counted, _variation), count in counts.items() if counted == item)


def tallies(event: Event, lists: Sequence[CheckinList]) -> dict[int, Tally]:
    """Return the numbers of tickets of many lists of one event, in two queries."""
    counts = {entry.pk: Tally() for entry in lists}
    products = {entry.pk: {item.pk for item in entry.limit_products.all()} for entry in lists}
    for kind, count in tickets_by_kind(event.pk):
        for entry in lists:
            if is_on(kind, entry, products[entry.pk]):
                counts[entry.pk].positions[kind.item, kind.variation] += count
    by_pk = {entry.pk: entry for entry in lists}
    for pk, kind, count in entered_by_kind(by_pk.keys()):
        if is_on(kind, by_pk[pk], products[pk]):
            counts[pk].checkins[kind.item, kind.variation] += count
    return counts


def products_of(checkin_list: CheckinList) -> QuerySet[Item]:
    """Return the items of a list in the order of the shop, with their variations."""
    items = (
        Item.objects.filter(event=checkin_list.event_id)
        if checkin_list.all_products
        else checkin_list.limit_products.all()
    )
    variations = ItemVariation.objects.order_by("position", "pk")
    return items.prefetch_related(Prefetch("variations", variations)).order_by(
        "category__position", "category", "position", "pk"
    )
