"""The exports that there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Event
from counterfoil.web.exports import tables
from counterfoil.web.exports.files import Table
from counterfoil.web.exports.forms import (
    CheckinListExportForm,
    ExportForm,
    NumbersExportForm,
    QuotasExportForm,
    ScansExportForm,
    TicketsExportForm,
)


@dataclass(frozen=True, slots=True)
class Export:
    label: Any
    about: Any
    form: type[ExportForm]
    table: Callable[[Event, dict[str, Any]], Table]


#: By the name that addresses and stored jobs have: it must never change.
EXPORTS = {
    "checkinlist": Export(
        _("Check-in list"),
        _("Who is expected and who came. The PDF has a box to tick in each row."),
        CheckinListExportForm,
        tables.checkin_list,
    ),
    "scans": Export(_("Scans"), _("Every scan at the gate."), ScansExportForm, tables.scans),
    "quotas": Export(
        _("Quotas"), _("What is taken and what is left."), QuotasExportForm, tables.quotas
    ),
    "tickets": Export(
        _("Tickets"), _("All tickets, with the columns you need."), TicketsExportForm,
        tables.tickets,
    ),
    "numbers": Export(
        _("Number ranges"),
        _("Which numbers are on which tickets, from first to last."),
        NumbersExportForm,
        tables.numbers,
    ),
}  # fmt: skip
