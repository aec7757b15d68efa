"""The report of numbered tickets as a PDF: the engine prints its pages as it prints tickets."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import IO, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event
from counterfoil.core.refusals import Invalid
from counterfoil.core.translated import resolve
from counterfoil.layouts.builtin import built_in_layout
from counterfoil.layouts.mentions import Cut, MissingMention, missing_mentions
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders.number_report import ReportLine, sums_of
from counterfoil.printing.plans import fonts
from counterfoil.printing.previews import preview_plan
from counterfoil.printing.variables.formatter import Formatter
from counterfoil.render import Plan, Ticket, blank_background, compile_plan, read_layout, render_pdf

#: A4, landscape, in millimetres.
_WIDTH, _HEIGHT, _MARGIN = 297.0, 210.0, 12.0
_LINE_HEIGHT, _FONT_SIZE = 5.5, "8.0"
_LINES = 28
_POINTS = 72 / 25.4
#: Widths of the columns in millimetres, and how their texts are set.
_COLUMNS: tuple[tuple[float, str], ...] = (
    (20, "left"),
    (20, "left"),
    (58, "left"),
    (32, "left"),
    (14, "right"),
    (20, "right"),
    (28, "left"),
    (28, "left"),
    (12, "right"),
    (12, "right"),
    (10, "right"),
    (19, "right"),
)


def write_report(file: IO[bytes], *, event: Event, lines: Sequence[ReportLine]) -> None:
    """Write the report as a PDF with a sum at its end."""
    formatter = Formatter(get_language() or event.locale, event.tz)
    table = [_row(line, event, formatter) for line in lines]
    sums = sums_of(lines)
    table.append(
        (
            *("", "", _("Sum"), "", "", "", "", ""),
            *(str(sums[name]) for name in ("made", "void", "free")),
            formatter.money(sums["value"], event.currency),
        )
    )
    title = _("Number report: %(event)s") % {"event": resolve(event.name, event.locale)}
    pages = ((_plan(), page) for page in _pages(table, title))
    render_pdf(file, pages, title=title, language=get_language() or "en")


def headings() -> tuple[str, ...]:
    """Return the headings of the columns."""
    return (
        _("Day"),
        _("Created"),
        _("Product"),
        _("Date"),
        _("VAT"),
        _("Price"),
        _("First number"),
        _("Last number"),
        _("Created tickets"),
        _("Void"),
        _("Free"),
        _("Value"),
    )


def _row(line: ReportLine, event: Event, formatter: Formatter) -> tuple[str, ...]:
    name = resolve(line.item.name, event.locale)
    if line.variation is not None:
        name = f"{name} – {resolve(line.variation.value, event.locale)}"
    return (
        line.day.isoformat(),
        line.made_on.isoformat() if line.is_correction else "",
        name,
        formatter.short_datetime(line.subevent.date_from) if line.subevent else "",
        f"{line.tax_rate.normalize():f} %",
        formatter.money(line.price, event.currency),
        line.first or "",
        line.last or "",
        str(line.made),
        str(line.void),
        str(line.free),
        formatter.money(line.value, event.currency),
    )


def _pages(table: Sequence[tuple[str, ...]], title: str) -> Iterator[Ticket]:
    count = math.ceil(len(table) / _LINES)
    for page in range(count):
        values: dict[Any, str | None] = {
            "title": title,
            "page": _("Page %(page)d of %(count)d") % {"page": page + 1, "count": count},
        }
        rows = [headings(), *table[page * _LINES : (page + 1) * _LINES]]
        for row in range(_LINES + 1):
            for column in range(len(_COLUMNS)):
                values[f"r{row}c{column}"] = rows[row][column] if row < len(rows) else ""
        yield Ticket(f"page {page + 1}", values)


@cache
def _plan() -> Plan:
    elements = [
        _text("title", _MARGIN, 0, 200, "left", fontsize="12.0", bold=True),
        _text("page", _WIDTH - _MARGIN - 60, 0, 60, "right"),
    ]
    for row in range(_LINES + 1):
        left = _MARGIN
        for column, (width, align) in enumerate(_COLUMNS):
            name = f"r{row}c{column}"
            elements.append(_text(name, left, row + 2, width - 1.5, align, bold=not row))
            left += width
    paper = blank_background(_WIDTH * _POINTS, _HEIGHT * _POINTS)  # type: ignore[arg-type]
    return compile_plan(read_layout(elements), paper, fonts(), name="number report")


def _text(
    name: str, left: float, row: int, width: float, align: str, **style: Any
) -> dict[str, Any]:
    return {
        "type": "textcontainer",
        "left": f"{left:.2f}",
        "bottom": f"{_HEIGHT - _MARGIN - (row + 1) * _LINE_HEIGHT:.2f}",
        "width": f"{width:.2f}",
        "height": f"{_LINE_HEIGHT:.2f}",
        "fontsize": _FONT_SIZE,
        "lineheight": "1.0",
        "autoresize": True,
        "splitlongwords": True,
        "verticalalign": "top",
        "color": [0, 0, 0, 1],
        "fontfamily": "Open Sans",
        "bold": False,
        "italic": False,
        "content": "other",
        "text": f"{{{name}}}",
        "text_i18n": {},
        "align": align,
        **style,
    }


def missing_in(
    layout: TicketLayout, *, preset: str, cuts: Sequence[Cut] = ()
) -> list[MissingMention]:
    """Compare a layout with what the law of a country wants on each part of a ticket.

    Raises:
        Invalid: the layout cannot be printed, or a cut lies outside of its pages.
    """
    elements = layout.layout or built_in_layout()
    plan = preview_plan(elements=elements, background=layout.background_id, name=layout.name)
    sizes = [(page.background.width, page.background.height) for page in plan.pages]
    for cut in cuts:
        limit = min(size[cut.axis == "y"] for size in sizes) / _POINTS
        if not 0 < cut.at < limit:
            words = _("%(axis)s:%(at)g is outside of the page.")
            raise Invalid({"cuts": [words % {"axis": cut.axis, "at": cut.at}]})
    heights = [height / _POINTS for _width, height in sizes]
    return missing_mentions(elements, preset=preset, cuts=cuts, page_heights=heights)
