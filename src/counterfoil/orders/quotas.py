"""Take tickets out of quotas: all or none, safe against concurrent sales."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from counterfoil.catalog.models import Item, ItemVariation, Quota, SubEvent
from counterfoil.core.refusals import Gone
from counterfoil.orders.queries import left, quotas_of


@dataclass(frozen=True, slots=True)
class Sellable:
    """A product with its variation and date, usable as a key of counts."""

    item: Item
    variation: ItemVariation | None = None
    subevent: SubEvent | None = None

    @property
    def product(self) -> tuple[int, int | None]:
        """The ids of the item and the variation."""
        return self.item.pk, self.variation.pk if self.variation else None

    def quotas(self) -> QuerySet[Quota]:
        return quotas_of(item=self.item, variation=self.variation, subevent=self.subevent)


class NoQuota(Gone):
    """The product belongs to no quota, so it cannot be sold."""

    def __init__(self, sellable: Sellable) -> None:
        self.sellable = sellable
        words = _("“%(item)s” does not belong to a quota, so it cannot be sold.")
        super().__init__(words % {"item": sellable.item})


@dataclass(frozen=True, slots=True)
class Shortage:
    """A quota that has fewer tickets left than needed."""

    quota: Quota
    needed: int
    left: int

    def __str__(self) -> str:
        words = _("Quota “%(quota)s” has %(left)d left, but %(needed)d are needed.")
        return words % {"quota": self.quota, "left": self.left, "needed": self.needed}


class SoldOut(Gone):
    """Quotas have too few tickets left. ``sources`` maps each product to the ids of its quotas."""

    def __init__(
        self, shortages: Sequence[Shortage], sources: Mapping[Sellable, Collection[int]]
    ) -> None:
        self.shortages = shortages
        self._sources = sources
        super().__init__(" ".join(str(each) for each in shortages))

    def over(self, sales: Iterable[Sellable]) -> list[list[Shortage]]:
        """Return the shortages of each sale, in order; earlier sales take what is left."""
        left = {each.quota.pk: each.left for each in self.shortages}
        result = []
        for sellable in sales:
            sources = self._sources[sellable]
            short = [each for each in self.shortages if each.quota.pk in sources]
            missing = [each for each in short if left[each.quota.pk] == 0]
            if not missing:
                for each in short:
                    left[each.quota.pk] -= 1
            result.append(missing)
        return result


def take(demand: Mapping[Sellable, int]) -> None:
    """Lock the quotas of the demand, and check that each has enough left.

    The rows stay locked until the caller's transaction ends, so that the next sale counts what it
    inserts. They are locked in the order of their ids, so that sales of overlapping quotas cannot
    deadlock. SQLite needs no row locks: its transactions begin with the write lock.

    Raises:
        NoQuota: a product belongs to no quota.
        SoldOut: quotas have too few left.
    """
    take_from(quotas_needed(demand))


@dataclass(frozen=True, slots=True)
class Needs:
    """The amount needed from each quota, by id, and the ids of the quotas of each product."""

    amounts: Mapping[int, int]
    sources: Mapping[Sellable, Collection[int]]


def take_from(needs: Needs) -> None:
    """Lock the quotas, and check that each has enough left.

    Raises:
        SoldOut: quotas have too few left.
    """
    rows = Quota.objects.filter(pk__in=needs.amounts).order_by("pk")
    _close_sold_out(_emptied(list(rows.select_for_update(of=("self",))), needs))


def check(needs: Needs) -> None:
    """Check without a lock that each quota has enough left now.

    Raises:
        SoldOut: quotas have too few left.
    """
    _emptied(list(Quota.objects.filter(pk__in=needs.amounts).order_by("pk")), needs)


def _emptied(quotas: Iterable[Quota], needs: Needs) -> list[Quota]:
    """Return the quotas that will be empty afterwards.

    Raises:
        SoldOut: quotas have too few left.
    """
    amounts = needs.amounts
    limited = [quota for quota in quotas if quota.size is not None or quota.closed]
    remaining = left(limited)
    shortages = [
        Shortage(quota, needed=amounts[quota.pk], left=have)
        for quota in limited
        if (have := remaining[quota.pk] or 0) < amounts[quota.pk]
    ]
    if shortages:
        raise SoldOut(shortages, needs.sources)
    return [quota for quota in limited if remaining[quota.pk] == amounts[quota.pk]]


def quotas_needed(demand: Mapping[Sellable, int]) -> Needs:
    """Return the quotas of a demand and the amounts needed. Takes no lock.

    Raises:
        NoQuota: a product belongs to no quota.
    """
    amounts: Counter[int] = Counter()
    sources: dict[Sellable, Collection[int]] = {}
    for sellable, amount in demand.items():
        sources[sellable] = set(sellable.quotas().values_list("pk", flat=True))
        if not sources[sellable]:
            raise NoQuota(sellable)
        amounts.update(dict.fromkeys(sources[sellable], amount))
    return Needs(amounts, sources)


def _close_sold_out(quotas: Iterable[Quota]) -> None:
    for quota in quotas:
        if quota.close_when_sold_out:
            Quota.objects.filter(pk=quota.pk).update(closed=True)
