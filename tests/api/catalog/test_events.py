"""Organizers, events and their settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.api.catalog.examples import EVENT
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from makers import make_event, make_item, make_order, make_tax_rule, make_team, make_token


@pytest.fixture
def events(event: Event) -> str:
    """The path of the organizer's events."""
    return f"/organizers/{event.organizer.slug}/events/"


def new_event(**given: Any) -> dict[str, Any]:
    return {
        "name": {"en": "New"},
        "slug": "new",
        "currency": "EUR",
        "date_from": "2027-12-01T10:00:00+01:00",
        "timezone": "Europe/Berlin",
        **given,
    }


def slugs(answer: Any) -> list[str]:
    return [row["slug"] for row in answer.json()["results"]]


def test_a_token_sees_its_organizer_only(api: Api, event: Event) -> None:
    make_event()

    assert slugs(api.get("/organizers/")) == [event.organizer.slug]


def test_an_organizer_can_be_renamed_but_keeps_its_slug(api: Api, event: Event) -> None:
    path = f"/organizers/{event.organizer.slug}/"

    renamed = api.patch(path, json={"name": "Bigger"})
    moved = api.patch(path, json={"slug": "elsewhere"})

    assert renamed.json()["name"] == "Bigger"
    assert moved.status_code == 400
    assert list(moved.json()) == ["slug"]


def test_an_event_has_the_documented_keys_in_their_order(api: Api, event: Event) -> None:
    listed = api.get(f"/organizers/{event.organizer.slug}/events/").json()["results"][0]
    shown = api.get(at(event)).json()

    assert list(listed) == list(EVENT)
    assert [key for key in shown if key != "valid_keys"] == list(EVENT)
    assert shown["valid_keys"] == {"pretix_sig1": []}


def test_an_event_is_made(api: Api, events: str) -> None:
    answer = api.post(events, json=new_event(location="Hall 1"))

    assert answer.status_code == 201
    assert answer.json()["date_from"] == "2027-12-01T10:00:00+01:00"
    assert answer.json()["location"] == {"en": "Hall 1"}
    assert answer.json()["live"] is False
    assert list(answer.json()) == list(EVENT)
    assert LogEntry.objects.get().action == "counterfoil.event.added"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slug": "a b"}, "slug"),
        ({"slug": "x" * 51}, "slug"),
        ({"currency": "eur"}, "currency"),
        ({"currency": "XQZ"}, "currency"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"date_from": "tomorrow"}, "date_from"),
        ({"date_from": "2027-12-01"}, "date_from"),
        ({"date_to": "2027-11-01T10:00:00Z"}, "date_to"),
        (
            {"presale_start": "2027-11-01T10:00:00Z", "presale_end": "2027-10-01T00:00:00Z"},
            "presale_end",
        ),
        ({"geo_lat": 91}, "geo_lat"),
        ({"limit_sales_channels": ["moon"]}, "limit_sales_channels"),
        ({"limit_sales_channels": [5]}, "limit_sales_channels"),
        ({"sales_channels": ["moon"]}, "sales_channels"),
        ({"plugins": "x"}, "plugins"),
        ({"meta_data": {"a": {}}}, "meta_data"),
        ({"name": None}, "name"),
    ],
)
def test_what_an_event_cannot_be_is_refused(api: Api, events: str, wrong, field) -> None:
    answer = api.post(events, json=new_event(**wrong))

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_a_slug_is_used_once_in_an_organizer(api: Api, events: str) -> None:
    api.post(events, json=new_event())

    again = api.post(events, json=new_event())

    assert again.status_code == 400
    assert list(again.json()) == ["slug"]


def test_who_makes_an_event_may_see_it(api: Api, event: Event, events: str) -> None:
    team = make_team(event.organizer, all_events=False, permissions=["organizer.events:create"])
    _, header = make_token(team)

    made = api.post(events, json=new_event(), token=header)

    assert made.status_code == 201
    assert slugs(api.get(events, token=header)) == ["new"]


def test_an_event_is_changed_in_its_new_zone(api: Api, event: Event) -> None:
    answer = api.patch(at(event), json={"timezone": "America/New_York", "name": {"fr": "Foire"}})

    assert answer.json()["name"] == {"fr": "Foire"}
    assert answer.json()["date_from"] == "2027-06-12T12:00:00-04:00"


@pytest.mark.parametrize("change", [{"slug": "other"}, {"has_subevents": True}])
def test_what_addresses_and_sales_depend_on_stays(api: Api, event: Event, change) -> None:
    answer = api.patch(at(event), json=change)

    assert answer.status_code == 400
    assert list(answer.json()) == list(change)


def test_an_event_can_be_put_as_it_was_read(api: Api, event: Event) -> None:
    shown = api.get(at(event)).json()

    assert api.put(at(event), json=shown).json() == shown


def test_an_event_without_orders_is_deleted_with_all_in_it(api: Api, event: Event) -> None:
    make_item(event, tax_rule=make_tax_rule(event))

    answer = api.delete(at(event))

    assert answer.status_code == 204
    assert api.get(at(event)).status_code == 403
    assert LogEntry.objects.get().action == "counterfoil.event.deleted"


def test_an_event_with_orders_is_kept(api: Api, event: Event) -> None:
    make_order(event, items=[make_item(event)])

    answer = api.delete(at(event))

    assert answer.status_code == 403
    assert "orders" in answer.json()["detail"]
    assert event.items.count() == 1


def test_events_are_filtered(api: Api, event: Event, events: str) -> None:
    soon, ago = clock.now() + timedelta(days=1), clock.now() - timedelta(days=9)
    box = event.organizer.sales_channels.create(identifier="api.box")
    make_event(event.organizer, slug="past", date_from=ago, live=False, location={"en": "Ulm"})
    make_event(event.organizer, slug="tour", date_from=ago, has_subevents=True, testmode=True)
    hidden = make_event(event.organizer, slug="hid", date_from=soon, is_public=False)
    hidden.all_sales_channels = False
    hidden.save()
    hidden.limit_sales_channels.set([box])
    mine = event.slug

    def found(query: str) -> set[str]:
        return set(slugs(api.get(f"{events}?{query}")))

    assert found("live=false") == {"past"}
    assert found("testmode=true") == {"tour"}
    assert found("is_public=false") == {"hid"}
    assert found("has_subevents=true") == {"tour"}
    assert found("is_past=true") == {"past"}
    assert found("is_past=false") == {mine, "tour", "hid"}
    assert found("is_future=true") == {mine, "tour", "hid"}
    assert found("is_future=false") == {"past"}
    assert found(f"ends_after={clock.now():%Y-%m-%dT%H:%M:%SZ}") == {mine, "tour", "hid"}
    assert found("search=ulm") == {"past"}
    assert found("sales_channel=web") == {mine, "past", "tour"}
    assert found("sales_channel=api.box") == {mine, "past", "tour", "hid"}
    assert found("date_from_after=2027-06-01T00:00:00Z") == {mine}
    assert found("date_from_before=2027-06-01T00:00:00Z") == {"past", "tour", "hid"}
    assert found("date_to_after=2027-06-01T00:00:00Z") == set()
    assert slugs(api.get(f"{events}?ordering=-slug")) == sorted([mine, "hid", "past", "tour"])[::-1]


@pytest.mark.parametrize("size", [1, 50])
def test_listing_events_costs_the_same_for_any_number(
    api: Api, event: Event, events: str, size, django_assert_num_queries
) -> None:
    for number in range(size - 1):
        make_event(event.organizer, slug=f"more{number}")

    with django_assert_num_queries(6):  # token, organizer, count, rows, their channels, channels
        answer = api.get(events)

    assert len(answer.json()["results"]) == size


def test_settings_are_read_with_their_defaults(api: Api, event: Event) -> None:
    shown = api.get(at(event, "settings/")).json()

    assert shown["timezone"] == "Europe/Berlin"
    assert shown["locales"] == ["en", "de"]
    assert shown["name_scheme"] == "given_family"
    assert shown["ticket_download"] is False
    assert shown["attendee_names_asked"] is True


def test_settings_are_changed_one_by_one(api: Api, event: Event) -> None:
    answer = api.patch(at(event, "settings/"), json={"ticket_download": True, "unknown": 1})

    event.refresh_from_db()
    assert answer.status_code == 200
    assert answer.json()["ticket_download"] is True
    assert event.settings == {"ticket_download": True}
    assert api.get(at(event, "settings/")).json() == answer.json()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timezone", "Mars/Olympus"),
        ("locales", "en"),
        ("locales", []),
        ("locale", 5),
        ("locale", ""),
        ("locale", "x" * 33),
        ("region", "DEU"),
        ("region", None),
        ("timezone", ["Europe/Berlin"]),
        ("timezone", {}),
        ("name_scheme", ["full"]),
        ("name_scheme", {}),
        ("name_scheme", "first_last"),
        ("ticket_download", "yes"),
        ("max_items_per_order", "ten"),
        ("max_items_per_order", 10**20),
        ("primary_color", 7),
        ("banner_text", ["x"]),
    ],
)
def test_settings_of_the_wrong_kind_are_refused_by_name(
    api: Api, event: Event, name, value
) -> None:
    answer = api.patch(at(event, "settings/"), json={name: value})

    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_settings_are_an_object(api: Api, event: Event) -> None:
    answer = api.patch(at(event, "settings/"), json=[1])

    assert answer.status_code == 400
    assert "non_field_errors" in answer.json()


def test_settings_cannot_be_replaced_as_a_whole(api: Api, event: Event) -> None:
    answer = api.put(at(event, "settings/"), json={})

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, PATCH, HEAD, OPTIONS"


def test_dates_in_utc_are_shown_as_such(api: Api, event: Event) -> None:
    event.timezone, event.date_from = "UTC", datetime(2027, 1, 1, 12, tzinfo=UTC)
    event.save()

    assert api.get(at(event)).json()["date_from"] == "2027-01-01T12:00:00Z"


def test_events_and_orders_are_filtered_by_a_channel_that_exists(api: Api, event: Event) -> None:
    event.organizer.sales_channels.create(identifier="api.kiosk")
    make_event().organizer.sales_channels.create(identifier="api.foreign")
    for path in (at(event, "../"), at(event, "orders/")):
        path = path.replace(f"{event.slug}/../", "")

        known = api.get(f"{path}?sales_channel=api.kiosk")
        unknown = api.get(f"{path}?sales_channel=api.foreign")

        assert known.status_code == 200
        assert (unknown.status_code, unknown.json()) == (
            400,
            {"sales_channel": ["Object with identifier=api.foreign does not exist."]},
        )
