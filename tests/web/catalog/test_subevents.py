"""Dates of a series, their prices, and many at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, SubEvent, SubEventItem
from makers import (
    make_event,
    make_item,
    make_order,
    make_position,
    make_quota,
    make_subevent,
    make_variation,
)
from pageforms import untouched


@pytest.fixture
def event(db: None) -> Event:
    return make_event(has_subevents=True)


@pytest.fixture
def dates(base: str) -> str:
    return f"{base}dates/"


def test_a_date_is_entered_by_the_clock_of_the_event(
    pages: Client, event: Event, dates: str
) -> None:
    form = untouched(pages.get(f"{dates}new/"))

    pages.post(f"{dates}new/", {**form, "date_from": "2027-07-01T20:00"})

    made = event.subevents.get()
    assert made.date_from == datetime(2027, 7, 1, 18, 0, tzinfo=UTC)
    assert made.name == event.name
    assert made.active
    assert LogEntry.objects.get().action == "counterfoil.subevent.added"


def test_a_date_can_have_prices_of_its_own(pages: Client, event: Event, dates: str) -> None:
    item, seats = make_item(event), make_item(event)
    stalls, balcony = make_variation(seats), make_variation(seats)
    date = make_subevent(event)
    path = f"{dates}{date.pk}/"

    pages.post(
        path,
        {
            **untouched(pages.get(path)),
            f"price-i{item.pk}": "5.00",
            f"price-v{stalls.pk}": "7.00",
            f"price-v{balcony.pk}-off": "on",
        },
    )

    assert date.item_overrides.get().price == Decimal("5.00")
    rows = date.variation_overrides.order_by("variation_id").values_list("price", "disabled")
    assert list(rows) == [(Decimal("7.00"), False), (None, True)]


def test_a_form_sent_back_as_it_was_shown_changes_nothing(
    pages: Client, event: Event, dates: str
) -> None:
    item, seats = make_item(event), make_item(event)
    make_variation(seats)
    date = make_subevent(event, location={"en": "Hall\nStreet"}, comment="Bring chairs")
    kept = {"price": Decimal("3.00"), "extra": {"available_from_mode": "info"}}
    for each in (item, seats):
        SubEventItem.objects.create(subevent=date, item=each, disabled=True, **kept)

    def state() -> list[Any]:
        rows = SubEventItem.objects.order_by("item_id")
        return [*_values(SubEvent.objects.all()), *_values(rows)]

    before = state()
    path = f"{dates}{date.pk}/"
    answer = pages.post(path, untouched(pages.get(path)))

    assert answer.status_code == 302
    assert state() == before


def _values(rows: Any) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in {"id", "last_modified"}}
        for row in rows.values()
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"date_from": ""}, "date_from"),
        ({"date_from": "soon"}, "date_from"),
        ({"date_to": "2020-01-01T10:00"}, "date_to"),
        ({"name_en": "", "name_de": ""}, "name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    pages: Client, event: Event, dates: str, given: dict[str, Any], field: str
) -> None:
    path = f"{dates}{make_subevent(event).pk}/"

    answer = pages.post(path, {**untouched(pages.get(path)), **given})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_price_below_nothing_is_refused_at_its_product(
    pages: Client, event: Event, dates: str
) -> None:
    item = make_item(event)
    path = f"{dates}{make_subevent(event).pk}/"

    answer = pages.post(path, {**untouched(pages.get(path)), f"price-i{item.pk}": "-1"})

    assert answer.status_code == 422
    assert list(answer.context["form"].prices.errors) == [f"i{item.pk}"]


def test_a_date_is_switched_on_and_off(pages: Client, event: Event, dates: str) -> None:
    date = make_subevent(event, active=False)

    pages.post(f"{dates}{date.pk}/active/", {"active": "yes"})
    date.refresh_from_db()
    assert date.active

    pages.post(f"{dates}{date.pk}/active/")
    date.refresh_from_db()
    assert not date.active


def test_a_weekly_repetition_keeps_the_time_on_the_clock(
    pages: Client, event: Event, dates: str
) -> None:
    # The last Saturday of summer time: at eight in Berlin, 18:00 by Greenwich.
    begin = datetime(2027, 10, 30, 18, 0, tzinfo=UTC)
    date = make_subevent(event, date_from=begin, date_to=begin + timedelta(hours=2))
    item = make_item(event)
    SubEventItem.objects.create(subevent=date, item=item, price=Decimal("4.00"))
    make_quota(event, size=50, items=[item], subevent=date)

    form = {"every": "7", "times": "2", "with_quotas": "on"}
    pages.post(f"{dates}{date.pk}/repeat/", form)

    made = list(event.subevents.exclude(pk=date.pk).order_by("date_from"))
    assert [each.date_from for each in made] == [
        datetime(2027, 11, 6, 19, 0, tzinfo=UTC),
        datetime(2027, 11, 13, 19, 0, tzinfo=UTC),
    ]
    assert [each.date_to for each in made] == [each.date_from + timedelta(hours=2) for each in made]
    assert not any(each.active for each in made)
    assert [each.item_overrides.get().price for each in made] == [Decimal("4.00")] * 2
    quotas = [each.quotas.get() for each in made]
    assert [(quota.size, list(quota.items.all())) for quota in quotas] == [(50, [item])] * 2


@pytest.mark.parametrize("times", ["0", "367", "many", ""])
def test_too_many_dates_at_once_are_refused(
    pages: Client, event: Event, dates: str, times: str
) -> None:
    date = make_subevent(event)

    answer = pages.post(f"{dates}{date.pk}/repeat/", {"every": "1", "times": times})

    assert list(answer.context["form"].errors) == ["times"]
    assert event.subevents.count() == 1


def test_dates_are_found_and_filtered(pages: Client, event: Event, dates: str) -> None:
    past = make_subevent(event, date_from=datetime(2025, 1, 1, tzinfo=UTC))
    matinee = make_subevent(event, name={"de": "Frühstück"}, active=False)

    def shown(**query: str) -> list[SubEvent]:
        return list(pages.get(dates, query).context["rows"])

    assert shown(show="past") == [past]
    assert shown(show="upcoming") == shown(show="inactive") == shown(q="früh") == [matinee]


@pytest.mark.parametrize("amount", [1, 30])
def test_a_list_of_dates_costs_the_same_for_any_number(
    pages: Client, event: Event, dates: str, amount: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(amount):
        make_subevent(event)

    with django_assert_max_num_queries(14):
        assert pages.get(dates).status_code == 200


def test_a_date_with_tickets_stays(pages: Client, event: Event, dates: str) -> None:
    date, item = make_subevent(event), make_item(event)
    make_position(make_order(event, items=[]), item, subevent=date)

    answer = pages.post(f"{dates}{date.pk}/delete/")

    assert answer.status_code == 403
    assert event.subevents.exists()


def test_a_date_is_deleted_only_after_a_question(pages: Client, event: Event, dates: str) -> None:
    path = f"{dates}{make_subevent(event).pk}/delete/"

    assert "Delete the date" in pages.get(path).content.decode()
    assert event.subevents.exists()

    pages.post(path)
    assert not event.subevents.exists()


def test_a_single_event_has_no_dates(pages: Client, event: Event, dates: str) -> None:
    Event.objects.update(has_subevents=False)

    assert "not a series" in pages.get(dates).content.decode()

    answer = pages.post(
        f"{dates}new/", {"name_en": "X", "date_from": "2027-07-01T20:00", "is_public": "on"}
    )
    assert answer.status_code == 422
    assert not event.subevents.exists()
