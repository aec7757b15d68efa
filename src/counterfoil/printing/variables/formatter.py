"""Format dates, times, money, countries and translated text in the language of a ticket.

Dates follow Django's formats, which pretix prints. English without a region uses ISO dates, as in
pretix. Babel formats languages for which Django has no formats.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import babel
import babel.dates
import phonenumbers
from django.utils import dateformat, formats, translation
from django.utils.dates import WEEKDAYS

from counterfoil.catalog import money
from counterfoil.core.translated import Translated, resolve

LONG_DATE, SHORT_DATE, SHORT_DATETIME, TIME = (
    "DATE_FORMAT",
    "SHORT_DATE_FORMAT",
    "SHORT_DATETIME_FORMAT",
    "TIME_FORMAT",
)
WEEKDAY = "l"

_ISO = {
    LONG_DATE: "N j, Y",
    SHORT_DATE: "Y-m-d",
    SHORT_DATETIME: "Y-m-d H:i",
    TIME: "H:i",
}
_BABEL = {
    LONG_DATE: "long",
    SHORT_DATE: "short",
    SHORT_DATETIME: "short",
    TIME: "short",
    WEEKDAY: "EEEE",
}

#: Languages that Django has under other names, with all their regions; the first that fits.
_DJANGO_CODES = {
    "zh-hant": "zh-hant",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh": "zh-hans",
    "no": "nb",
}


@dataclass(frozen=True, slots=True)
class _RangeFormats:
    """Pieces of a range of days, in Django's format letters: (begin, separator, end)."""

    one_day: str
    one_month: tuple[str, str, str]
    one_year: tuple[str, str, str]


_RANGES = {
    "en": _RangeFormats("D, N j, Y", ("N j", " – ", "j, Y"), ("N j", " – ", "N j, Y")),
    "de": _RangeFormats("D, j. F Y", ("j.", "–", "j. F Y"), ("j. F", " – ", "j. F Y")),
    "es": _RangeFormats(
        r"D, j \d\e F \d\e Y",
        ("j", " – ", r"j \d\e F \d\e Y"),
        (r"j \d\e F", " – ", r"j \d\e F \d\e Y"),
    ),
}

#: Django's catalogue gives days and months in lower case; pretix prints them so in these.
_CAPITALISED = frozenset({"fr"})


@dataclass(frozen=True)
class Formatter:
    """Formats values in a language with its region, and in a time zone.

    >>> english = Formatter("en", ZoneInfo("Europe/Berlin"))
    >>> english.date_range(datetime(2027, 6, 12, 16, tzinfo=ZoneInfo("UTC")), None)
    'Sat, June 12, 2027'
    """

    code: str
    zone: ZoneInfo

    def text(self, value: Translated | str | None) -> str:
        """Return the translation; return a plain string unchanged."""
        return value if isinstance(value, str) else resolve(value, self.code)

    def long_date(self, moment: datetime | None) -> str:
        return self._moment(moment, LONG_DATE)

    def short_date(self, moment: datetime | None) -> str:
        return self._moment(moment, SHORT_DATE)

    def short_datetime(self, moment: datetime | None) -> str:
        return self._moment(moment, SHORT_DATETIME)

    def hour(self, moment: datetime | None) -> str:
        return self._moment(moment, TIME)

    def weekday(self, moment: datetime | None) -> str:
        return self._moment(moment, WEEKDAY)

    def day(self, value: date) -> str:
        """Format a date without a time."""
        return _write(self.code, SHORT_DATE, datetime.combine(value, time()))

    def clock(self, value: time) -> str:
        """Format a time without a date."""
        return _write(self.code, TIME, datetime.combine(date(2000, 1, 1), value))

    def date_range(self, begin: datetime | None, end: datetime | None) -> str:
        """Format a range of days, as short as the language allows."""
        if begin is None:
            return ""
        first = self._local(begin)
        last = first if end is None else self._local(end)
        ranges = _RANGES.get(_family(self.code))
        if first.date() == last.date():
            return _write(self.code, ranges.one_day if ranges else LONG_DATE, first)
        if ranges is None or first.year != last.year:
            return " – ".join(_write(self.code, LONG_DATE, each) for each in (first, last))
        begins, to, ends = ranges.one_month if first.month == last.month else ranges.one_year
        return _write(self.code, begins, first) + to + _write(self.code, ends, last)

    def money(self, amount: Decimal, currency: str) -> str:
        """Format an amount with the decimals of the currency, or with more if it has more."""
        return _money(amount, currency, self.code)

    def country(self, code: str | None) -> str:
        """Return the name of a country, or its code if it has no name in this language."""
        if not code:
            return ""
        return str(locale_of(self.code).territories.get(code.upper(), code))

    def phone(self, number: str | None) -> str:
        """Format a telephone number internationally; return it unchanged if it is invalid."""
        return _phone(number) if number else ""

    def _moment(self, moment: datetime | None, form: str) -> str:
        return "" if moment is None else _write(self.code, form, self._local(moment))

    def _local(self, moment: datetime) -> datetime:
        """Return the local time; a naive time is local already."""
        return (moment.astimezone(self.zone) if moment.tzinfo else moment).replace(tzinfo=None)


@lru_cache(64)
def locale_of(code: str) -> babel.Locale:
    """Find Babel's locale for a language code; an unknown one is treated as English."""
    for candidate in (code, _family(code)):
        try:
            return babel.Locale.parse(candidate, sep="-")
        except (babel.UnknownLocaleError, ValueError):
            continue
    return babel.Locale("en")


# All tickets of a batch have the same time and price. Cached, their 10,000 dates and prices cost
# nothing; otherwise each costs 25 us.
@lru_cache(4096)
def _write(code: str, form: str, moment: datetime) -> str:
    code = _django_code(code)
    if form in _BABEL and not (_has_weekdays(code) if form == WEEKDAY else _has_formats(code)):
        return _write_with_babel(locale_of(code), form, moment)
    writer = _Capitalised if _family(code) in _CAPITALISED else dateformat.DateFormat
    with translation.override(code):
        return str(writer(moment).format(_django_format(code, form)))


def _write_with_babel(locale: babel.Locale, form: str, moment: datetime) -> str:
    if form == SHORT_DATETIME:
        parts = (_write_with_babel(locale, each, moment) for each in (SHORT_DATE, TIME))
        return " ".join(parts)
    write: Callable[..., str] = babel.dates.format_time if form == TIME else babel.dates.format_date
    return write(moment, _BABEL[form], locale=locale)


class _Capitalised(dateformat.DateFormat):
    """Django's date format with days and months that begin in upper case."""

    def F(self) -> str:  # noqa: N802 - named after the format letter
        return str(super().F()).capitalize()

    def l(self) -> str:  # noqa: E743 - named after the format letter
        return str(super().l()).capitalize()


def _django_format(code: str, form: str) -> str:
    if form not in _ISO:
        return form
    if _family(code) == "en" and code != "en-us" and not _has_own_formats(code):
        return _ISO[form]
    return str(formats.get_format(form, lang=code, use_l10n=True))


def _django_code(code: str) -> str:
    """Return Django's code of a language."""
    names = (name for name in _DJANGO_CODES if f"{code}-".startswith(f"{name}-"))
    name = next(names, None)
    return code if name is None else _DJANGO_CODES[name]


@lru_cache(64)
def _has_formats(code: str) -> bool:
    """Return whether Django has formats for a language; without, it falls back to English."""
    return next(formats.iter_format_modules(code), None) is not None


@lru_cache(64)
def _has_weekdays(code: str) -> bool:
    """Return whether Django's catalog of a language translates all weekdays."""
    return _family(code) == "en" or _weekdays(code).isdisjoint(_weekdays("en"))


def _weekdays(code: str) -> set[str]:
    with translation.override(code):
        return {str(day) for day in WEEKDAYS.values()}


@lru_cache(64)
def _has_own_formats(code: str) -> bool:
    """Return whether Django has formats for this region."""
    locale = translation.to_locale(code)
    return "_" in locale and _module_exists(f"django.conf.locale.{locale}.formats")


def _module_exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@lru_cache(4096)
def _money(amount: Decimal, currency: str, code: str) -> str:
    return money.localized(amount, currency, locale_of(code))


def _phone(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _family(code: str) -> str:
    return code.partition("-")[0]
