"""Ranges of numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.ranges import format_ranges, parse_ranges, ranges_of
from counterfoil.core.refusals import Invalid


@given(st.sets(st.integers(1, 300), min_size=1))
def test_what_is_written_is_read_again(numbers: set[int]) -> None:
    ranges = ranges_of(numbers)

    assert parse_ranges(format_ranges(ranges), highest=300, field="tickets") == ranges
    assert {number for part in ranges for number in part} == numbers


def test_parts_come_in_any_order_and_join() -> None:
    ranges = parse_ranges("512, 411-450 ,401\u2013410", highest=600, field="tickets")

    assert format_ranges(ranges) == "401-450,512"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "“” is not a number or a range such as 401-450."),
        ("1,,2", "“” is not a number or a range such as 401-450."),
        ("1-x", "“1-x” is not a number or a range such as 401-450."),
        ("-3", "“-3” is not a number or a range such as 401-450."),
        ("٣", "“٣” is not a number or a range such as 401-450."),
        ("9-3", "The range 9-3 runs backwards."),
        ("0-3", "0-3 is outside of 1-500."),
        ("499-501", "499-501 is outside of 1-500."),
        ("1-5,5", "5 is given twice."),
        ("3,1-9", "3 is given twice."),
        ("1," * 20_000 + "1", "Too many ranges are given."),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, problem: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_ranges(text, highest=500, field="tickets")

    assert refusal.value.problems == {"tickets": [problem]}
