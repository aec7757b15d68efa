"""List the products on sale of an event or date, and how many of each are left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from counterfoil.catalog.models import Event, Item, ItemVariation, Quota, SubEvent
from counterfoil.orders.queries import left

_Key = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Offer:
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


def availabilities_of(event: Event, subevent: SubEvent | None = None) -> list[Offer]:
    """Return the active products with a quota, in the order of the shop, with few queries.

    Of a series, return those of one date, without products disabled on that date.
    """
    remaining = _left_by_product(event, subevent)
    disabled = _disabled_on(subevent)
    return [
        Offer(item, variation, _least(remaining[_key(item, variation)]))
        for item, variation in _products(event)
        if _key(item, variation) in remaining
        and not {_key(item, None), _key(item, variation)} & disabled
    ]


def products_of(event: Event) -> list[Offer]:
    """Return all active products, for a series without a selected date."""
    return [Offer(item, variation, None) for item, variation in _products(event)]


def _products(event: Event) -> Iterable[tuple[Item, ItemVariation | None]]:
    variations = ItemVariation.objects.order_by("position", "pk")
    items = Item.objects.filter(event=event, active=True).order_by("position", "pk")
    for item in items.prefetch_related(Prefetch("variations", variations)):
        rows = list(item.variations.all())
        if not rows:
            yield item, None
        for variation in rows:
            if variation.active:
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
