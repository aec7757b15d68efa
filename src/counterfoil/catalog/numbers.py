"""Number series of an organizer: which products they number, and the next numbers.

A number is taken in the transaction that inserts its ticket. So a series has no gaps: whatever is
rolled back, by a refusal or by a kill, returns its numbers. Until the commit, others who need
numbers of this series wait.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from counterfoil.catalog import saving
from counterfoil.catalog.models import (
    MAX_NUMBER,
    MAX_WIDTH,
    TEST_PREFIX,
    Event,
    Item,
    ItemVariation,
    NumberAssignment,
    NumberSeries,
    Organizer,
)
from counterfoil.core.refusals import Forbidden, Gone, Invalid

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)

#: A product by the ids of its item and its variation.
Product = tuple[int, int | None]


class SeriesExhausted(Gone):
    """A series has too few numbers left."""

    def __init__(self, series: NumberSeries) -> None:
        super().__init__(
            _("The number series “%(name)s” has too few numbers left.") % {"name": series.name}
        )
        self.series = series


@dataclass(frozen=True, slots=True)
class TakenNumbers:
    """Numbers of a series that belong to the caller's transaction."""

    series: NumberSeries
    numbers: range

    def serials(self) -> list[str]:
        """Return the numbers as they are printed, in ascending order."""
        return [self.series.serial(number) for number in self.numbers]


def take_numbers(series: NumberSeries, amount: int, *, is_test: bool) -> TakenNumbers:
    """Take the next numbers of a series, or of its test numbers, in the caller's transaction.

    The row stays locked until the transaction ends. Who takes from several series does so in the
    order of their ids.

    Raises:
        SeriesExhausted: it has too few left.
        Gone: somebody has deleted it.
    """
    row = _test_series(series) if is_test else series
    rows = NumberSeries.objects.filter(pk=row.pk)
    if not rows.filter(next__lte=MAX_NUMBER + 1 - amount).update(next=F("next") + amount):
        if rows.exists():
            raise SeriesExhausted(series)
        raise Gone(_("Somebody else has deleted this number series in the meantime."))
    counter = rows.get()
    if is_test:
        counter.width = series.width
    return TakenNumbers(counter, range(counter.next - amount, counter.next))


def _test_series(series: NumberSeries) -> NumberSeries:
    row, _created = NumberSeries.objects.get_or_create(
        organizer_id=series.organizer_id,
        is_test=True,
        prefix=TEST_PREFIX + series.prefix,
        defaults={"name": series.name, "width": series.width},
    )
    return row


def series_of(products: Collection[Product]) -> dict[Product, NumberSeries]:
    """Return the series of each product that is numbered."""
    assignments = NumberAssignment.objects.filter(item__in={item for item, _ in products})
    by_product = {
        (row.item_id, row.variation_id): row.series for row in assignments.select_related("series")
    }
    result = {}
    for item, variation in products:
        series = by_product.get((item, variation)) or by_product.get((item, None))
        if series is not None:
            result[item, variation] = series
    return result


@transaction.atomic
def save_series(
    *, series: NumberSeries | None, organizer: Organizer, fields: Mapping[str, Any]
) -> NumberSeries:
    """Create or change a series. Once a number was taken, only its name can change.

    Raises:
        Invalid: something else would change then, or its numbers could equal those of another one.
    """
    saving.one_at_a_time(organizer)
    is_new = series is None
    if series is None:
        series = NumberSeries(organizer=organizer)
    else:
        series = _locked(series)
        _check_frozen(series, fields)
    values = {"prefix": series.prefix, "width": series.width, **fields}
    if is_new or {"prefix", "width"} & fields.keys():
        _check_unique(series, values["prefix"], values["width"])
    if "next" in fields and not series.is_used:
        values["first"] = fields["next"]
    return saving.write(series, values)


def _locked(series: NumberSeries) -> NumberSeries:
    row = NumberSeries.objects.select_for_update().filter(pk=series.pk).first()
    if row is None:
        raise Gone(_("Somebody else has deleted this meanwhile."))
    return row


def _check_frozen(series: NumberSeries, fields: Mapping[str, Any]) -> None:
    if not series.is_used:
        return
    words = _("This cannot be changed, since the series has numbered tickets already.")
    problems = {
        name: [words]
        for name in ("prefix", "width", "next")
        if fields.get(name, getattr(series, name)) != getattr(series, name)
    }
    if problems:
        raise Invalid(problems)


def _check_unique(series: NumberSeries, prefix: str, width: int) -> None:
    if prefix.upper().startswith(TEST_PREFIX):
        words = _("Numbers of test tickets begin with “%(prefix)s”. Choose another prefix.")
        raise Invalid({"prefix": [words % {"prefix": TEST_PREFIX}]})
    rows = NumberSeries.objects.filter(organizer=series.organizer_id).exclude(pk=series.pk)
    for other in rows.order_by("pk"):
        if other.is_test and other.prefix == TEST_PREFIX + prefix:
            continue  # its test tickets go on counting there
        mine = TEST_PREFIX + prefix if other.is_test else prefix
        if _may_collide((mine, width), (other.prefix, other.width)):
            words = _(
                "Numbers of this series could equal numbers of the series “%(name)s”. "
                "Choose a prefix that ends in another letter or in a dash."
            )
            raise Invalid({"prefix": [words % {"name": other.name}]})


def _may_collide(one: tuple[str, int], two: tuple[str, int]) -> bool:
    """Tell whether two prefixes with their widths can print the same; capitals do not count."""
    (short, short_width), (long, long_width) = sorted(
        ((prefix.upper(), width) for prefix, width in (one, two)), key=lambda each: len(each[0])
    )
    if not long.startswith(short):
        return False
    rest = long[len(short) :]
    if not rest:
        return True
    if not _DIGITS.fullmatch(rest):
        return False
    lengths = range(len(rest) + long_width, len(rest) + MAX_WIDTH + 1)
    return any(
        length == short_width or (short_width < length <= MAX_WIDTH and rest[0] != "0")
        for length in lengths
    )


@transaction.atomic
def delete_series(*, series: NumberSeries) -> None:
    """Delete a series that has numbered nothing, with its assignments.

    Raises:
        Forbidden: it has numbered tickets; whatever became of them, no number is given twice.
    """
    words = _("This series has numbered tickets, so it cannot be deleted.")
    if _locked(series).is_used:
        raise Forbidden(words)
    saving.delete(series, words)


@transaction.atomic
def save_assignment(
    *, assignment: NumberAssignment, event: Event, fields: Mapping[str, Any]
) -> NumberAssignment:
    """Say which series numbers a product from now on. Tickets that there are stay as they are.

    Raises:
        Invalid: the variation is none of the product's, or another assignment names the product.
    """
    saving.one_at_a_time(event)
    item = fields["item"] if "item" in fields else assignment.item  # noqa: SIM401 - a new one has none
    variation = fields.get("variation", assignment.variation)
    if variation is not None and variation.item_id != item.pk:
        raise Invalid({"variation": [_("This variation does not belong to this product.")]})
    others = NumberAssignment.objects.filter(item=item, variation=variation)
    if others.exclude(pk=assignment.pk).exists():
        name = "variation" if variation is not None else "item"
        raise Invalid({name: [_("A number series is assigned to this already.")]})
    return saving.write(assignment, fields)


@transaction.atomic
def assign_series(
    *, item: Item, chosen: Mapping[ItemVariation | None, NumberSeries | None]
) -> None:
    """Say which series number a product and its variations from now on; None takes one away.

    The product itself is the variation None.
    """
    saving.one_at_a_time(item.event)
    for variation, series in chosen.items():
        assignments = NumberAssignment.objects.filter(item=item, variation=variation)
        if series is None:
            assignments.delete()
        elif not assignments.update(series=series):
            NumberAssignment.objects.create(item=item, variation=variation, series=series)


def parse_serial_query(organizer: int, text: str) -> list[str]:
    """Return the serials that a typed text may stand for: ``a401`` is ``A00401``."""
    if text[-1:] not in frozenset("0123456789"):
        return []
    result = []
    for series in NumberSeries.objects.filter(organizer=organizer):
        if (number := series.number_in(text)) is not None:
            # Test numbers are padded as those of the real series, whose width may have changed.
            widths = range(1, MAX_WIDTH + 1) if series.is_test else (series.width,)
            result += [f"{series.prefix}{number:0{width}}" for width in widths]
    return result
