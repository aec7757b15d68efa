"""The rules of check-in lists, evaluated for a ticket at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from counterfoil.checkin.rules import Facts, RuleContext, UnknownRule, allow, check
from counterfoil.core.refusals import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2027, 6, 12, 12, 0, tzinfo=BERLIN)  # a Saturday


def facts(*, now: datetime = NOON, date_to: datetime | None = None, **given: Any) -> Facts:
    context = RuleContext(
        now=now,
        tz=BERLIN,
        date_from=datetime(2027, 6, 12, 18, 0, tzinfo=BERLIN),
        date_to=date_to,
        date_admission=datetime(2027, 6, 12, 17, 0, tzinfo=BERLIN),
    )
    return Facts(context=context, **{"product": 5, "variation": None, **given})


def after(kind: list[str], tolerance: int | None = None) -> dict[str, Any]:
    return {"isAfter": [{"var": "now"}, {"buildTime": kind}, tolerance]}


def before(kind: list[str], tolerance: int | None = None) -> dict[str, Any]:
    return {"isBefore": [{"var": "now"}, {"buildTime": kind}, tolerance]}


def products(*ids: str) -> dict[str, Any]:
    listed = [{"lookup": ["product", each, "A name"]} for each in ids]
    return {"inList": [{"var": "product"}, {"objectList": listed}]}


def test_no_rules_let_everybody_in() -> None:
    assert allow({}, facts())


@pytest.mark.parametrize(
    ("minutes_before_admission", "allowed"), [(31, False), (30, True), (-1, True)]
)
def test_a_tolerance_opens_the_doors_earlier(minutes_before_admission: int, allowed: bool) -> None:
    now = datetime(2027, 6, 12, 17, 0, tzinfo=BERLIN) - timedelta(minutes=minutes_before_admission)

    assert allow(after(["date_admission"], 30), facts(now=now)) is allowed


@pytest.mark.parametrize(("minutes_late", "allowed"), [(-1, True), (9, True), (10, False)])
def test_a_tolerance_closes_the_doors_later(minutes_late: int, allowed: bool) -> None:
    now = datetime(2027, 6, 12, 18, 0, tzinfo=BERLIN) + timedelta(minutes=minutes_late)

    assert allow(before(["date_from"], 10), facts(now=now)) is allowed


def test_an_end_that_was_not_set_never_comes() -> None:
    assert allow(before(["date_to"]), facts())
    assert not allow(after(["date_to"]), facts())


def test_a_time_of_day_is_the_events() -> None:
    now = datetime(2027, 6, 12, 12, 30, tzinfo=UTC)  # 14:30 in Berlin

    assert allow(after(["customtime", "14:00"]), facts(now=now))
    assert not allow(after(["customtime", "15:00"]), facts(now=now))


def test_a_custom_time_without_zone_is_the_events() -> None:
    rule = after(["custom", "2027-06-12T12:00:00"])

    assert allow(rule, facts(now=NOON))
    assert not allow(rule, facts(now=NOON - timedelta(seconds=1)))


def test_products_are_chosen_by_id() -> None:
    assert allow(products("4", "5"), facts())
    assert not allow(products("4"), facts())


def test_a_ticket_without_variation_is_in_no_list_of_variations() -> None:
    rule = {"inList": [{"var": "variation"}, {"objectList": [{"lookup": ["variation", "None"]}]}]}

    assert not allow(rule, facts())


def test_conditions_are_combined() -> None:
    rule = {"or": [{"and": [products("5"), after(["date_from"])]}, {"==": [1, "1"]}]}

    assert allow(rule, facts())
    assert not allow({"and": [products("5"), after(["date_from"])]}, facts())


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("entries_number", 3),
        ("entries_today", 1),
        ("entries_days", 2),
        ("minutes_since_last_entry", 60),
        ("minutes_since_first_entry", 26 * 60),
        ("now_isoweekday", 6),
    ],
)
def test_entries_are_counted_by_the_events_calendar(variable: str, expected: int) -> None:
    entries = [NOON - timedelta(hours=hours) for hours in (26, 25, 1)]

    known = facts(entries=entries)

    assert allow({"==": [{"var": variable}, expected]}, known)


def test_without_entries_the_minutes_since_are_minus_one() -> None:
    assert allow({"<": [{"var": "minutes_since_last_entry"}, 0]}, facts())


def test_entries_are_counted_around_a_time() -> None:
    entries = [NOON - timedelta(hours=hours) for hours in (26, 25, 1)]
    midnight = {"buildTime": ["customtime", "00:00"]}

    known = facts(entries=entries)

    assert allow({"==": [{"entries_since": [midnight]}, 1]}, known)
    assert allow({"==": [{"entries_before": [midnight]}, 2]}, known)
    assert allow({"==": [{"entries_days_since": [midnight]}, 1]}, known)
    assert allow({"==": [{"entries_days_before": [midnight]}, 1]}, known)


def test_the_status_of_a_guest_is_known() -> None:
    assert allow({"==": [{"var": "entry_status"}, "absent"]}, facts())
    assert allow({"==": [{"var": "entry_status"}, "present"]}, facts(inside=True))


def nested(levels: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"==": [1, 1]}
    for _ in range(levels):
        rule = {"and": [rule]}
    return rule


UNUSABLE = [
    {"xor": [True, False]},
    {"var": "mood"},
    {"var": ["now", "then"]},
    {"var": {"var": "now"}},
    {"and": [], "or": []},
    {"==": [1]},
    {"buildTime": []},
    nested(40),
    nested(300),
]


@pytest.mark.parametrize("rule", UNUSABLE, ids=lambda rule: str(rule)[:30])
def test_what_is_not_known_is_never_guessed(rule: dict[str, Any]) -> None:
    with pytest.raises(UnknownRule):
        allow(rule, facts())
    with pytest.raises(Invalid):
        check(rule)


@pytest.mark.parametrize(
    "rule",
    [
        {">": ["many", 1]},
        {"isAfter": [{"var": "now"}, 5]},
        {"isAfter": [5, {"var": "now"}]},
        {"isAfter": [{"var": "now"}, {"var": "now"}, "soon"]},
        {"isBefore": [{"var": "now"}, {"var": "now"}, 1e300]},
        {"buildTime": ["custom", "tomorrow"]},
        {"buildTime": ["custom"]},
        {"buildTime": ["date_of_birth"]},
        {"inList": [{"var": "product"}, "5"]},
        {"entries_since": ["yesterday"]},
        {"lookup": [{"lookup": ["product", "5"]}, {"xor": []}]},
    ],
    ids=str,
)
def test_values_that_cannot_be_compared_refuse(rule: dict[str, Any]) -> None:
    with pytest.raises(UnknownRule):
        allow(rule, facts())


@pytest.mark.parametrize("rules", [None, [], "and", 5])
def test_only_an_object_is_kept_as_rules(rules: object) -> None:
    with pytest.raises(Invalid):
        check(rules)


def test_rules_that_are_read_at_each_scan_have_a_limit() -> None:
    rules = {"or": [{"==": [{"var": "entries_number"}, number]} for number in range(1000)]}

    with pytest.raises(Invalid, match="too long"):
        check(rules)
