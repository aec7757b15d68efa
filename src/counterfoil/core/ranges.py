"""Ranges of numbers as people write them: ``401-450,512``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from counterfoil.core.refusals import Invalid

#: A number or a range of numbers.
PLAIN_PART = re.compile(r"\s*([0-9]{1,9})\s*(?:[-\u2013]\s*([0-9]{1,9})\s*)?", re.ASCII)
_LONGEST = 20_000


def parse_ranges(text: str, *, highest: int, field: str, lowest: int = 1) -> list[range]:
    """Parse ``"401-450,512"`` into ascending ranges that do not touch.

    ``field`` names the place in errors. Each number may occur once, between ``lowest`` and
    ``highest``; both ends of a range belong to it.

    Raises:
        Invalid: nothing is given, a part cannot be read, runs backwards, lies outside or occurs
            twice.
    """
    if len(text) > _LONGEST:
        raise Invalid({field: [_("Too many ranges are given.")]})
    ranges = []
    for part in text.split(","):
        match = PLAIN_PART.fullmatch(part)
        if match is None:
            message = _("“%(part)s” is not a number or a range such as 401-450.")
            raise Invalid({field: [message % {"part": part.strip()[:50]}]})
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            message = _("The range %(part)s runs backwards.")
            raise Invalid({field: [message % {"part": part.strip()}]})
        if first < lowest or last > highest:
            message = _("%(part)s is outside of %(lowest)d-%(highest)d.")
            values = {"part": part.strip(), "lowest": lowest, "highest": highest}
            raise Invalid({field: [message % values]})
        ranges.append(range(first, last + 1))
    return merge_ranges(ranges, field=field)


def merge_ranges(ranges: Iterable[range], *, field: str) -> list[range]:
    """Sort ranges and join those that touch.

    Raises:
        Invalid: a number occurs twice.
    """
    merged: list[range] = []
    for part in sorted(ranges, key=lambda part: part.start):
        if merged and part.start < merged[-1].stop:
            raise Invalid({field: [_("%(number)d is given twice.") % {"number": part.start}]})
        if merged and part.start == merged[-1].stop:
            merged[-1] = range(merged[-1].start, part.stop)
        else:
            merged.append(part)
    return merged


def ranges_of(numbers: Iterable[int]) -> list[range]:
    """Return the ranges that cover some numbers, in ascending order; doubles count once."""
    ranges: list[range] = []
    for number in sorted(set(numbers)):
        if ranges and number == ranges[-1].stop:
            ranges[-1] = range(ranges[-1].start, number + 1)
        else:
            ranges.append(range(number, number + 1))
    return ranges


def format_ranges(ranges: Iterable[range]) -> str:
    """Write ranges as ``401-450,512``."""
    return ",".join(
        str(part.start) if len(part) == 1 else f"{part.start}-{part[-1]}" for part in ranges
    )


def numbers_in(ranges: str) -> tuple[range, ...]:
    """Read ranges as ``format_ranges`` wrote them."""
    parts = [part.partition("-") for part in ranges.split(",") if part]
    return tuple(range(int(first), int(last or first) + 1) for first, _dash, last in parts)
