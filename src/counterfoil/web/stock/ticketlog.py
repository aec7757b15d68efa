"""The log of one ticket in words, from made to scanned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from counterfoil.accounts.queries import names_of
from counterfoil.batches.models import BatchPrint, BatchTicket
from counterfoil.checkin.models import Checkin
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.prints import numbers_of
from counterfoil.stock.models import StockEvent
from counterfoil.stock.queries import events_of_ticket
from counterfoil.web.framework.labels import REFUSALS
from counterfoil.web.stock.words import DONE


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    words: str
    who: str = ""


def log_of(position: OrderPosition) -> list[LogLine]:
    """Return what happened to a ticket, oldest first."""
    lines = [*_made(position), *_printed(position), *_scanned(position), *_moved(position)]
    return sorted(lines, key=lambda line: line.at)


def _made(position: OrderPosition) -> list[LogLine]:
    ticket: BatchTicket | None = getattr(position, "batch_ticket", None)
    if ticket is None:
        return [LogLine(position.order.datetime, _("Ordered"))]
    words = _("Made as ticket %(number)d of batch %(batch)d")
    made = words % {"number": ticket.number, "batch": ticket.batch_id}
    return [LogLine(position.order.datetime, made)]


def _printed(position: OrderPosition) -> list[LogLine]:
    ticket: BatchTicket | None = getattr(position, "batch_ticket", None)
    lines = [
        LogLine(print_log.datetime, _("Printed by an app"), print_log.source)
        for print_log in position.print_logs.filter(successful=True)
    ]
    if ticket is None:
        return lines
    prints = BatchPrint.objects.filter(batch=ticket.batch_id, request__job__state="done")
    columns = ("request__created", "request__requested_by", "request__print__tickets")
    rows = prints.exclude(request__print__is_proof=True)
    shown = [
        (at, key, reason)
        for at, key, numbers, reason in rows.values_list(*columns, "request__print__reason")
        if numbers is None or ticket.number in numbers_of(numbers)
    ]
    names = names_of(key for _at, key, _reason in shown)
    for at, key, reason in shown:
        words = _("Printed with its batch") + (f" ({reason})" if reason else "")
        lines.append(LogLine(at, words, str(names.get(key) or "")))
    return lines


def _scanned(position: OrderPosition) -> list[LogLine]:
    scans = Checkin.objects.filter(position=position).select_related("list", "device", "conflict")
    return [LogLine(scan.datetime, _scan_words(scan), str(scan.device or "")) for scan in scans]


def _scan_words(scan: Checkin) -> str:
    values: dict[str, Any] = {"list": scan.list.name}
    if not scan.successful:
        reason = scan.error_reason or ""
        return _("Denied at %(list)s: %(reason)s") % {
            **values,
            "reason": REFUSALS.get(reason, reason),
        }
    if scan.type == Checkin.Type.EXIT:
        return _("Left at %(list)s") % values
    words = _("Entered at %(list)s") % values
    if hasattr(scan, "conflict"):
        words += " - " + _("before it became void, and reported later")
    return words


def _moved(position: OrderPosition) -> list[LogLine]:
    rows = events_of_ticket(position)
    names = names_of(row.actor for row in rows)
    return [LogLine(row.at, _move_words(row), str(names.get(row.actor) or "")) for row in rows]


def _move_words(row: StockEvent) -> str:
    words = str(DONE.get(row.action, row.action))
    details = [text for text in (row.document, row.reason, row.note) if text]
    return f"{words[:1].upper()}{words[1:]}" + (f" ({', '.join(details)})" if details else "")
