"""A price, with the decimals of the event's currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from counterfoil.catalog import money


class PriceInput(forms.NumberInput):
    """Shows the currency beside the amount."""

    template_name = "web/forms/price.html"

    def __init__(self, currency: str) -> None:
        super().__init__()
        self.currency = currency

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return {**context, "currency": self.currency}


class PriceField(forms.DecimalField):
    def __init__(self, *, currency: str, **options: Any) -> None:
        places = money.precision(currency)
        options.setdefault("widget", PriceInput(currency))
        super().__init__(
            max_digits=money.WHOLE_DIGITS + places, decimal_places=places, min_value=0, **options
        )
        self._places = places

    def to_python(self, value: Any) -> Any:
        amount: Any = super().to_python(value)
        if amount is None or not amount.is_finite() or amount.adjusted() > money.COLUMN_DIGITS:
            return amount  # for the validators to refuse
        return money.with_places(amount, self._places)

    def prepare_value(self, value: Any) -> Any:
        return money.with_places(value, self._places) if isinstance(value, Decimal) else value
