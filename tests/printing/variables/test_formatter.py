from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from counterfoil.printing.variables.formatter import Formatter

BERLIN = ZoneInfo("Europe/Berlin")


def language(code: str) -> Formatter:
    return Formatter(code, BERLIN)


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("en", ("May 31, 2017", "2017-05-31", "2017-05-31 20:00", "20:00", "Wednesday")),
        ("en-de", ("May 31, 2017", "2017-05-31", "2017-05-31 20:00", "20:00", "Wednesday")),
        ("en-us", ("May 31, 2017", "05/31/2017", "05/31/2017 8 p.m.", "8 p.m.", "Wednesday")),
        ("de", ("31. Mai 2017", "31.05.2017", "31.05.2017 20:00", "20:00", "Mittwoch")),
        ("de-informal", ("31. Mai 2017", "31.05.2017", "31.05.2017 20:00", "20:00", "Mittwoch")),
        ("fr", ("31 Mai 2017", "31/05/2017", "31/05/2017 20:00", "20:00", "Mercredi")),
        ("ja", ("2017年5月31日", "2017/05/31", "2017/05/31 20:00", "20:00", "水曜日")),
        ("no", ("31. mai 2017", "31.05.2017", "31.05.2017 20:00", "20:00", "onsdag")),
        *(
            (code, ("2017年5月31日", "2017年5月31日", "2017年5月31日 20:00", "20:00", "星期三"))
            for code in ("zh", "zh-cn", "zh-tw", "zh-de", "zh-hans", "zh-hant")
        ),
        ("af", ("31 Mei 2017", "2017-05-31", "2017-05-31 20:00", "20:00", "Woensdag")),
    ],
)
def test_moments_are_written_as_in_the_language(code: str, written: tuple[str, ...]) -> None:
    moment, spoken = datetime(2017, 5, 31, 18, 0, tzinfo=UTC), language(code)

    told = (
        spoken.long_date(moment),
        spoken.short_date(moment),
        spoken.short_datetime(moment),
        spoken.hour(moment),
        spoken.weekday(moment),
    )

    assert told == written


def test_a_language_that_django_does_not_know_is_written_by_babel() -> None:
    filipino = language("fil")

    assert filipino.long_date(datetime(2027, 6, 12, 18, 0, tzinfo=UTC)) == "Hunyo 12, 2027"
    assert filipino.weekday(datetime(2027, 6, 12, 18, 0, tzinfo=UTC)) == "Sabado"


@pytest.mark.parametrize(
    ("code", "weekday"),
    [("my", "စနေ"), ("am", "ቅዳሜ"), ("si", "සෙනසුරාදා"), ("yue", "星期六"), ("en-de", "Saturday")],
)
def test_weekdays_are_told_in_any_language_that_has_words_for_them(code: str, weekday: str) -> None:
    assert language(code).weekday(datetime(2027, 6, 12, 12, tzinfo=UTC)) == weekday


def test_long_months_are_shortened_the_associated_press_way_in_english() -> None:
    assert language("en").long_date(datetime(2027, 9, 3, 12, tzinfo=UTC)) == "Sept. 3, 2027"


def test_what_is_missing_is_empty() -> None:
    english = language("en")

    assert english.short_datetime(None) == ""
    assert english.date_range(None, None) == ""
    assert english.country(None) == ""
    assert english.phone(None) == ""


@pytest.mark.parametrize(
    ("code", "end", "written"),
    [
        ("en", None, "Sat, June 12, 2027"),
        ("en", (2027, 6, 12), "Sat, June 12, 2027"),
        ("en", (2027, 6, 14), "June 12 – 14, 2027"),
        ("en", (2027, 7, 2), "June 12 – July 2, 2027"),
        ("en", (2028, 1, 2), "June 12, 2027 – Jan. 2, 2028"),
        ("de", (2027, 6, 12), "Sa, 12. Juni 2027"),
        ("de", (2027, 6, 14), "12.–14. Juni 2027"),
        ("de", (2027, 7, 2), "12. Juni – 2. Juli 2027"),
        ("de", (2028, 1, 2), "12. Juni 2027 – 2. Januar 2028"),
        ("es", (2027, 6, 14), "12 – 14 de junio de 2027"),
        ("fr", (2027, 6, 14), "12 Juin 2027 – 14 Juin 2027"),
        ("nl", (2027, 6, 12), "12 juni 2027"),
    ],
)
def test_ranges_of_days_are_as_short_as_the_language_allows(
    code: str, end: tuple[int, int, int] | None, written: str
) -> None:
    begin = datetime(2027, 6, 12, 10, tzinfo=UTC)
    last = datetime(*end, 12, tzinfo=UTC) if end else None

    assert language(code).date_range(begin, last) == written


def test_a_day_begins_and_ends_in_the_zone_of_the_event() -> None:
    late = datetime(2027, 6, 12, 23, 0, tzinfo=UTC)

    assert language("en").short_datetime(late) == "2027-06-13 01:00"


@pytest.mark.parametrize(
    ("amount", "currency", "code", "written"),
    [
        ("49.5", "EUR", "en", "€49.50"),
        ("49.50", "EUR", "de", "49,50\u00a0€"),
        ("49.505", "EUR", "en", "€49.505"),
        ("1000", "JPY", "en", "¥1,000"),
        ("0", "USD", "xx", "$0.00"),
    ],
)
def test_money_has_the_decimals_of_its_currency_or_its_own(
    amount: str, currency: str, code: str, written: str
) -> None:
    assert language(code).money(Decimal(amount), currency) == written


def test_countries_are_named_and_unknown_ones_keep_their_code() -> None:
    assert language("de").country("fr") == "Frankreich"
    assert language("de").country("QQ") == "QQ"


def test_phone_numbers_are_written_internationally_and_others_left_alone() -> None:
    assert language("en").phone("+49891234567") == "+49 89 1234567"
    assert language("en").phone("ask at the desk") == "ask at the desk"


def test_days_and_hours_without_a_zone_are_not_shifted() -> None:
    assert language("de").day(date(2027, 6, 12)) == "12.06.2027"
    assert language("en-us").clock(time(22, 30)) == "10:30 p.m."
