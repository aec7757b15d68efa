"""Dates of a series, their prices, and many at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, SubEvent, SubEventItem
from counterfoil.checkin.models import CheckinList
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

    gate = CheckinList.objects.create(event=event, subevent=date, name="Gate")
    form = {
        "weekdays": [str(date.date_from.astimezone(event.tz).weekday())],
        "every_weeks": "1",
        "until": (date.date_from + timedelta(weeks=2)).date().isoformat(),
        "times": date.date_from.astimezone(event.tz).strftime("%H:%M"),
        "with_quotas": "on",
        "with_lists": "on",
    }
    pages.post(f"{dates}{date.pk}/repeat/", form)

    made = list(event.subevents.exclude(pk=date.pk).order_by("date_from"))
    assert [each.date_from for each in made] == [
        datetime(2027, 11, 6, 19, 0, tzinfo=UTC),
        datetime(2027, 11, 13, 19, 0, tzinfo=UTC),
    ]
    assert [each.date_to for each in made] == [each.date_from + timedelta(hours=2) for each in made]
    assert not any(each.active for each in made)
    assert [each.item_overrides.get().price for each in made] == [Decimal("4.00")] * 2
    gates = CheckinList.objects.exclude(pk=gate.pk).values_list("name", "subevent")
    assert set(gates) == {("Gate", each.pk) for each in made}
    quotas = [each.quotas.get() for each in made]
    assert [(quota.size, list(quota.items.all())) for quota in quotas] == [(50, [item])] * 2


SATURDAYS_AND_SUNDAYS = {
    "weekdays": ["5", "6"],
    "every_weeks": "2",
    "until": "2027-07-11",
    "times": "16:00, 20:00",
    "exceptions": "2027-06-27",
}


@pytest.fixture
def saturday(event: Event) -> SubEvent:
    """Saturday, 12 June 2027, at eight in the evening in Berlin."""
    return make_subevent(event, date_from=datetime(2027, 6, 12, 18, 0, tzinfo=UTC))


def test_a_rule_shows_its_dates_before_it_makes_them(
    pages: Client, event: Event, dates: str, saturday: SubEvent
) -> None:
    path = f"{dates}{saturday.pk}/repeat/"

    preview = pages.get(path, SATURDAYS_AND_SUNDAYS, headers={"HX-Request": "true"})
    pages.post(path, {**SATURDAYS_AND_SUNDAYS, "active": "on"})

    made = event.subevents.exclude(pk=saturday.pk).order_by("date_from")
    local = [each.date_from.astimezone(event.tz).strftime("%m-%d %H") for each in made]
    assert local == [
        *("06-12 16", "06-13 16", "06-13 20", "06-26 16", "06-26 20"),
        *("07-10 16", "07-10 20", "07-11 16", "07-11 20"),
    ]
    assert all(each.active for each in made)
    assert preview.context["preview"]["count"] == 9
    assert "Sun, 13 Jun 2027, 16:00" in preview.text


def test_a_rule_makes_nothing_twice(
    pages: Client, event: Event, dates: str, saturday: SubEvent
) -> None:
    path = f"{dates}{saturday.pk}/repeat/"
    pages.post(path, SATURDAYS_AND_SUNDAYS)

    again = pages.post(path, SATURDAYS_AND_SUNDAYS)

    assert again.status_code == 422
    assert "names no further date" in again.text
    assert event.subevents.count() == 10


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("until", "2099-01-01"),
        ("until", "soon"),
        ("times", "8 o'clock"),
        ("times", ""),
        ("exceptions", "Christmas"),
        ("every_weeks", "0"),
        ("weekdays", ["7"]),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_at_its_field(
    pages: Client, event: Event, dates: str, saturday: SubEvent, field: str, value: Any
) -> None:
    path = f"{dates}{saturday.pk}/repeat/"
    rule = {**SATURDAYS_AND_SUNDAYS, "every_weeks": "1", field: value}

    preview = pages.get(path, rule, headers={"HX-Request": "true"})
    answer = pages.post(path, rule)

    assert preview.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert event.subevents.count() == 1


def test_several_dates_are_activated_and_deleted_at_once(
    pages: Client, event: Event, dates: str
) -> None:
    made = [make_subevent(event, active=False) for _number in range(3)]
    item = make_item(event)
    make_order(event, items=[item]).positions.update(subevent=made[0])
    sent = {"ticket": [each.pk for each in made]}

    pages.post(f"{dates}bulk/", {**sent, "action": "activate"})
    assert event.subevents.filter(active=True).count() == 3

    answer = pages.post(f"{dates}bulk/", {**sent, "action": "delete"}, follow=True)
    assert list(event.subevents.all()) == [made[0]]
    assert "2 dates changed." in answer.text
    assert "cannot be deleted" in answer.text


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
