"""What documents for sellers say, in their language, and the A4 pages that say it.

The words are fixed when a document begins to hold; its pages are made of them once, and stored.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Self

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from counterfoil.batches.models import BatchTicket, OfflineSalesBatch
from counterfoil.catalog import money
from counterfoil.printing.plans import fonts
from counterfoil.render import Plan, Ticket, blank_background, compile_plan, read_layout, render_pdf
from counterfoil.render.units import Mm, pt
from counterfoil.render.values import Key
from counterfoil.sellers.models import (
    Consignment,
    ConsignmentLine,
    NumberedDocument,
    Seller,
    SellerPayment,
    Statement,
)

_WIDTH, _HEIGHT, _MARGIN = 210.0, 297.0, 20.0
_INNER = _WIDTH - 2 * _MARGIN
_ROWS, _FACTS, _SUMS, _NOTES = 24, 5, 10, 3
_LINE = 5.0
_COLUMNS = (50.0, 36.0, 36.0, 14.0, 16.0, 18.0)

#: Of a line with more ranges, one row says from where to where they go.
_MOST_RANGES = 200
_CHUNK = 1000

Paper = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Priced:
    """Tickets of one price on a document; ``sign`` is -1 where they are credited."""

    batch: OfflineSalesBatch
    ranges: str
    count: int
    price: Decimal
    sign: int

    @classmethod
    def of(cls, line: Any) -> Self:
        price = line.price or Decimal(0)
        return cls(line.batch, line.ranges, line.count, price, getattr(line, "sign", 1))


def stored_pdf(row: NumberedDocument) -> bytes:
    """Return the bytes of a document that holds; they are made once."""
    if row.pdf is None:
        content = render(row.paper or {})
        # Whoever made them first made them for all.
        type(row)._default_manager.filter(pk=row.pk, pdf=None).update(pdf=content)
        row.pdf = type(row)._default_manager.values_list("pdf", flat=True).get(pk=row.pk)
    return bytes(row.pdf or b"")


def pdf_of_consignment(row: Consignment) -> bytes:
    """Return the pages of a note: those that were stored, or a draft's as it stands."""
    if row.state == Consignment.State.ACCEPTED:
        return stored_pdf(row)
    return render(note_of(row, list(row.lines.select_related("batch__item"))))


def note_of(row: Consignment, lines: Sequence[ConsignmentLine]) -> Paper:
    """Say what a delivery note or a return note says."""
    currency, tz = row.event.currency, row.event.tz
    reader = row.to if row.to is not None else row.seller
    with translation.override(reader.language), timezone.override(tz):
        total = sum((line.value or Decimal(0) for line in lines), Decimal(0))
        title = {
            "out": _("Delivery note %(number)s"),
            "back": _("Return note %(number)s"),
            "transfer": _("Transfer note %(number)s"),
        }[row.kind] % {"number": row.number or _("(draft)")}
        facts = [(_("Event"), str(row.event)), (_("Date"), _day(row.accepted))]
        if row.kind == Consignment.Kind.TRANSFER:
            facts.append((_("From"), row.seller.name))
        if row.kind != Consignment.Kind.BACK:
            days = {line.batch.return_by for line in lines if line.batch.return_by}
            back = row.return_by or (min(days) if days else None)
            facts.append((_("Return by"), formats.date_format(back) if back else "–"))
        if row.reason:
            facts.append((_("Reason"), row.reason))
        is_out = row.kind != Consignment.Kind.BACK
        return {
            "title": title,
            "language": reader.language,
            "copies": [_("Copy for the organizer"), _("Copy for the seller")] if is_out else [""],
            "organizer": row.organizer.name,
            "seller": _addressee(reader),
            "facts": facts,
            "heads": _heads(),
            "rows": list(_cells(map(_Priced.of, lines), currency)),
            "sums": [
                (_("Tickets"), formats.number_format(sum(line.count for line in lines))),
                (_("Value"), _amount(total, currency)),
            ],
            "notes": [_role_note(reader)] if is_out else [],
            "signatures": [
                _("Date, signature of the organizer"),
                _("Date, signature of the seller"),
            ],
            "head": row.head,
        }


def statement_paper(
    row: Statement, lines: Sequence[Any], payments: Iterable[SellerPayment]
) -> Paper:
    """Say what a statement says."""
    currency, seller = row.event.currency, row.seller
    with translation.override(seller.language), timezone.override(row.event.tz):
        rows = list(_cells(map(_Priced.of, lines), currency))
        sums = [
            (_("Balance brought forward"), _amount(row.opening, currency)),
            (_("Handed out"), formats.number_format(row.handed_out)),
            (_("Returned"), formats.number_format(row.returned)),
            (_("Void and lost"), formats.number_format(row.void_and_lost)),
            (_("Sold"), formats.number_format(row.sold)),
            (_("Sales"), _amount(row.gross, currency)),
            (_("Commission"), _amount(-row.commission, currency)),
            (_("Paid"), _amount(-row.paid, currency)),
            (_("New balance"), _amount(row.closing, currency)),
        ]
        gate = row.gate or {}
        notes = [_basis_note(row.basis)]
        if gate:
            words = _(
                "At the gate: %(both)d sold and scanned, %(sold)d sold and not scanned, "
                "%(scanned)d scanned and not reported, %(alarms)d alarms."
            )
            notes.append(
                words
                % {
                    "both": gate["sold_and_scanned"],
                    "sold": gate["sold_not_scanned"],
                    "scanned": gate["scanned_not_reported"],
                    "alarms": len(gate["alarms"]),
                }
            )
        paid = [
            f"{_day(each.created)} {_amount(each.amount, currency)}" for each in list(payments)[:8]
        ]
        if paid:
            notes.append(_("Payments: %(list)s") % {"list": ", ".join(paid)})
        return {
            "title": _("Statement %(number)s") % {"number": row.number or _("(draft)")},
            "language": seller.language,
            "copies": [""],
            "organizer": row.organizer.name,
            "seller": _addressee(seller),
            "facts": [(_("Event"), str(row.event)), (_("Date"), _day(row.issued))],
            "heads": _heads(),
            "rows": rows,
            "sums": sums,
            "notes": notes,
            "signatures": [],
            "head": row.head,
        }


def _heads() -> list[str]:
    return [_("Product"), _("First"), _("Last"), _("Count"), _("Price"), _("Value")]


def _basis_note(basis: str) -> str:
    return {
        "declared": _("Sold is what the seller reported."),
        "not_returned": _("Sold is what was not returned."),
        "greater_of_declared_and_scanned": _(
            "Sold is what the seller reported or the gate scanned."
        ),
    }[basis]


def _role_note(seller: Seller) -> str:
    if seller.role == Seller.Role.AGENT:
        return _(
            "The tickets remain the organizer's. The seller sells them on the organizer's behalf."
        )
    return _("The seller sells the tickets in their own name and invoices the buyers.")


def _addressee(seller: Seller) -> str:
    return "\n".join(part for part in (seller.name, seller.address) if part)


def _day(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment)) if moment else "–"


def _amount(value: Decimal, currency: str) -> str:
    return money.localized(value, currency, (translation.get_language() or "en").replace("-", "_"))


def _cells(lines: Iterable[_Priced], currency: str) -> Iterator[list[str]]:
    """Yield a row for each range: its first and last ticket as they are printed."""
    lines = list(lines)
    serials = _serials(lines)
    for line in lines:
        parts = line.ranges.split(",")
        for part in parts if len(parts) <= _MOST_RANGES else [_span(parts)]:
            first, last = _ends(part)
            is_whole = len(parts) <= _MOST_RANGES
            count = line.sign * (last - first + 1 if is_whole else line.count)
            yield [
                str(line.batch.item),
                *(serials.get((line.batch.pk, each)) or str(each) for each in (first, last)),
                formats.number_format(count),
                _amount(line.price, currency),
                _amount(line.price * count, currency),
            ]


def _span(parts: Sequence[str]) -> str:
    """Return from where to where ranges go that are too many to be listed."""
    return f"{_ends(parts[0])[0]}-{_ends(parts[-1])[1]}"


def _ends(part: str) -> tuple[int, int]:
    first, _dash, last = part.partition("-")
    return int(first), int(last or first)


def _serials(lines: Iterable[_Priced]) -> dict[tuple[int, int], str]:
    """Return the serials of the first and the last ticket of each range."""
    numbers: dict[int, set[int]] = {}
    for line in lines:
        ends = numbers.setdefault(line.batch.pk, set())
        ends.update(end for part in line.ranges.split(",") for end in _ends(part))
    serials = {}
    for batch, ends in numbers.items():
        ordered = sorted(ends)
        for start in range(0, len(ordered), _CHUNK):
            rows = BatchTicket.objects.filter(
                batch=batch, number__in=ordered[start : start + _CHUNK]
            )
            for number, serial in rows.values_list("number", "position__serial"):
                serials[batch, number] = serial or ""
    return serials


def render(paper: Paper) -> bytes:
    """Make the A4 pages of what a document says; the same words make the same bytes."""
    plan = _plan()
    stream = io.BytesIO()
    items = ((plan, ticket) for ticket in _pages(paper))
    render_pdf(stream, items, title=paper["title"], language=paper["language"])
    return stream.getvalue()


@cache
def _plan() -> Plan:
    background = blank_background(pt(Mm(_WIDTH)), pt(Mm(_HEIGHT)))
    return compile_plan(read_layout(list(_elements())), background, fonts())


def _pages(paper: Paper) -> Iterator[Ticket]:
    rows = paper["rows"]
    chunks = [rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS)] or [[]]
    for copy in paper["copies"]:
        for number, chunk in enumerate(chunks, start=1):
            values: dict[Key, str | None] = dict.fromkeys(_names(), "")
            values |= {"title": paper["title"], "copy": copy, "page": f"{number} / {len(chunks)}"}
            values |= {"organizer": paper["organizer"], "seller": paper["seller"]}
            values["head"] = f"SHA-256 {paper['head']}" if paper["head"] else ""
            values |= _pairs("fact", paper["facts"][:_FACTS])
            values |= {f"h{column}": head for column, head in enumerate(paper["heads"])}
            for row, cells in enumerate(chunk):
                values |= {f"c{row}_{column}": cell for column, cell in enumerate(cells)}
            if number == len(chunks):
                values |= _pairs("sum", paper["sums"])
                values |= {f"note{n}": text for n, text in enumerate(paper["notes"][:_NOTES])}
                values |= {f"sign{n}": text for n, text in enumerate(paper["signatures"])}
            yield Ticket(f"{copy} {number}", values, locale=paper["language"])


def _pairs(name: str, pairs: Iterable[Sequence[str]]) -> dict[Key, str | None]:
    values: dict[Key, str | None] = {}
    for number, (label, value) in enumerate(pairs):
        values |= {f"{name}{number}": label, f"{name}{number}v": value}
    return values


def _names() -> Iterator[Key]:
    for element in _elements():
        if "content" in element:
            yield element["content"]


def _elements() -> Iterator[dict[str, Any]]:
    top = _HEIGHT - _MARGIN
    yield _text("organizer", (_MARGIN, top - 5, 110, 5), size=9)
    yield _text("copy", (_MARGIN + 110, top - 5, _INNER - 110, 5), size=9, align="right")
    yield _text("title", (_MARGIN, top - 18, _INNER, 9), size=18, bold=True)
    yield _text("seller", (_MARGIN, top - 48, 80, 26), size=10, vertical="top")
    for number in range(_FACTS):
        bottom = top - 27 - number * 5
        yield _text(f"fact{number}", (_MARGIN + 90, bottom, 25, 5), size=9)
        yield _text(f"fact{number}v", (_MARGIN + 115, bottom, _INNER - 115, 5), size=9, bold=True)
    table = top - 58
    left = _MARGIN
    for column, width in enumerate(_COLUMNS):
        align = "right" if column >= 3 else "left"
        box = (left, table, width - 1, _LINE)
        yield _text(f"h{column}", box, size=8, bold=True, align=align)
        for row in range(_ROWS):
            box = (left, table - (row + 1) * _LINE, width - 1, _LINE)
            yield _text(f"c{row}_{column}", box, size=8, align=align)
        left += width
    yield _rule(_MARGIN, table, _INNER)
    foot = table - _ROWS * _LINE - 6
    for number in range(_SUMS):
        bottom = foot - number * 4.2
        yield _text(f"sum{number}", (_MARGIN + 90, bottom, 45, 4.2), size=8)
        box = (_MARGIN + 135, bottom, _INNER - 135, 4.2)
        yield _text(f"sum{number}v", box, size=8, bold=True, align="right")
    for number in range(_NOTES):
        box = (_MARGIN, foot - 7 - number * 13, 85, 12)
        yield _text(f"note{number}", box, size=8, vertical="top")
    for number in range(2):
        x = _MARGIN + number * 90
        condition = {"variable": f"sign{number}", "empty": False}
        yield {**_rule(x, _MARGIN + 12, 75), "condition": condition}
        yield _text(f"sign{number}", (x, _MARGIN + 7, 75, 4), size=7)
    yield _text("head", (_MARGIN, _MARGIN - 8, _INNER - 20, 4), size=6)
    yield _text("page", (_WIDTH - _MARGIN - 20, _MARGIN - 8, 20, 4), size=7, align="right")


def _rule(left: float, bottom: float, width: float) -> dict[str, Any]:
    return {"type": "line", "left": left, "bottom": bottom, "width": width, "height": 0}


def _text(
    content: str,
    box: tuple[float, float, float, float],
    *,
    size: float,
    bold: bool = False,
    align: str = "left",
    vertical: str = "middle",
) -> dict[str, Any]:
    left, bottom, width, height = box
    return {
        "type": "textcontainer",
        "left": left,
        "bottom": bottom,
        "width": width,
        "height": height,
        "fontsize": size,
        "fontfamily": "Open Sans",
        "bold": bold,
        "italic": False,
        "color": [0, 0, 0, 1],
        "content": content,
        "align": align,
        "verticalalign": vertical,
        "autoresize": True,
        "splitlongwords": True,
    }
