"""What the world has many of: languages, countries, currencies, time zones. By Unicode's names."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from datetime import date
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies
from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event
from counterfoil.core import language
from counterfoil.web.framework.forms.translated import language_name

Choices = list[tuple[str, str]]

#: Languages that are offered. An event may have others, by the API.
_LANGUAGES = (
    "en", "de", "ar", "bg", "ca", "cs", "da", "el", "es", "et", "fa", "fi", "fr", "he", "hr", "hu",
    "it", "ja", "ko", "lt", "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "tr", "uk",
    "zh",
)  # fmt: skip


def languages(more: Iterable[str] = ()) -> Choices:
    """Return languages by name, first those that an event has already."""
    codes = dict.fromkeys([*more, *_LANGUAGES])
    return [(code, language_name(code)) for code in codes]


def event_languages(event: Event) -> Choices:
    """Return the languages of an event; the empty choice is the event's own."""
    usual = _("The language of the event: %(language)s") % {"language": language_name(event.locale)}
    return [("", usual), *((code, language_name(code)) for code in event.locales)]


def countries() -> Choices:
    return _countries(language.locale())


def currencies(current: str) -> Choices:
    """Return the currencies that are in use somewhere today, and the one that is set."""
    offered = _currencies(language.locale())
    return offered if current in dict(offered) else [(current, current), *offered]


def time_zones(current: str) -> Choices:
    """Return time zones by place; those with no place are the one that is set, and UTC."""
    return [(name, name.replace("_", " ")) for name in dict.fromkeys([current, "UTC", *_zones()])]


@cache
def _countries(locale: str) -> Choices:
    named = Locale.parse(locale).territories.items()
    return sorted(
        ((code, name) for code, name in named if len(code) == 2 and code.isalpha()),
        key=lambda each: each[1],
    )


@cache
def _currencies(locale: str) -> Choices:
    territories: Iterable[str] = get_global("territory_currencies")
    codes = {
        code
        for territory in territories
        for code in get_territory_currencies(territory, date.today())  # noqa: DTZ011
    }
    return [(code, f"{code} – {get_currency_name(code, locale=locale)}") for code in sorted(codes)]


@cache
def _zones() -> list[str]:
    regions = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/",
               "Indian/", "Pacific/")  # fmt: skip
    return sorted(name for name in zoneinfo.available_timezones() if name.startswith(regions))
