"""Books: a batch in pieces of ``book_size`` tickets, numbered from 1. A book is a range."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.core.ranges import merge_ranges, parse_ranges
from counterfoil.core.refusals import Invalid


def books_in(batch: OfflineSalesBatch) -> int:
    """Return how many books a batch has; the last one may have fewer tickets."""
    return -(-batch.amount // batch.book_size) if batch.book_size else 0


def tickets_of_book(batch: OfflineSalesBatch, book: int) -> range:
    """Return the numbers of a book's tickets in their batch."""
    size = batch.book_size or batch.amount
    return range((book - 1) * size + 1, min(book * size, batch.amount) + 1)


def parse_books(batch: OfflineSalesBatch, text: str, *, field: str) -> list[range]:
    """Parse numbers of books, such as ``7-9,12``, into ranges of numbers in the batch.

    Raises:
        Invalid: the batch has no books, or as ``parse_ranges`` says.
    """
    if not batch.book_size:
        raise Invalid({field: [_("This batch has no books.")]})
    books = parse_ranges(text, highest=books_in(batch), field=field)
    return merge_ranges(
        (
            range(tickets_of_book(batch, part.start).start, tickets_of_book(batch, part[-1]).stop)
            for part in books
        ),
        field=field,
    )
