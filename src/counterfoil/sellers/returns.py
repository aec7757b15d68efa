"""The document of what was done to tickets that a seller did not bring back by their day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog import money
from counterfoil.catalog.models import Event
from counterfoil.core.ranges import numbers_in
from counterfoil.sellers import documents
from counterfoil.sellers.documents import Paper
from counterfoil.sellers.models import Seller
from counterfoil.stock.models import StockDocument
from counterfoil.stock.moves import Action


def documents_of(event: Event) -> QuerySet[StockDocument]:
    """Return the documents of an event, oldest first, without their pages."""
    rows = StockDocument.objects.filter(event=event).defer("pdf", "paper")
    return rows.select_related("hand_out").order_by("year", "sequence")


def pdf_of(row: StockDocument) -> bytes:
    """Return the pages of a document; they are made once."""
    if row.pdf is None:
        paper = _paper_of(row)
        # Whoever made them first made them for all.
        same = StockDocument.objects.filter(pk=row.pk)
        same.filter(pdf=None).update(paper=paper, pdf=documents.render(paper))
        row.pdf = same.values_list("pdf", flat=True).get()
    return bytes(row.pdf or b"")


def _paper_of(row: StockDocument) -> Paper:
    batch, event = row.hand_out.batch, row.event
    batch.event = event
    seller = Seller.objects.filter(organizer=row.organizer, pk=row.hand_out.seller).first()
    language = seller.language if seller else event.locale
    with translation.override(language), timezone.override(event.tz):
        deeds = {
            Action.SOLD: _("Counted as sold"),
            Action.VOID: _("Made void"),
            Action.DEACTIVATE: _("Blocked; the seller still has them"),
        }
        return {
            "title": _("Not returned in time %(number)s") % {"number": row.number},
            "language": language,
            "copies": [""],
            "organizer": row.organizer.name,
            "seller": "\n".join(filter(None, (seller.name, seller.address))) if seller else "",
            "facts": [
                (_("Event"), str(event)),
                (_("Date"), formats.date_format(timezone.localtime(row.issued))),
                (_("Return by"), formats.date_format(row.day)),
                (_("Handed out"), row.hand_out.document or "–"),
                (_("Done"), deeds[Action(row.action)]),
            ],
            "heads": [_("Product"), _("First"), _("Last"), _("Tickets"), "", _("Value")],
            "rows": list(_rows(row, batch)),
            "sums": [
                (_("Tickets"), formats.number_format(row.count)),
                (_("Value"), _amount(row.value, event.currency)),
            ],
            "notes": [],
            "signatures": [],
            "head": row.head,
        }


def _rows(row: StockDocument, batch: OfflineSalesBatch) -> Iterator[list[str]]:
    """Yield a row for each range: its first and last ticket as they are printed."""
    columns = ("position__serial", "position__price")
    for part in numbers_in(row.ranges):
        within = batch.tickets.filter(number__range=(part.start, part[-1])).order_by("number")
        tickets = list(within.values_list("number", *columns))
        ends = [serial or str(number) for number, serial, _price in (tickets[0], tickets[-1])]
        value = sum((price for _number, _serial, price in tickets), Decimal(0))
        count = formats.number_format(len(tickets))
        yield [str(batch.item), *ends, count, "", _amount(value, row.event.currency)]


def _amount(value: Decimal, currency: str) -> str:
    return money.localized(value, currency, (translation.get_language() or "en").replace("-", "_"))
