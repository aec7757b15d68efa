"""The best that events or dates still offer through a sales channel, for lists of many of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import IntEnum

from django.db.models import Q, QuerySet

from counterfoil.catalog.models import (
    Event,
    Item,
    ItemVariation,
    Quota,
    SalesChannel,
    SubEvent,
    SubEventItem,
    SubEventItemVariation,
)
from counterfoil.catalog.queries import sold_through
from counterfoil.core import clock
from counterfoil.orders.queries import Availability, availability

#: A product by itself, or one of its variations.
_Product = tuple[int, int | None]

#: Products that nobody chooses by themselves, whatever is left of them.
_NOT_OFFERED = ("hide_without_voucher", "require_bundling")


class AvailabilityState(IntEnum):
    """How pretix counts it: the more, the better."""

    GONE = 0
    ORDERED = 10  #: what is left is in orders that nobody has paid yet
    OK = 100


States = dict[int, AvailabilityState]


def best_of_events(events: Collection[Event], channel: SalesChannel) -> States:
    """Return the best state of each event, by id, that offers something itself.

    A series offers nothing: its dates do.
    """
    quotas = _considered(Quota.objects.filter(event__in=events, subevent=None))
    return _best(
        ((quota.event_id, quota) for quota in quotas),
        _offered(_sold_through(channel, (event.pk for event in events)), channel),
    )


def best_of_subevents(subevents: Collection[SubEvent], channel: SalesChannel) -> States:
    """Return the best state of each date, by id, that offers something."""
    quotas = _considered(Quota.objects.filter(subevent__in=subevents))
    return _best(
        ((quota.subevent_id, quota) for quota in quotas if quota.subevent_id is not None),
        _offered(_sold_through(channel, (date.event_id for date in subevents)), channel),
        _switched_off(subevents),
    )


def _considered(quotas: QuerySet[Quota]) -> list[Quota]:
    counted = quotas.filter(ignore_for_event_availability=False)
    return list(counted.prefetch_related("items", "variations"))


def _sold_through(channel: SalesChannel, events: Iterable[int]) -> QuerySet[Event]:
    return sold_through(channel).filter(pk__in=set(events))


def _through(channel: SalesChannel) -> Q:
    return Q(all_sales_channels=True) | Q(limit_sales_channels=channel)


def _offered(events: QuerySet[Event], channel: SalesChannel) -> set[_Product]:
    """Return what is sold now through the channel, as far as nobody looks at quotas."""
    now = clock.now()
    rows = Item.objects.filter(_through(channel), event__in=events.values("pk"), active=True)
    items = {
        item.pk
        for item in rows.exclude(category__is_addon=True)
        if not any(item.extra.get(name) for name in _NOT_OFFERED) and _runs(item, now)
    }
    varied = ItemVariation.objects.filter(item__in=items).values_list("item_id", flat=True)
    plain: set[_Product] = {(pk, None) for pk in items - set(varied)}
    variations = ItemVariation.objects.filter(_through(channel), item__in=items, active=True)
    return plain | {(each.item_id, each.pk) for each in variations if _runs(each, now)}


def _runs(row: Item | ItemVariation | SubEventItem | SubEventItemVariation, now: datetime) -> bool:
    has_started = row.available_from is None or row.available_from <= now
    return has_started and (row.available_until is None or now <= row.available_until)


def _switched_off(subevents: Collection[SubEvent]) -> set[tuple[int, _Product]]:
    """Return what a date does not offer now, though the event does."""
    now = clock.now()
    items = SubEventItem.objects.filter(subevent__in=subevents)
    variations = SubEventItemVariation.objects.filter(subevent__in=subevents)
    return {
        *(
            (each.subevent_id, (each.item_id, None))
            for each in items
            if each.disabled or not _runs(each, now)
        ),
        *(
            (each.subevent_id, (each.variation.item_id, each.variation_id))
            for each in variations.select_related("variation")
            if each.disabled or not _runs(each, now)
        ),
    }


def _best(
    quotas: Iterable[tuple[int, Quota]],
    offered: set[_Product],
    switched_off: AbstractSet[tuple[int, _Product]] = frozenset(),
) -> States:
    """Return the best state by place; a product is as available as the least of its quotas."""
    placed = list(quotas)
    counted = availability([quota for _place, quota in placed])
    states: dict[tuple[int, _Product], list[AvailabilityState]] = defaultdict(list)
    for place, quota in placed:
        for product in _products(quota):
            here, whole = (place, product), (place, (product[0], None))
            if product in offered and not {here, whole} & switched_off:
                states[place, product].append(_state(counted[quota.pk]))
    best: States = {}
    for (place, _product), each in states.items():
        best[place] = max(best.get(place, AvailabilityState.GONE), min(each))
    return best


def _products(quota: Quota) -> Iterator[_Product]:
    yield from ((item.pk, None) for item in quota.items.all())
    yield from ((each.item_id, each.pk) for each in quota.variations.all())


def _state(counted: Availability) -> AvailabilityState:
    if counted.available:
        return AvailabilityState.OK
    unpaid = not counted.closed and counted.size is not None and counted.paid < counted.size
    return AvailabilityState.ORDERED if unpaid else AvailabilityState.GONE
