"""The record of an event's numbered tickets, day by day.

A day is closed once it is over, by a periodic task or by the first reader of the next day. Lines of
a closed day never change. If its tickets do (they are canceled, their price changes), the
difference is a line of the day on which that was noticed: while that day is open, the line is
computed anew by each reader. Test tickets are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog.models import (
    Event,
    Item,
    ItemVariation,
    NumberAssignment,
    NumberSeries,
    SubEvent,
)
from counterfoil.catalog.money import COLUMN_PLACES
from counterfoil.core import clock
from counterfoil.orders.models import NumberReport, NumberReportLine, Order, OrderPosition

_VOID = Q(canceled=True) | Q(order__status=Order.Status.CANCELED)
#: What tickets of a line have in common.
_KEY = ("made_on", "series_id", "subevent_id", "item_id", "variation_id", "tax_rate", "price")
_SUMS = ("made", "void", "free", "value")

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A line to be read: of a day that is closed, or of the open one."""

    day: date
    made_on: date
    series: NumberSeries
    subevent: SubEvent | None
    item: Item
    variation: ItemVariation | None
    tax_rate: Decimal
    price: Decimal
    first: str | None
    last: str | None
    made: int
    void: int
    free: int
    value: Decimal
    is_closed: bool

    @property
    def is_correction(self) -> bool:
        return self.day != self.made_on


@transaction.atomic
def report_of(event: Event) -> NumberReport:
    """Return the report of an event with all days closed that are over.

    It stays locked until the caller's transaction ends, so that a day is closed once. Until a
    ticket is numbered there is no row.
    """
    yesterday = _today(event) - timedelta(days=1)
    report = NumberReport.objects.select_for_update().filter(event=event).first()
    if report is None:
        report = NumberReport(event=event)
        if not _new_lines(event, report, through=yesterday):
            report.closed_through = yesterday
            return report
        NumberReport.objects.get_or_create(event=event)
        report = NumberReport.objects.select_for_update().get(event=event)
    if report.closed_through is None or report.closed_through < yesterday:
        NumberReportLine.objects.bulk_create(_new_lines(event, report, through=yesterday))
        report.closed_through = yesterday
        report.save(update_fields=["closed_through"])
    report.event = event
    return report


@transaction.atomic
def report_lines(
    event: Event, *, first: date | None = None, last: date | None = None
) -> list[ReportLine]:
    """Return the lines of the days from ``first`` to ``last``, those of the open day last."""
    report = report_of(event)
    rows = _within(report.lines.all(), report, first, last)
    rows += [
        line
        for line in _new_lines(event, report, through=_today(event))
        if (first is None or first <= line.day) and (last is None or line.day <= last)
    ]
    return list(_readable(event, rows, closed_through=report.closed_through))


def _within(
    lines: QuerySet[NumberReportLine], report: NumberReport, first: date | None, last: date | None
) -> list[NumberReportLine]:
    lines = lines.filter(day__gte=_stored_since(report))
    if first is not None:
        lines = lines.filter(day__gte=first)
    if last is not None:
        lines = lines.filter(day__lte=last)
    return list(lines.order_by("day", "made_on", "pk"))


def _stored_since(report: NumberReport) -> date:
    """Return the first day of the year from which on lines are kept."""
    return date(max(_today(report.event).year - report.retention_years, 1), 1, 1)


def _today(event: Event) -> date:
    return clock.now().astimezone(event.tz).date()


def _new_lines(event: Event, report: NumberReport, *, through: date) -> list[NumberReportLine]:
    """Return lines for the days since the last closed one; corrections are on the last of them."""
    closed = report.closed_through
    stored = _stored(report)
    lines = []
    for group in _groups(event, report):
        key, made_on = tuple(group[name] for name in _KEY), group["made_on"]
        if made_on > through:
            continue
        before = stored.pop(key, None)
        is_new = closed is None or made_on > closed
        # SQLite sums up floats.
        sums = {name: round(group[name] or 0, COLUMN_PLACES) for name in _SUMS}
        difference = sums if before is None else {n: sums[n] - before[n] for n in _SUMS}
        if is_new or any(difference.values()):
            lines.append(_line(report, made_on if is_new else through, group, difference, is_new))
    for key, before in stored.items():  # none of these tickets is what it was
        if any(before.values()):
            group = dict(zip(_KEY, key, strict=True))
            difference = {name: -value for name, value in before.items()}
            lines.append(_line(report, through, group, difference, is_new=False))
    return sorted(lines, key=lambda line: (line.day, line.made_on, line.first or 0))


def _line(
    report: NumberReport,
    day: date,
    group: Mapping[str, Any],
    sums: Mapping[str, Any],
    is_new: bool,
) -> NumberReportLine:
    # A correction names the numbers that became void, for these are known.
    first, last = ("first", "last") if is_new else ("first_void", "last_void")
    names_numbers = is_new or sums["void"] > 0
    return NumberReportLine(
        report=report,
        day=day,
        **{name: group[name] for name in _KEY},
        **sums,
        first=group.get(first) if names_numbers else None,
        last=group.get(last) if names_numbers else None,
    )


def _stored(report: NumberReport) -> dict[Key, dict[str, Any]]:
    rows = report.lines.filter(made_on__gte=_stored_since(report)).order_by()
    sums = rows.values(*_KEY).annotate(**{f"all_{name}": Sum(name) for name in _SUMS})
    return {
        tuple(row[name] for name in _KEY): {
            name: round(row[f"all_{name}"], COLUMN_PLACES) for name in _SUMS
        }
        for row in sums
    }


def _groups(event: Event, report: NumberReport) -> Iterable[dict[str, Any]]:
    """Sum up the numbered tickets as they are now."""
    since = _midnight(event, (report.closed_through or date.min) + timedelta(days=1))
    recently_void = _VOID & Q(order__cancellation_date__gte=since)
    rows = OrderPosition.objects.filter(
        organizer=event.organizer_id,
        order__event=event,
        order__testmode=False,
        number_series__isnull=False,
        order__datetime__gte=_midnight(event, _stored_since(report)),
    ).order_by()
    groups = rows.annotate(made_on=TruncDate("order__datetime", tzinfo=event.tz)).values(
        "made_on", "number_series_id", "subevent_id", "item_id", "variation_id", "tax_rate", "price"
    )
    summed = groups.annotate(
        first=Min("serial_number"),
        last=Max("serial_number"),
        first_void=Min("serial_number", filter=recently_void),
        last_void=Max("serial_number", filter=recently_void),
        made=Count("pk"),
        void=Count("pk", filter=_VOID),
        free=Count("pk", filter=Q(price=0) & ~_VOID),
        value=Sum("price", filter=~_VOID),
    )
    return ({**row, "series_id": row["number_series_id"]} for row in summed)


def _midnight(event: Event, day: date) -> datetime:
    if day.year < 2:  # before that, no zone can say when a day begins
        day = date(2, 1, 1)
    return datetime.combine(day, time(), event.tz)


def _readable(
    event: Event, rows: Iterable[NumberReportLine], *, closed_through: date | None
) -> Iterator[ReportLine]:
    rows = list(rows)
    series = NumberSeries.objects.in_bulk({row.series_id for row in rows})
    items = Item.objects.in_bulk({row.item_id for row in rows})
    variations = ItemVariation.objects.in_bulk({row.variation_id for row in rows} - {None})
    dates = SubEvent.objects.in_bulk({row.subevent_id for row in rows} - {None})
    for item in items.values():
        item.event = event
    for row in rows:
        numbers = series[row.series_id]
        yield ReportLine(
            day=row.day,
            made_on=row.made_on,
            series=numbers,
            subevent=dates.get(row.subevent_id or 0),
            item=items[row.item_id],
            variation=variations.get(row.variation_id or 0),
            tax_rate=row.tax_rate,
            price=row.price,
            first=None if row.first is None else numbers.serial(row.first),
            last=None if row.last is None else numbers.serial(row.last),
            made=row.made,
            void=row.void,
            free=row.free,
            value=row.value,
            is_closed=closed_through is not None and row.day <= closed_through,
        )


@transaction.atomic
def change_report(*, actor: Actor, event: Event, fields: Mapping[str, Any]) -> NumberReport:
    """Change how long lines are kept, or the country whose rules layouts are compared with."""
    NumberReport.objects.get_or_create(event=event)
    report = report_of(event)
    changed = {name: value for name, value in fields.items() if getattr(report, name) != value}
    for name, value in changed.items():
        setattr(report, name, value)
    if changed:
        report.save(update_fields=list(changed))
        audit.record(
            actor=actor,
            action="counterfoil.numberreport.changed",
            obj=report,
            event=event,
            data=changed,
        )
    return report


def close_days() -> None:
    """Close the days that are over, of all events with numbered tickets; forget old lines."""
    assigned = NumberAssignment.objects.values("item__event")
    numbered = Q(pk__in=assigned) | Q(number_report__isnull=False)
    for event in Event.objects.filter(numbered).select_related("organizer"):
        with transaction.atomic():
            report = report_of(event)
            report.lines.filter(
                made_on__lt=_stored_since(report), day__lt=_stored_since(report)
            ).delete()


def sums_of(lines: Iterable[ReportLine]) -> dict[str, Any]:
    """Add up the lines."""
    sums: dict[str, Any] = defaultdict(int, value=Decimal(0))
    for line in lines:
        for name in _SUMS:
            sums[name] += getattr(line, name)
    return {name: sums[name] for name in _SUMS}
