"""Dates and times as pages show them: one way everywhere, with the month as a word.

The language is the page's; the region decides the order of the parts and between 12 and 24 hours.
It is that of the page's event, or else the reader's, as the browser says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time
from django.http import HttpRequest
from django.utils import timezone

from counterfoil.catalog.models import Event
from counterfoil.core import language

#: English without a region writes days first and has 24 hours.
_HOMES = {"en": "GB", "de": "DE"}
_DAY, _DAY_OF_WEEK = "yMMMd", "yMMMEd"
_region: ContextVar[str] = ContextVar("region", default="")


@contextmanager
def region_of(request: HttpRequest) -> Iterator[None]:
    """Show dates as they are written where the reader is, until an event says otherwise."""
    wanted = request.headers.get("Accept-Language", "")
    found = re.match(r"[a-zA-Z]{2,3}-([A-Za-z]{2})\b", wanted)
    before = _region.set(found[1].upper() if found else "")
    try:
        yield
    finally:
        _region.reset(before)


def set_region(region: str) -> None:
    """Show dates as they are written in the country of an event; without one, as before."""
    if region:
        _region.set(region.upper())


@contextmanager
def written_for(event: Event) -> Iterator[None]:
    """Write dates in the zone of an event, and as in its country, where there is no request."""
    before = _region.set(event.region.upper())
    try:
        with timezone.override(event.tz):
            yield
    finally:
        _region.reset(before)


def moment(value: datetime | None, *, weekday: bool = False) -> str:
    """Write a date with its time, in the zone of the page; a naive one is local already."""
    if value is None:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local, weekday=weekday)}, {clock_time(local)}"


def day(value: date | datetime | None, *, weekday: bool = False) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    skeleton = _DAY_OF_WEEK if weekday else _DAY
    return str(format_skeleton(skeleton, value, locale=_locale()))


def clock_time(value: datetime) -> str:
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return str(format_time(local.time(), "short", locale=_locale()))


def _locale() -> Locale:
    return _found(language.locale().partition("_")[0], _region.get())


@lru_cache(64)
def _found(language: str, region: str) -> Locale:
    for country in filter(None, (region, _HOMES.get(language, ""))):
        try:
            return Locale(language, territory=country)
        except UnknownLocaleError:
            continue
    return Locale(language)
