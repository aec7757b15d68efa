"""How many decimals the amounts of a currency have, in columns, in the API and in forms."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final

from babel import Locale
from babel.numbers import format_currency, get_currency_precision

#: No currency of CLDR has more decimals than CLF and UYW.
COLUMN_PLACES: Final = 4
WHOLE_DIGITS: Final = 11
COLUMN_DIGITS: Final = WHOLE_DIGITS + COLUMN_PLACES

#: The API and files write amounts with two decimals, also of currencies without a minor unit.
_FEWEST_WRITTEN = 2


@cache
def precision(currency: str) -> int:
    """Return the number of decimals of a currency: EUR 2, JPY 0, KWD 3."""
    return get_currency_precision(currency)


def written_places(currency: str) -> int:
    """Return how many decimals the API and files write: two, or three for KWD."""
    return max(_FEWEST_WRITTEN, precision(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round to what can be paid in the currency. The result has the decimals that are written."""
    paid = amount.quantize(Decimal(1).scaleb(-precision(currency)), ROUND_HALF_UP)
    return paid.quantize(Decimal(1).scaleb(-written_places(currency)))


def in_currency(amount: Decimal, currency: str) -> Decimal:
    """Return the same amount with the decimals that are written, and more only if it has more."""
    return with_places(amount, written_places(currency))


def with_places(amount: Decimal, places: int) -> Decimal:
    """Return the same amount with so many decimals, and more only if it has more."""
    return amount.quantize(Decimal(1).scaleb(-max(places, places_of(amount))))


def places_of(amount: Decimal) -> int:
    """Return how many decimals an amount needs: none for 23.00, one for 0.500."""
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - amounts are finite
    return max(0, -exponent)


def localized(amount: Decimal, currency: str, locale: Locale | str) -> str:
    """Write an amount as people do, with the decimals of the currency or more if it has more."""
    has_more = places_of(amount) > precision(currency)
    return format_currency(
        amount,
        currency,
        locale=locale,
        currency_digits=not has_more,
        decimal_quantization=not has_more,
    )
