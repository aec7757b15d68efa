"""Running numbers of tickets: taken as a ticket is created, and read as people write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from django.utils.translation import gettext as _

from counterfoil.catalog import numbers
from counterfoil.catalog.models import NumberSeries, Organizer
from counterfoil.core.ranges import merge_ranges
from counterfoil.core.refusals import Invalid
from counterfoil.orders.models import OrderPosition

_DASH = re.compile(r"\s*[-\u2013]\s*")
_LONGEST = 20_000
_MOST = 100_000


def number_positions(positions: Sequence[OrderPosition], *, is_test: bool) -> None:
    """Give new tickets the next numbers of their products' series, in the caller's transaction.

    Raises:
        SeriesExhausted, Gone: see ``take_numbers``.
    """
    products = [(position.item_id, position.variation_id) for position in positions]
    series_of = numbers.series_of(set(products))
    if not series_of:
        return
    amounts = Counter(series_of[product].pk for product in products if product in series_of)
    by_id = {series.pk: series for series in series_of.values()}
    used = {
        pk: numbers.take_numbers(by_id[pk], amounts[pk], is_test=is_test) for pk in sorted(amounts)
    }
    left = {pk: iter(each.numbers) for pk, each in used.items()}
    for position, product in zip(positions, products, strict=True):
        if (series := series_of.get(product)) is not None:
            number = next(left[series.pk])
            position.number_series = used[series.pk].series
            position.serial_number = number
            position.serial = used[series.pk].series.serial(number)


def parse_serials(
    organizer: Organizer, text: str, *, field: str
) -> list[tuple[NumberSeries, range]]:
    """Parse ``"A00401-A00450,A00512"`` into ascending ranges of the organizer's series.

    The second end of a range may lack the prefix, and leading zeros may be left out. Whether there
    are tickets with these numbers is for the caller to say. ``field`` names the place in errors.

    Raises:
        Invalid: nothing is given, a part cannot be read, runs backwards, or numbers occur twice.
    """
    if len(text) > _LONGEST:
        raise Invalid({field: [_("Too many ranges are given.")]})
    rows = NumberSeries.objects.filter(organizer=organizer)
    series_of = {series.pk: series for series in rows}
    by_series: dict[int, list[range]] = {}
    for part in text.split(","):
        series, numbers_of_part = _parse_part(series_of.values(), part.strip(), field)
        by_series.setdefault(series.pk, []).append(numbers_of_part)
    return [
        (series_of[pk], each)
        for pk, ranges in sorted(by_series.items())
        for each in merge_ranges(ranges, field=field)
    ]


def _parse_part(
    rows: Collection[NumberSeries], part: str, field: str
) -> tuple[NumberSeries, range]:
    single = _readings(rows, part)
    if single:
        series, number = single[0]
        return series, range(number, number + 1)
    # A prefix may hold dashes itself: each of them may be the one between the two ends.
    for dash in _DASH.finditer(part):
        for series, first in _readings(rows, part[: dash.start()]):
            last = _number_in(series, part[dash.end() :])
            if last is None:
                continue
            if last < first:
                words = _("The range %(part)s runs backwards.")
                raise Invalid({field: [words % {"part": part[:50]}]})
            if last - first >= _MOST:
                words = _("The range %(part)s is longer than %(count)d numbers.")
                raise Invalid({field: [words % {"part": part[:50], "count": _MOST}]})
            return series, range(first, last + 1)
    message = _("“%(part)s” is not a serial number of this organizer or a range of them.")
    raise Invalid({field: [message % {"part": part[:50]}]})


def _readings(rows: Iterable[NumberSeries], text: str) -> list[tuple[NumberSeries, int]]:
    result = []
    for series in rows:
        number = series.number_in(text)
        if number is not None:
            result.append((series, number))
    # Of A and A-1, a text that begins with A-1 names the longer one.
    return sorted(result, key=lambda each: -len(each[0].prefix))


def _number_in(series: NumberSeries, text: str) -> int | None:
    number = series.number_in(text)
    return number if number is not None else NumberSeries(prefix="").number_in(text)


def format_serials(ranges: Iterable[tuple[NumberSeries, range]]) -> str:
    """Write ranges as ``A00401-A00450,A00512``."""
    return ",".join(
        series.serial(part.start)
        if len(part) == 1
        else f"{series.serial(part.start)}-{series.serial(part[-1])}"
        for series, part in ranges
    )
