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
            missing_permissions = [each for each in short if left[each.quota.pk] == 0]
            if not missing_permissions:
                for each in short:
                    left[each.quota.pk] -= 1
            found.append(missing_permissions)
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
    take_from(quotas_needed(demand))


@dataclass(frozen=True, slots=True)
class Needs:
    """How many each quota has to give, by its id, and the ids of the quotas of each sale."""

    amounts: Mapping[int, int]
    sources: Mapping[Wanted, Collection[int]]


def take_from(needs: Needs) -> None:
    """Lock these quotas, and make sure that each has as many left.

    Raises:
        SoldOut: quotas have too few left.
    """
    rows = Quota.objects.filter(pk__in=needs.amounts).order_by("pk")
    _close_sold_out(_emptied(list(rows.select_for_update(of=("self",))), needs))


def check(needs: Needs) -> None:
    """Look, without a lock, whether each of these quotas has as many left now.

    Raises:
        SoldOut: quotas have too few left.
    """
    _emptied(list(Quota.objects.filter(pk__in=needs.amounts).order_by("pk")), needs)


def _emptied(quotas: Iterable[Quota], needs: Needs) -> list[Quota]:
    """Return the quotas that have nothing left afterwards.

    Raises:
        SoldOut: quotas have too few left.
    """
    amounts = needs.amounts
    limited = [quota for quota in quotas if quota.size is not None or quota.closed]
    remaining = left(limited)
    shortages = [
        Shortage(quota, wanted=amounts[quota.pk], left=have)
        for quota in limited
        if (have := remaining[quota.pk] or 0) < amounts[quota.pk]
    ]
    if shortages:
        raise SoldOut(shortages, needs.sources)
    return [quota for quota in limited if remaining[quota.pk] == amounts[quota.pk]]


def quotas_needed(demand: Mapping[Wanted, int]) -> Needs:
    """Return which quotas have to give, and how many. Takes no lock.

    Raises:
        NoQuota: something is in no quota.
    """
    amounts: Counter[int] = Counter()
    sources: dict[Wanted, Collection[int]] = {}
    for wanted, amount in demand.items():
        sources[wanted] = set(wanted.quotas().values_list("pk", flat=True))
        if not sources[wanted]:
            raise NoQuota(wanted)
        amounts.update(dict.fromkeys(sources[wanted], amount))
    return Needs(amounts, sources)


def _close_sold_out(quotas: Iterable[Quota]) -> None:
    for quota in quotas:
        if quota.close_when_sold_out:
            Quota.objects.filter(pk=quota.pk).update(closed=True)
