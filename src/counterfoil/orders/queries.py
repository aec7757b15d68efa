"""Count how much of quotas is used and left.

Positions of pending and paid orders use quotas up. They are counted in each query: stored counters
could become wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from counterfoil.catalog.models import Item, ItemVariation, Quota, SubEvent
from counterfoil.orders.models import Order, OrderPosition

_ITEMS, _VARIATIONS = Quota.items.through, Quota.variations.through

# Nearly all orders are paid. So all positions of the quota's products are counted first, which the
# index over (item, variation, subevent, canceled) answers alone; then those of orders that are not
# paid, which have an index of their own. To ask each position for its order instead would take ten
# times as long, while the quota is locked. Of variations, only those that the quota names count.
_OF_QUOTA = f"""
    NOT pos.canceled
    AND (pos.subevent_id = quota.subevent_id
         OR (pos.subevent_id IS NULL AND quota.subevent_id IS NULL))
    AND (pos.variation_id IS NULL OR EXISTS (
        SELECT 1 FROM {_VARIATIONS._meta.db_table} named
        WHERE named.quota_id = quota.id AND named.itemvariation_id = pos.variation_id))
"""  # noqa: S608 - names of ours
_COUNTS = f"""
    SELECT quota.id, 'all', count(*)
    FROM {Quota._meta.db_table} quota
    JOIN {_ITEMS._meta.db_table} offered ON offered.quota_id = quota.id
    JOIN {OrderPosition._meta.db_table} pos ON pos.item_id = offered.item_id
    WHERE quota.id IN ({{quotas}}) AND {_OF_QUOTA}
    GROUP BY quota.id
    UNION ALL
    SELECT quota.id, ordr.status, count(*)
    FROM {Quota._meta.db_table} quota
    JOIN {Order._meta.db_table} ordr ON ordr.event_id = quota.event_id
    JOIN {OrderPosition._meta.db_table} pos ON pos.order_id = ordr.id
    JOIN {_ITEMS._meta.db_table} offered
      ON offered.quota_id = quota.id AND offered.item_id = pos.item_id
    WHERE quota.id IN ({{quotas}}) AND ordr.status IN ('n', 'e', 'c') AND {_OF_QUOTA}
    GROUP BY quota.id, ordr.status
"""  # noqa: S608 - names of ours


@dataclass(frozen=True, slots=True)
class Availability:
    """The use of a quota. ``left`` is None without a limit, and never below 0."""

    size: int | None
    paid: int
    pending: int
    closed: bool

    @property
    def used(self) -> int:
        return self.paid + self.pending

    @property
    def left(self) -> int | None:
        if self.closed:
            return 0
        return None if self.size is None else max(self.size - self.used, 0)

    @property
    def available(self) -> bool:
        return self.left is None or self.left > 0


def availability(quotas: Collection[Quota]) -> dict[int, Availability]:
    """Return the availability of each quota, by id, in one query."""
    counts = _counts([quota.pk for quota in quotas])
    return {quota.pk: _availability(quota, counts) for quota in quotas}


def left(quotas: Collection[Quota]) -> dict[int, int | None]:
    """Return how many each quota, by id, has left; None is no limit."""
    return {key: counted.left for key, counted in availability(quotas).items()}


def quotas_of(
    *, item: Item, variation: ItemVariation | None, subevent: SubEvent | None
) -> QuerySet[Quota]:
    """Return the quotas that a sale of this takes from: all of them must have enough."""
    quotas = Quota.objects.filter(items=item, subevent=subevent)
    return quotas if variation is None else quotas.filter(variations=variation)


def _availability(quota: Quota, counts: Mapping[tuple[int, str], int]) -> Availability:
    every, pending, expired, canceled = (
        counts.get((quota.pk, kind), 0)
        for kind in ("all", Order.Status.PENDING, Order.Status.EXPIRED, Order.Status.CANCELED)
    )
    return Availability(
        size=quota.size,
        paid=every - pending - expired - canceled,
        pending=pending,
        closed=quota.closed,
    )


def _counts(keys: Collection[int]) -> dict[tuple[int, str], int]:
    if not keys:
        return {}
    places = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(quotas=places), [*keys, *keys])
        return {(quota, kind): number for quota, kind, number in cursor.fetchall()}
