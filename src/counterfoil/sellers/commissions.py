"""What a seller keeps of one ticket."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from counterfoil.catalog import money
from counterfoil.sellers.models import CommissionRule, Seller


class Commissions:
    """The commission of each product of one seller, rounded half up for each ticket."""

    def __init__(self, rules: Iterable[CommissionRule], currency: str) -> None:
        self._currency = currency
        self._rules = {(rule.item_id, rule.variation_id): rule for rule in rules}

    def of(self, item: int, variation: int | None, price: Decimal) -> Decimal:
        products: tuple[tuple[int | None, int | None], ...]
        products = ((item, variation), (item, None), (None, None))
        rule = next((self._rules[each] for each in products if each in self._rules), None)
        if rule is None:
            return Decimal("0.00")
        amount = rule.fixed + price * rule.percent / 100
        if rule.cap is not None:
            amount = min(amount, rule.cap)
        return money.rounded(amount, self._currency)


def commissions_of(sellers: Collection[Seller], currency: str) -> dict[int, Commissions]:
    """Return the commissions of sellers, read in one query."""
    by_plan: dict[int | None, list[CommissionRule]] = {}
    plans = {seller.commission_plan_id for seller in sellers}
    for rule in CommissionRule.objects.filter(plan__in=[each for each in plans if each]):
        by_plan.setdefault(rule.plan_id, []).append(rule)
    return {
        seller.pk: Commissions(by_plan.get(seller.commission_plan_id, ()), currency)
        for seller in sellers
    }
