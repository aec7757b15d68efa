"""A seller's account as a table: consignments, statements and payments in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _

from counterfoil.catalog.money import in_currency
from counterfoil.sellers.models import ConsignmentLine, Seller, SellerPayment, Statement
from counterfoil.web.exports.files import Table, file_of
from counterfoil.web.framework.views import organizer_routes
from counterfoil.web.sellers.views import SellerPage

_KINDS = ("csv", "xlsx")

#: When something happened, and the cells after the time.
Entry = tuple[datetime, list[Any]]


class SellerAccount(SellerPage):
    """The account as CSV or XLSX, of the events that the reader may see."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.kwargs["kind"] not in _KINDS:
            raise Http404
        events = self.actor.events(self.organizer)
        entries = [
            *_consignments(self.seller, events),
            *_statements(self.seller, events),
            *_payments(self.seller, events),
        ]
        entries.sort(key=lambda entry: entry[0])
        heads = [
            *(_("Date"), _("Number"), _("What"), _("Event"), _("Tickets"), _("Count"), _("Value")),
            *(_("Sales"), _("Commission"), _("Paid"), _("New balance")),
        ]
        table = Table(
            f"{self.organizer.slug}-seller-{self.seller.pk}",
            self.seller.name,
            heads,
            [[at, *cells] for at, cells in entries],
        )
        return file_of(table, self.kwargs["kind"])


def _consignments(seller: Seller, events: Any) -> Iterator[Entry]:
    lines = ConsignmentLine.objects.filter(
        Q(consignment__seller=seller) | Q(consignment__to=seller),
        consignment__state="accepted",
        consignment__event__in=events,
    ).select_related("consignment__event")
    for line in lines.order_by("consignment__year", "consignment__sequence", "position", "pk"):
        row = line.consignment
        comes = row.kind == row.Kind.OUT or row.to_id == seller.pk
        count = line.count if comes else -line.count
        value = in_currency((line.price or Decimal(0)) * count, row.event.currency)
        what = _("handed out") if comes else _("taken back")
        if row.kind == row.Kind.TRANSFER:
            what = _("received from another seller") if comes else _("passed on")
        cells = [row.number, what, str(row.event), line.ranges, count, value]
        yield row.accepted or row.created, [*cells, None, None, None, None]


def _statements(seller: Seller, events: Any) -> Iterator[Entry]:
    rows = Statement.objects.filter(seller=seller, state="issued", event__in=events)
    for row in rows.defer("pdf", "paper").select_related("event").order_by("year", "sequence"):
        amounts = (row.gross, row.commission, row.paid, row.closing)
        cells = [row.number, _("Statement"), str(row.event), None, row.sold, None]
        shown = [in_currency(each, row.event.currency) for each in amounts]
        yield row.issued or row.created, [*cells, *shown]


def _payments(seller: Seller, events: Any) -> Iterator[Entry]:
    rows = SellerPayment.objects.filter(Q(event=None) | Q(event__in=events), seller=seller)
    for row in rows.select_related("event").order_by("pk"):
        event = str(row.event) if row.event else None
        paid = in_currency(row.amount, row.currency)
        what = _("Payment")
        cells = [row.note or None, what, event, None, None, None]
        yield row.created, [*cells, None, None, paid, None]


routes = organizer_routes(
    path("sellers/<int:seller>/account.<str:kind>", SellerAccount.as_view(), name="seller-account"),
)
