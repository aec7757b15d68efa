"""Variables of the batch a ticket was created in, its running number, and its row of a table.

Batches are a room above this one, so they are read through the columns that lead there. A ticket of
no batch has empty values. pretix knows none of these variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Event
from counterfoil.printing.variables.formatter import Formatter
from counterfoil.printing.variables.kinds import TicketVariable

TABLE_COLUMN = "data:"
REPRINT = "reprint"

_NUMBER = "batch_ticket__number"
_BOOK_SIZE = "batch_ticket__batch__book_size"
_ROW = "batch_ticket__data"
#: The tables whose columns the editor offers.
_LATEST = 20


def _text(formatter: Formatter, value: object) -> str:
    return "" if value is None else str(value)


def _book(formatter: Formatter, number: int | None, size: int | None) -> str:
    return str((number - 1) // size + 1) if number and size else ""


def _book_ticket(formatter: Formatter, number: int | None, size: int | None) -> str:
    return str((number - 1) % size + 1) if number and size else ""


def _never(formatter: Formatter) -> str:
    return ""


BATCH_VARIABLES = (
    TicketVariable(
        key="serial",
        label=_("Serial number"),
        sample="A00401",
        longest="WMWMWM-000000000",
        columns=("serial",),
        evaluate=_text,
    ),
    TicketVariable(
        key="batch_ticket_number",
        label=_("Number in the batch"),
        sample="17",
        longest="10000",
        columns=(_NUMBER,),
        evaluate=_text,
    ),
    TicketVariable(
        key="batch_amount",
        label=_("Tickets in the batch"),
        sample="500",
        longest="10000",
        columns=("batch_ticket__batch__amount",),
        evaluate=_text,
    ),
    TicketVariable(
        key="batch_id",
        label=_("Batch number"),
        sample="12",
        longest="1000000",
        columns=("batch_ticket__batch",),
        evaluate=_text,
    ),
    TicketVariable(
        key="batch_comment",
        label=_("Comment of the batch"),
        sample="Box office",
        longest="Kiosk at the station, second delivery",
        columns=("batch_ticket__batch__comment",),
        evaluate=_text,
    ),
    TicketVariable(
        key="book",
        label=_("Book in the batch"),
        sample="1",
        longest="1000",
        columns=(_NUMBER, _BOOK_SIZE),
        evaluate=_book,
    ),
    TicketVariable(
        key="book_ticket",
        label=_("Number in the book"),
        sample="17",
        longest="1000",
        columns=(_NUMBER, _BOOK_SIZE),
        evaluate=_book_ticket,
    ),
    # A print fills it in (see ``print_documents``); elsewhere nothing is printed again.
    TicketVariable(
        key=REPRINT,
        label=_("Mark of a ticket that is printed again"),
        sample="REPRINT 1",
        longest="REPRINT 99",
        columns=(),
        evaluate=_never,
    ),
)

BATCH_KEYS = frozenset(variable.key for variable in BATCH_VARIABLES)


def table_variable(name: str, sample: str = "") -> TicketVariable:
    """Return the variable of a column of a batch's table; empty where there is none."""

    def evaluate(formatter: Formatter, row: Mapping[str, str] | None) -> str:
        return row.get(name, "") if row else ""

    return TicketVariable(
        key=TABLE_COLUMN + name,
        label=format_lazy("{}: {}", _("Table"), name),
        sample=sample or name,
        longest=sample or name,
        columns=(_ROW,),
        evaluate=evaluate,
    )


def table_variables(event: Event) -> Iterator[TicketVariable]:
    """Yield the columns of the event's latest tables, each with a value of its first row."""
    batches: Any = event.offline_sales_batches  # type: ignore[attr-defined, unused-ignore]
    tables = batches.exclude(data_columns=[]).filter(tickets__number=1).order_by("-pk")
    offered: set[str] = set()
    for names, row in tables.values_list("data_columns", "tickets__data")[:_LATEST]:
        for name in names:
            if name not in offered:
                offered.add(name)
                yield table_variable(name, (row or {}).get(name, ""))
