"""Covers of books: labels with a code, which is scanned when a seller gets the book.

A code is letters and digits only, since a scanner types, and keyboards differ in all the rest.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from functools import cache

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.batches.books import books_in, tickets_of_book
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch
from counterfoil.core.refusals import Conflict, Invalid
from counterfoil.printing.plans import fonts
from counterfoil.render import Plan, Ticket, blank_background, compile_plan, read_layout
from counterfoil.render.sheets import PRESETS, SheetPlan, SheetRun, render_sheets
from counterfoil.render.units import Mm, pt
from counterfoil.render.values import Key
from counterfoil.sellers.consignments import NewLine

_STOCK = "avery-l7163"
_CODE = re.compile(r"BOOK([0-9]{1,15})X([0-9]{1,9})", re.IGNORECASE)


def code_of(batch: OfflineSalesBatch, book: int) -> str:
    """Return the code on the cover of a book."""
    return f"BOOK{batch.pk}X{book}"


def lines_of(text: str, batch: OfflineSalesBatch | None, *, way: str, event: int) -> list[NewLine]:
    """Read what was typed and scanned: numbers of ``batch``, codes of covers, codes of tickets.

    Covers say their batch themselves. The code of any ticket of a book stands for the book where
    ``way`` is books. Lines come in the order of their first token.

    Raises:
        Invalid: on ``way`` or ``batch``; a cover is not of this event, a code is scanned twice, or
            numbers stand without a batch.
    """
    tokens = [token for token in re.split(r"[\s,;]+", text) if token]
    covers = {token: match for token in tokens if (match := _CODE.fullmatch(token))}
    batches = OfflineSalesBatch.objects.filter(event=event, testmode=False).in_bulk(
        {int(match[1]) for match in covers.values()}
    )
    plain = [token for token in tokens if token not in covers]
    tickets = _by_secret(plain, event)
    read: dict[tuple[int, str], list[str]] = {}
    for token in tokens:
        if token in covers:
            pk, book = (int(part) for part in covers[token].groups())
            if pk not in batches:
                words = _("“%(code)s” is no book of this event.") % {"code": token}
                raise Invalid({way: [words]})
            parts, part = read.setdefault((pk, "books"), []), str(book)
        elif token in tickets:
            ticket = tickets[token]
            batches[ticket.batch_id] = ticket.batch
            numbered = ticket.batch.book_of(ticket.number) if way == "books" else ticket.number
            if numbered is None:
                raise Invalid({way: [_("This batch has no books.")]})
            parts, part = read.setdefault((ticket.batch_id, way), []), str(numbered)
        elif batch is None:
            raise Invalid({"batch": [_("Choose the batch of these numbers.")]})
        else:
            batches[batch.pk] = batch
            parts, part = read.setdefault((batch.pk, way), []), token
        if part in parts:
            raise Invalid({way: [_("%(code)s is there twice.") % {"code": token}]})
        parts.append(part)
    return [
        NewLine(batch=batches[pk], way=how, text=",".join(parts))
        for (pk, how), parts in read.items()
    ]


def _by_secret(tokens: Sequence[str], event: int) -> dict[str, BatchTicket]:
    rows = BatchTicket.objects.filter(
        batch__event=event, batch__testmode=False, position__secret__in=tokens
    ).select_related("batch", "position")
    return {row.position.secret: row for row in rows}


def cover_labels(batch: OfflineSalesBatch) -> bytes:
    """Draw a label for each book of a batch, with its code, on sheets of label stock.

    Raises:
        Conflict: the batch has no books.
    """
    if not batch.book_size:
        raise Conflict(_("This batch has no books."))
    with translation.override(batch.event.locale):
        labels = list(_labels(batch))
        title = _("Covers of batch %(number)d") % {"number": batch.pk}
    sheet, plan = PRESETS[_STOCK].sheet, _plan()
    planned = SheetPlan.of(sheet, len(labels))
    stream = io.BytesIO()
    render_sheets(
        stream,
        SheetRun(sheet, planned),
        ((plan, labels[at]) for at in planned.sequence()),
        title=title,
        language=batch.event.locale,
    )
    return stream.getvalue()


def _labels(batch: OfflineSalesBatch) -> Iterator[Ticket]:
    ends = [
        number
        for book in range(1, books_in(batch) + 1)
        for number in (tickets_of_book(batch, book)[0], tickets_of_book(batch, book)[-1])
    ]
    rows = BatchTicket.objects.filter(batch=batch, number__in=ends)
    serials = dict(rows.values_list("number", "position__serial"))
    for book in range(1, books_in(batch) + 1):
        numbers = tickets_of_book(batch, book)
        first, last = (serials.get(each) or str(each) for each in (numbers[0], numbers[-1]))
        values: dict[Key, str | None] = {
            "event": str(batch.event),
            "item": str(batch.item),
            "book": _("Book %(book)d of batch %(batch)d") % {"book": book, "batch": batch.pk},
            "range": f"{first} – {last}",
            "count": ngettext("%(count)d ticket", "%(count)d tickets", len(numbers))
            % {"count": len(numbers)},
            "secret": code_of(batch, book),
        }
        yield Ticket(code_of(batch, book), values, locale=batch.event.locale)


@cache
def _plan() -> Plan:
    sheet = PRESETS[_STOCK].sheet
    paper = blank_background(pt(Mm(sheet.cell_width or 0)), pt(Mm(sheet.cell_height or 0)))
    texts = (("event", 30, 7), ("item", 24, 9), ("book", 17, 12), ("range", 11, 9), ("count", 6, 8))
    elements = [
        {
            "type": "textcontainer",
            "left": 36,
            "bottom": bottom,
            "width": 60,
            "height": 5,
            "content": content,
            "fontfamily": "Open Sans",
            "fontsize": size,
            "bold": content == "book",
            "italic": False,
            "align": "left",
            "verticalalign": "middle",
            "autoresize": True,
            "color": [0, 0, 0, 1],
        }
        for content, bottom, size in texts
    ]
    code = {"type": "barcodearea", "left": 5, "bottom": 6, "size": 26, "content": "secret"}
    return compile_plan(read_layout([*elements, code]), paper, fonts())
