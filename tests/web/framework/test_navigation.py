"""The menu: what it offers, in which order, and where it says that the reader is."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from counterfoil.catalog.models import Event
from counterfoil.web.framework.navigation import EVENT
from makers import make_event

_CURRENT = re.compile(r'<a href="([^"]*)" aria-current="page"')


def test_the_menu_of_an_event_stands_in_the_order_of_the_work() -> None:
    routes = [entry.route for entry in EVENT]

    assert routes == [
        *("event", "items", "quotas", "subevents", "layouts", "batches", "counter"),
        *("orders", "checkinlists", "exports", "jobs", "event-settings"),
    ]


@pytest.mark.parametrize(
    ("below", "entry"),
    [
        ("", ""),
        ("items/new/", "items/"),
        ("items/categories/", "items/"),
        ("tax-rules/new/", "items/"),
        ("batches/prints/", "batches/"),
        ("delete/", "settings/"),
    ],
)
def test_the_menu_of_an_event_shows_where_the_reader_is(
    pages: Client, base: str, below: str, entry: str
) -> None:
    said = pages.get(base + below).content.decode()

    assert _CURRENT.findall(said) == [base + entry]


@pytest.mark.parametrize(
    ("below", "entry"), [("", ""), ("new-event/", ""), ("teams/add/", "teams/")]
)
def test_the_menu_of_an_organizer_shows_where_the_reader_is(
    pages: Client, event: Event, below: str, entry: str
) -> None:
    base = f"/organizers/{event.organizer.slug}/"

    said = pages.get(base + below).content.decode()

    assert _CURRENT.findall(said) == [base + entry]


def test_only_a_series_has_dates_in_its_menu(pages: Client, event: Event, base: str) -> None:
    series = make_event(event.organizer, slug="series", has_subevents=True)
    of_series = f"/organizers/{event.organizer.slug}/events/{series.slug}/"

    assert f"{base}dates/" not in pages.get(base).content.decode()
    assert f"{of_series}dates/" in pages.get(of_series).content.decode()


def test_a_language_is_offered_in_its_own_words(pages: Client, base: str) -> None:
    said = pages.get(base, headers={"accept-language": "de"}).content.decode()

    assert 'value="en" lang="en">English</button>' in said
