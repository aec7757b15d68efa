"""Count how much of quotas is used and left.

Positions of pending and paid orders use quotas up. How many there are of each kind is kept by the
transactions that change it (``ticket_counts``): they are not counted while a sale waits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from counterfoil.catalog.models import Item, ItemVariation, Quota, SubEvent
from counterfoil.orders.models import Order, TicketCount

_ITEMS, _VARIATIONS = Quota.items.through, Quota.variations.through

# Of variations, only those that the quota names count.
_COUNTS = f"""
    SELECT quota.id, kind.status, sum(kind.tickets)
    FROM {Quota._meta.db_table} quota
    JOIN {_ITEMS._meta.db_table} offered ON offered.quota_id = quota.id
    JOIN {TicketCount._meta.db_table} kind
      ON kind.event_id = quota.event_id AND kind.item_id = offered.item_id
    WHERE quota.id IN ({{quotas}}) AND kind.status IN ('n', 'p')
    AND (kind.subevent_id = quota.subevent_id
         OR (kind.subevent_id IS NULL AND quota.subevent_id IS NULL))
    AND (kind.variation_id IS NULL OR EXISTS (
        SELECT 1 FROM {_VARIATIONS._meta.db_table} named
        WHERE named.quota_id = quota.id AND named.itemvariation_id = kind.variation_id))
    GROUP BY quota.id, kind.status
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
    return Availability(
        size=quota.size,
        paid=counts.get((quota.pk, Order.Status.PAID), 0),
        pending=counts.get((quota.pk, Order.Status.PENDING), 0),
        closed=quota.closed,
    )


def _counts(keys: Collection[int]) -> dict[tuple[int, str], int]:
    if not keys:
        return {}
    placeholders = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(quotas=placeholders), [*keys])
        return {(quota, status): int(number) for quota, status, number in cursor.fetchall()}
