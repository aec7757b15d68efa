"""Takes tickets out of quotas: all of them or none, whoever else wants them at the same time."""

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
class Wanted:
    """What is to be sold. Equal things are the same key of a count."""

    item: Item
    variation: ItemVariation | None = None
    subevent: SubEvent | None = None

    def quotas(self) -> QuerySet[Quota]:
        return quotas_of(item=self.item, variation=self.variation, subevent=self.subevent)


class NoQuota(Gone):
    """Nothing says how many of it there are, so none is sold."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        words = _("“%(item)s” is in no quota, so it cannot be sold.")
        super().__init__(words % {"item": wanted.item})


@dataclass(frozen=True, slots=True)
class Shortage:
    """A quota that has fewer left than are wanted."""

    quota: Quota
    wanted: int
    left: int

    def __str__(self) -> str:
        words = _("Quota “%(quota)s” has %(left)d left, but %(wanted)d are needed.")
        return words % {"quota": self.quota, "left": self.left, "wanted": self.wanted}


class SoldOut(Gone):
    """Quotas have fewer left than are wanted. ``sources`` are the quotas of each, by their ids."""

    def __init__(
        self, shortages: Sequence[Shortage], sources: Mapping[Wanted, Collection[int]]
    ) -> None:
        self.shortages = shortages
        self._sources = sources
        super().__init__(" ".join(str(each) for each in shortages))

    def over(self, sales: Iterable[Wanted]) -> list[list[Shortage]]:
        """Return what each sale lacks, if those before it take what is left; [] if nothing."""
        left = {each.quota.pk: each.left for each in self.shortages}
        found = []
        for wanted in sales:
            sources = self._sources[wanted]
            short = [each for each in self.shortages if each.quota.pk in sources]
            lacking = [each for each in short if left[each.quota.pk] == 0]
            if not lacking:
                for each in short:
                    left[each.quota.pk] -= 1
            found.append(lacking)
        return found


def take(demand: Mapping[Wanted, int]) -> None:
    """Lock the quotas of all that is wanted, and make sure that each has enough left.

    The rows stay locked until the caller's transaction ends: what it inserts is counted by whoever
    comes next. They are locked by id, so that two sales of overlapping quotas cannot wait for each
    other. SQLite needs no row locks: its transactions begin with the write lock.

    Raises:
        NoQuota: something is in no quota.
        SoldOut: quotas have too few left.
    """
    sources = _sources(demand)
    needs = _needs(demand, sources)
    locked = list(Quota.objects.filter(pk__in=needs).order_by("pk").select_for_update(of=("self",)))
    limited = [quota for quota in locked if quota.size is not None or quota.closed]
    remaining = left(limited)
    shortages = [
        Shortage(quota, wanted=needs[quota.pk], left=have)
        for quota in limited
        if (have := remaining[quota.pk] or 0) < needs[quota.pk]
    ]
    if shortages:
        raise SoldOut(shortages, sources)
    _close_sold_out(quota for quota in limited if remaining[quota.pk] == needs[quota.pk])


def _sources(demand: Mapping[Wanted, int]) -> dict[Wanted, set[int]]:
    """Return the ids of the quotas that each sale takes from."""
    sources = {}
    for wanted in demand:
        sources[wanted] = set(wanted.quotas().values_list("pk", flat=True))
        if not sources[wanted]:
            raise NoQuota(wanted)
    return sources


def _needs(demand: Mapping[Wanted, int], sources: Mapping[Wanted, Collection[int]]) -> Counter[int]:
    """Return how many each quota, by id, has to give."""
    needs: Counter[int] = Counter()
    for wanted, amount in demand.items():
        needs.update(dict.fromkeys(sources[wanted], amount))
    return needs


def _close_sold_out(quotas: Iterable[Quota]) -> None:
    for quota in quotas:
        if quota.close_when_sold_out:
            Quota.objects.filter(pk=quota.pk).update(closed=True)
