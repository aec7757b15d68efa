"""What a seller keeps of one ticket."""

from __future__ import annotations

from decimal import Decimal

from counterfoil.catalog import money
from counterfoil.sellers.models import CommissionRule, Seller


class Commissions:
    """The commission of each product of one seller, rounded half up for each ticket."""

    def __init__(self, seller: Seller, currency: str) -> None:
        self._currency = currency
        self._rules: dict[tuple[int | None, int | None], CommissionRule] = {}
        if seller.commission_plan_id is not None:
            rows = CommissionRule.objects.filter(plan=seller.commission_plan_id)
            self._rules = {(rule.item_id, rule.variation_id): rule for rule in rows}

    def of(self, item: int, variation: int | None, price: Decimal) -> Decimal:
        products = ((item, variation), (item, None), (None, None))
        rule = next((self._rules[each] for each in products if each in self._rules), None)
        if rule is None:
            return Decimal("0.00")
        amount = rule.fixed + price * rule.percent / 100
        if rule.cap is not None:
            amount = min(amount, rule.cap)
        return money.rounded(amount, self._currency)
