"""Statements: what a seller sold since the one before, and what is owed.

Figures of a statement are what changed since the last issued one of the same seller and event, so
that issued statements add up. A ticket is charged once, at its price and commission then; one that
turns out not to be sold is credited with the same amounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog import money
from counterfoil.catalog.models import Event
from counterfoil.core import clock, failpoints
from counterfoil.core.ranges import format_ranges, numbers_in, ranges_of
from counterfoil.core.refusals import Conflict, Forbidden, Gone, Invalid
from counterfoil.sellers import accounts, documents
from counterfoil.sellers.commissions import Commissions, commissions_of
from counterfoil.sellers.consignments import next_number, open_drafts
from counterfoil.sellers.models import Seller, SellerPayment, Statement, StatementLine
from counterfoil.sellers.standings import HeldTicket, TicketKey, gate_words, standings_of
from counterfoil.stock import ledger

_State = Statement.State
_COUNTS = ("handed_out", "returned", "void_and_lost", "sold")

#: The price and the commission of a ticket.
Charge = tuple[Decimal, Decimal]


@transaction.atomic
def draft(*, event: Event, seller: Seller, basis: str) -> Statement:
    """Draft a statement, which says how things stand whenever it is read.

    Raises:
        Invalid: a draft consignment of the seller is open, or the account is in another currency.
    """
    _check_open(seller, event)
    row = Statement(event=event, organizer=event.organizer, seller=seller, basis=basis)
    row.save()
    return row


@transaction.atomic
def delete_draft(*, statement: Statement) -> None:
    """Delete a draft.

    Raises:
        Forbidden: it is issued.
    """
    row = _locked(statement)
    if row.state != _State.DRAFT:
        raise Forbidden(_("This statement is issued and never changes."))
    row.delete()


def issue(*, actor: Actor | None, statement: Statement) -> Statement:
    """Issue a draft: number it, and charge and credit its tickets and payments.

    Raises:
        Invalid: a draft consignment of the seller is open, or the account is in another currency.
        Conflict: it is issued already.
    """
    with transaction.atomic():
        ledger.lock(statement.event.organizer)
        row = _locked(statement)
        if row.state != _State.DRAFT:
            raise Conflict(_("This statement is issued already."))
        _check_open(row.seller, row.event)
        accounts.claim_currency(row.seller, row.event.currency, field="seller")
        lines = compute(row)
        row.issued = clock.now()
        row.year = row.issued.astimezone(row.event.tz).year
        row.sequence = next_number(
            Statement.objects.filter(organizer=row.event.organizer, year=row.year)
        )
        row.state, row.head = _State.ISSUED, ledger.head_hash(row.event.organizer)
        payments = list(open_payments(row.seller))
        row.paper = documents.statement_paper(row, lines, payments)
        row.save()
        StatementLine.objects.bulk_create(lines)
        SellerPayment.objects.filter(pk__in=[each.pk for each in payments]).update(statement=row)
        audit.record(
            actor=actor,
            action="counterfoil.sellerstatement.issued",
            obj=row,
            event=row.event,
            data={"seller": row.seller_id, "closing": f"{row.closing:f}"},
        )
        failpoints.reach("sellers.before_issued")
    documents.stored_pdf(row)
    return row


def pdf_of(row: Statement) -> bytes:
    """Return a statement's pages: those that were stored, or a draft's as it stands."""
    if row.state == _State.ISSUED:
        return documents.stored_pdf(row)
    lines = compute(row)
    return documents.render(documents.statement_paper(row, lines, open_payments(row.seller)))


def _locked(statement: Statement) -> Statement:
    rows = Statement.objects.select_for_update(of=("self",)).select_related("seller")
    row = rows.filter(pk=statement.pk).first()
    if row is None:
        raise Gone(_("Somebody else has deleted this meanwhile."))
    row.event, row.organizer = statement.event, statement.event.organizer
    return row


def _check_open(seller: Seller, event: Event) -> None:
    if open_drafts(seller).exists():
        words = _("A draft consignment of this seller is open. Accept or delete it first.")
        raise Invalid({"seller": [words]})
    if seller.currency and seller.currency != event.currency:
        words = _("The account with %(seller)s is in %(currency)s.")
        values = {"seller": seller.name, "currency": seller.currency}
        raise Invalid({"seller": [words % values]})


def open_payments(seller: Seller) -> QuerySet[SellerPayment]:
    """Return the payments that no issued statement has yet."""
    return SellerPayment.objects.filter(seller=seller, statement=None).order_by("pk")


def issued_of(seller: Seller) -> QuerySet[Statement]:
    """Return the issued statements of a seller, newest first."""
    rows = Statement.objects.filter(seller=seller, state=_State.ISSUED)
    return rows.order_by("-year", "-sequence")


def compute(row: Statement) -> list[StatementLine]:
    """Fill in the figures of a draft as things stand; return what it charges and credits."""
    return compute_all([row])[0]


def compute_all(rows: Sequence[Statement]) -> list[list[StatementLine]]:
    """Fill in the figures of drafts of one event, in a fixed number of queries."""
    if not rows:
        return []
    event, sellers = rows[0].event, {row.seller_id: row.seller for row in rows}
    standings = standings_of(sellers.keys(), event)
    words = gate_words(standings, event)
    books = _Accounts.read(sellers, event)
    lines = []
    for row in rows:
        standing = standings[row.seller_id]
        sold = standing.sold(row.basis)
        charged = books.lines(row, sold)
        counts = {
            "handed_out": standing.handed_out,
            "returned": standing.returned,
            "void_and_lost": standing.void_and_lost(row.basis),
            "sold": len(sold),
        }
        for name, count in counts.items():
            setattr(row, name, count - books.counted[row.seller_id].get(name, 0))
        _fill_amounts(row, charged, books)
        row.gate = words[row.seller_id]
        lines.append(charged)
    return lines


def _fill_amounts(row: Statement, lines: Sequence[StatementLine], books: _Accounts) -> None:
    zero = Decimal(0)
    gross = sum((line.sign * line.count * line.price for line in lines), zero)
    commission = sum((line.sign * line.count * line.commission for line in lines), zero)
    paid = books.paid.get(row.seller_id, zero)
    opening = books.closing.get(row.seller_id, zero)
    due = gross - commission - paid
    amounts = {
        "opening": opening,
        "gross": gross,
        "commission": commission,
        "paid": paid,
        "due": due,
        "closing": opening + due,
    }
    for name, amount in amounts.items():
        setattr(row, name, money.in_currency(amount, row.event.currency))


@dataclass(slots=True)
class _Accounts:
    """What issued statements and payments say of some sellers, as new statements begin."""

    counted: dict[int, dict[str, int]]
    closing: dict[int, Decimal]
    paid: dict[int, Decimal]
    settled: dict[int, dict[TicketKey, Charge]]
    commissions: dict[int, Commissions]
    batches: dict[int, OfflineSalesBatch]

    @classmethod
    def read(cls, sellers: Mapping[int, Seller], event: Event) -> Self:
        issued = Statement.objects.filter(seller__in=sellers, state=_State.ISSUED)
        sums = issued.filter(event=event).order_by().values_list("seller")
        counted: dict[int, dict[str, int]] = {pk: {} for pk in sellers}
        for pk, *figures in sums.annotate(*map(Sum, _COUNTS)):
            counted[pk] = dict(zip(_COUNTS, figures, strict=True))
        by_number = issued.order_by("year", "sequence")
        paid: dict[int, Decimal] = defaultdict(Decimal)
        for pk, amount in SellerPayment.objects.filter(
            seller__in=sellers, statement=None
        ).values_list("seller", "amount"):
            paid[pk] += amount
        settled = _settled(sellers.keys(), event)
        batches = OfflineSalesBatch.objects.filter(event=event).select_related("item")
        return cls(
            counted=counted,
            closing=dict(by_number.values_list("seller", "closing")),
            paid=paid,
            settled=settled,
            commissions=commissions_of(sellers.values(), event.currency),
            batches={batch.pk: batch for batch in batches},
        )

    def lines(self, row: Statement, sold: Mapping[TicketKey, HeldTicket]) -> list[StatementLine]:
        """Charge what is sold and not settled; credit what is settled and not sold."""
        settled = self.settled[row.seller_id]
        commissions = self.commissions[row.seller_id]
        charged: dict[tuple[int, int, Charge], list[int]] = {}
        for key, ticket in sold.items():
            if key not in settled:
                commission = commissions.of(ticket.item, ticket.variation, ticket.price)
                charged.setdefault((1, key[0], (ticket.price, commission)), []).append(key[1])
        for key, charge in settled.items():
            if key not in sold:
                charged.setdefault((-1, key[0], charge), []).append(key[1])
        return [
            StatementLine(
                statement=row,
                batch=self.batches[batch],
                ranges=format_ranges(ranges_of(numbers)),
                sign=sign,
                count=len(numbers),
                price=price,
                commission=commission,
            )
            for (sign, batch, (price, commission)), numbers in charged.items()
        ]


def _settled(sellers: Collection[int], event: Event) -> dict[int, dict[TicketKey, Charge]]:
    """Return the tickets that issued statements charge each seller, with what was charged."""
    settled: dict[int, dict[TicketKey, Charge]] = {pk: {} for pk in sellers}
    rows = StatementLine.objects.filter(statement__seller__in=sellers, statement__event=event)
    columns = ("statement__seller", "batch_id", "ranges", "sign", "price", "commission")
    for seller, batch, ranges, sign, *charge in rows.order_by(
        "statement__year", "statement__sequence", "sign", "pk"
    ).values_list(*columns):
        price, commission = charge
        for part in numbers_in(ranges):
            for number in part:
                if sign > 0:
                    settled[seller][batch, number] = (price, commission)
                else:
                    settled[seller].pop((batch, number), None)
    return settled
