"""List the products on sale of an event or date, and how many of each are left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch

from counterfoil.catalog.models import Event, Item, ItemVariation, Quota, SalesChannel, SubEvent
from counterfoil.orders.queries import left

_Key = tuple[int, int | None]
#: Dates that cannot be chosen are told up to this number.
_MOST_DATES = 50


@dataclass(frozen=True, slots=True)
class ProductAvailability:
    """A product or variation. ``left`` None means no limit."""

    item: Item
    variation: ItemVariation | None
    left: int | None

    @property
    def key(self) -> str:
        """The value of the option in a form."""
        return f"{self.item.pk}-{self.variation.pk}" if self.variation else f"{self.item.pk}"

    @property
    def is_sold_out(self) -> bool:
        return self.left is not None and self.left <= 0


def availabilities_of(event: Event, subevent: SubEvent | None = None) -> list[ProductAvailability]:
    """Return the active products with a quota, in the order of the shop, with few queries.

    Of a series, return those of one date, without products disabled on that date.
    """
    remaining = _left_by_product(event, subevent)
    disabled = _disabled_on(subevent)
    return [
        ProductAvailability(item, variation, _least(remaining[_key(item, variation)]))
        for item, variation in _products(event)
        if _key(item, variation) in remaining
        and not {_key(item, None), _key(item, variation)} & disabled
    ]


class Obstacle(StrEnum):
    """Why a product, variation or date cannot be chosen for a batch."""

    INACTIVE = "inactive"
    INACTIVE_VARIATION = "inactive_variation"
    INACTIVE_DATE = "inactive_date"
    NO_QUOTA = "no_quota"
    SOLD_OUT = "sold_out"
    OTHER_CHANNEL = "other_channel"
    NOT_ON_DATE = "not_on_date"


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A product or variation, or a date, that cannot be chosen, and why."""

    obstacle: Obstacle
    item: Item | None = None
    variation: ItemVariation | None = None
    subevent: SubEvent | None = None

    @property
    def key(self) -> str:
        """The value that its option in a form has, or would have."""
        return ProductAvailability(self.item, self.variation, None).key if self.item else ""


def unavailable_of(
    event: Event, subevent: SubEvent | None = None, channel: SalesChannel | None = None
) -> list[Unavailable]:
    """Return what cannot be chosen, in the order of the shop, with the first reason of each.

    Of a series without a date, quotas are not looked at: each date has its own.
    """
    has_date = subevent is not None or not event.has_subevents
    remaining = _left_by_product(event, subevent) if has_date else {}
    disabled = _disabled_on(subevent)
    unavailable = []
    for item, variation in _products(event, with_inactive=True):
        key = _key(item, variation)
        obstacle = _state_obstacle(item, variation)
        if obstacle is None and {_key(item, None), key} & disabled:
            obstacle = Obstacle.NOT_ON_DATE
        if obstacle is None and has_date and key not in remaining:
            obstacle = Obstacle.NO_QUOTA
        if obstacle is None and channel and not _is_sold_through(channel, item, variation):
            obstacle = Obstacle.OTHER_CHANNEL
        if obstacle is None and has_date and _is_sold_out(_least(remaining[key])):
            obstacle = Obstacle.SOLD_OUT
        if obstacle is not None:
            unavailable.append(Unavailable(obstacle, item, variation))
    inactive = event.subevents.filter(active=False).order_by("date_from", "pk")
    dates = inactive[:_MOST_DATES] if event.has_subevents else ()
    return [*(Unavailable(Obstacle.INACTIVE_DATE, subevent=each) for each in dates), *unavailable]


def _state_obstacle(item: Item, variation: ItemVariation | None) -> Obstacle | None:
    if not item.active:
        return Obstacle.INACTIVE
    return Obstacle.INACTIVE_VARIATION if variation and not variation.active else None


def _is_sold_through(channel: SalesChannel, *sold: Item | ItemVariation | None) -> bool:
    return all(
        each is None
        or each.all_sales_channels
        or channel.pk in {other.pk for other in each.limit_sales_channels.all()}
        for each in sold
    )


def _is_sold_out(left: int | None) -> bool:
    return left is not None and left <= 0


def products_of(event: Event) -> list[ProductAvailability]:
    """Return all active products, for a series without a selected date."""
    return [ProductAvailability(item, variation, None) for item, variation in _products(event)]


def _products(
    event: Event, *, with_inactive: bool = False
) -> Iterable[tuple[Item, ItemVariation | None]]:
    variations = ItemVariation.objects.order_by("position", "pk")
    items = Item.objects.filter(event=event).order_by("position", "pk")
    if with_inactive:
        channels = ("limit_sales_channels", "variations__limit_sales_channels")
        items = items.prefetch_related(Prefetch("variations", variations), *channels)
    else:
        items = items.filter(active=True).prefetch_related(Prefetch("variations", variations))
    for item in items:
        rows = list(item.variations.all())
        if not rows:
            yield item, None
        for variation in rows:
            if variation.active or with_inactive:
                yield item, variation


def _key(item: Item, variation: ItemVariation | None) -> _Key:
    return item.pk, variation.pk if variation else None


def _left_by_product(event: Event, subevent: SubEvent | None) -> dict[_Key, list[int | None]]:
    """Return what each quota of a product has left. A sale takes from all of them."""
    quotas = list(
        Quota.objects.filter(event=event, subevent=subevent).prefetch_related("items", "variations")
    )
    remaining = left(quotas)
    result: dict[_Key, list[int | None]] = defaultdict(list)
    for quota in quotas:
        keys: set[_Key] = {(item.pk, None) for item in quota.items.all()}
        keys |= {(each.item_id, each.pk) for each in quota.variations.all()}
        for key in keys:
            result[key].append(remaining[quota.pk])
    return dict(result)


def _least(remaining: Iterable[int | None]) -> int | None:
    return min((number for number in remaining if number is not None), default=None)


def _disabled_on(subevent: SubEvent | None) -> set[_Key]:
    if subevent is None:
        return set()
    items = subevent.item_overrides.filter(disabled=True).values_list("item_id", flat=True)
    variations = subevent.variation_overrides.filter(disabled=True)
    return {
        *((item, None) for item in items),
        *variations.values_list("variation__item_id", "variation_id"),
    }
