"""The account with a seller: its currency, payments, the balance, and how far credit reaches.

Everything that changes an account holds the lock of the organizer's ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.batches.models import BatchTicket, Place, Validity
from counterfoil.catalog import money
from counterfoil.catalog.models import Event
from counterfoil.core.refusals import Invalid
from counterfoil.sellers.models import Seller, SellerPayment, Statement, StatementLine
from counterfoil.stock import ledger

_CURRENCY = re.compile(r"[A-Z]{3}")
_EXACT = Decimal(1).scaleb(-money.COLUMN_PLACES)


def exact(value: Any) -> Decimal:
    """Return a sum of the database, which SQLite makes of floating-point numbers."""
    return Decimal(value or 0).quantize(_EXACT)


def in_account(seller: Seller, amount: Decimal) -> Decimal:
    """Return an amount with the decimals of the account's currency."""
    return money.in_currency(amount, seller.currency or "EUR")


def claim_currency(seller: Seller, currency: str, *, field: str) -> None:
    """Fix the currency of an account by its first document. The ledger's lock is held.

    Raises:
        Invalid: on ``field``; the account is in another currency.
    """
    Seller.objects.filter(pk=seller.pk, currency="").update(currency=currency)
    seller.currency = Seller.objects.values_list("currency", flat=True).get(pk=seller.pk)
    if seller.currency != currency:
        words = _("The account with %(seller)s is in %(currency)s.")
        raise Invalid({field: [words % {"seller": seller.name, "currency": seller.currency}]})


@transaction.atomic
def record_payment(
    *,
    actor: Actor | None,
    seller: Seller,
    amount: Decimal,
    currency: str,
    event: Event | None = None,
    note: str = "",
) -> SellerPayment:
    """Record money from a seller, or to a seller where the amount is below zero.

    Raises:
        Invalid: nothing is paid, the amount has too many decimals, or the currency is not that of
            the account or of the event.
    """
    ledger.lock(seller.organizer)
    if not amount:
        raise Invalid({"amount": [_("Nothing is paid.")]})
    if event is not None and event.currency != currency:
        words = _("The event's currency is %(currency)s.") % {"currency": event.currency}
        raise Invalid({"currency": [words]})
    if not _CURRENCY.fullmatch(currency):
        words = _("A currency is written as three capital letters, like EUR.")
        raise Invalid({"currency": [words]})
    if money.places_of(amount) > money.precision(currency):
        raise Invalid({"amount": [_("This cannot be paid in the currency: too many decimals.")]})
    claim_currency(seller, currency, field="currency")
    payment = SellerPayment.objects.create(
        seller=seller,
        event=event,
        amount=amount,
        currency=currency,
        note=note,
        actor=actor.key if actor else "",
    )
    audit.record(
        actor=actor,
        action="counterfoil.sellerpayment.added",
        obj=seller,
        organizer=seller.organizer,
        data={"payment": payment.pk, "amount": f"{in_account(seller, amount):f}"},
    )
    return payment


def balance_of(seller: Seller) -> Decimal:
    """Return what a seller owes by issued statements, less what was paid; below zero a credit."""
    statements = Statement.objects.filter(seller=seller, state=Statement.State.ISSUED)
    owed = statements.aggregate(gross=Sum("gross"), commission=Sum("commission"))
    paid = SellerPayment.objects.filter(seller=seller).aggregate(paid=Sum("amount"))["paid"]
    balance = exact(owed["gross"]) - exact(owed["commission"]) - exact(paid)
    return in_account(seller, balance)


def balances_of(sellers: Iterable[Seller]) -> dict[int, Decimal]:
    """Return the balances of many sellers, in two queries."""
    by_id = {seller.pk: seller for seller in sellers}
    sums = dict.fromkeys(by_id, Decimal(0))
    issued = Statement.objects.filter(seller__in=by_id, state=Statement.State.ISSUED)
    for pk, gross, commission in (
        issued.order_by().values_list("seller").annotate(Sum("gross"), Sum("commission"))
    ):
        sums[pk] += exact(gross) - exact(commission)
    payments = SellerPayment.objects.filter(seller__in=by_id)
    for pk, paid in payments.order_by().values_list("seller").annotate(Sum("amount")):
        sums[pk] -= exact(paid)
    return {pk: in_account(by_id[pk], value) for pk, value in sums.items()}


def exposure_of(seller: Seller) -> Decimal:
    """Return what a seller owes or has: the balance, and the tickets that are not settled yet."""
    tickets = BatchTicket.objects.filter(
        seller=seller.pk, place__in=(Place.WITH_SELLER, Place.SOLD)
    ).exclude(validity=Validity.VOID)
    held = tickets.aggregate(value=Sum("position__price"))["value"]
    lines = StatementLine.objects.filter(statement__seller=seller)
    settled = lines.aggregate(value=Sum(F("sign") * F("count") * F("price")))["value"]
    return balance_of(seller) + exact(held) - exact(settled)
