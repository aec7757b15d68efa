"""Sellers with what they have, what they owe and until when, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from counterfoil.batches.models import BatchTicket, Place, Validity
from counterfoil.catalog.models import Organizer
from counterfoil.core import clock
from counterfoil.sellers.accounts import balances_of, exact, in_account
from counterfoil.sellers.models import Seller, SellerNotice
from counterfoil.stock.models import HandOut


@dataclass(slots=True)
class Overview:
    """One seller's row of the list."""

    seller: Seller
    count: int = 0
    value: Decimal = field(default_factory=Decimal)
    balance: Decimal = field(default_factory=Decimal)
    return_by: date | None = None
    waiting: int = 0
    is_late: bool = False

    @property
    def currency(self) -> str:
        return self.seller.currency or "EUR"


def overviews_of(organizer: Organizer, sellers: Iterable[Seller]) -> list[Overview]:
    """Return rows of sellers: those who are late first, then by their day of return and name."""
    rows = {seller.pk: Overview(seller) for seller in sellers}
    held = BatchTicket.objects.filter(seller__in=rows, place=Place.WITH_SELLER)
    held = held.exclude(validity=Validity.VOID).order_by()
    groups = list(
        held.values_list("seller", "handed_out", "batch__return_by").annotate(
            count=Count("pk"), value=Sum("position__price")
        )
    )
    hand_outs = HandOut.objects.filter(event__organizer=organizer, seller__in=rows)
    own_days = dict(hand_outs.values_list("pk", "return_by"))
    today = clock.now().date()
    for pk, hand_out, of_batch, count, value in groups:
        row = rows[pk]
        row.count += count
        row.value += exact(value)
        day = own_days.get(hand_out) or of_batch
        if day is not None:
            row.return_by = min(day, row.return_by or day)
            row.is_late = row.return_by < today
    for pk, balance in balances_of([row.seller for row in rows.values()]).items():
        rows[pk].balance = balance
        rows[pk].value = in_account(rows[pk].seller, rows[pk].value)
    waiting = SellerNotice.objects.filter(seller__in=rows, state=SellerNotice.State.WAITING)
    for pk, count in waiting.order_by().values_list("seller").annotate(Count("pk")):
        rows[pk].waiting = count
    return sorted(
        rows.values(),
        key=lambda row: (
            not row.is_late,
            row.return_by or date.max,
            row.seller.name.casefold(),
            row.seller.pk,
        ),
    )
