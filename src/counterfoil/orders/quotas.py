"""Takes tickets out of quotas: all of them or none, whoever else wants them at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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


class SoldOut(Gone):
    """A quota has fewer left than are wanted."""

    def __init__(self, quota: Quota, *, wanted: int, left: int) -> None:
        self.quota = quota
        words = _("Quota “%(quota)s” has %(left)d left, but %(wanted)d are needed.")
        super().__init__(words % {"quota": quota, "left": left, "wanted": wanted})

    def concerns(self, wanted: Wanted) -> bool:
        """Tell whether a sale of this would take from the quota."""
        return wanted.quotas().filter(pk=self.quota.pk).exists()


def take(demand: Mapping[Wanted, int]) -> None:
    """Lock the quotas of all that is wanted, and make sure that each has enough left.

    The rows stay locked until the caller's transaction ends: what it inserts is counted by whoever
    comes next. They are locked by id, so that two sales of overlapping quotas cannot wait for each
    other. SQLite needs no row locks: its transactions begin with the write lock.

    Raises:
        NoQuota: something is in no quota.
        SoldOut: a quota has too few left.
    """
    take_from(quotas_needed(demand))


def take_from(needs: Mapping[int, int]) -> None:
    """Lock these quotas, by id, and make sure that each has as many left.

    Raises:
        SoldOut: a quota has too few left.
    """
    rows = Quota.objects.filter(pk__in=needs).order_by("pk")
    _close_sold_out(_emptied(list(rows.select_for_update(of=("self",))), needs))


def check(needs: Mapping[int, int]) -> None:
    """Look, without a lock, whether each of these quotas has as many left now.

    Raises:
        SoldOut: a quota has too few left.
    """
    _emptied(list(Quota.objects.filter(pk__in=needs).order_by("pk")), needs)


def _emptied(quotas: Iterable[Quota], needs: Mapping[int, int]) -> list[Quota]:
    """Return the quotas that have nothing left afterwards.

    Raises:
        SoldOut: a quota has too few left.
    """
    limited = [quota for quota in quotas if quota.size is not None or quota.closed]
    remaining = left(limited)
    for quota in limited:
        have = remaining[quota.pk] or 0
        if have < needs[quota.pk]:
            raise SoldOut(quota, wanted=needs[quota.pk], left=have)
    return [quota for quota in limited if remaining[quota.pk] == needs[quota.pk]]


def quotas_needed(demand: Mapping[Wanted, int]) -> Counter[int]:
    """Return how many each quota, by id, has to give. Takes no lock.

    Raises:
        NoQuota: something is in no quota.
    """
    needs: Counter[int] = Counter()
    for wanted, amount in demand.items():
        quotas = wanted.quotas().values_list("pk", flat=True)
        if not quotas:
            raise NoQuota(wanted)
        needs.update(dict.fromkeys(quotas, amount))
    return needs


def _close_sold_out(quotas: Iterable[Quota]) -> None:
    for quota in quotas:
        if quota.close_when_sold_out:
            Quota.objects.filter(pk=quota.pk).update(closed=True)
