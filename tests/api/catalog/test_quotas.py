"""Quotas, dates of a series, questions, sales channels."""

from __future__ import annotations

from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.api.catalog.examples import QUESTION, SUBEVENT
from counterfoil.api.catalog.quotas import QuotaView
from counterfoil.catalog.models import Event
from counterfoil.orders.models import Order
from makers import (
    make_event,
    make_item,
    make_order,
    make_quota,
    make_subevent,
    make_team,
    make_token,
    make_variation,
)


@pytest.fixture
def series(event: Event) -> Event:
    """A series of the same organizer."""
    return make_event(event.organizer, has_subevents=True)


def ids(answer: Any) -> list[int]:
    return [row["id"] for row in answer.json()["results"]]


def test_a_quota_is_made_with_its_documented_keys(api: Api, event: Event) -> None:
    item = make_item(event)

    answer = api.post(at(event, "quotas/"), json={"name": "Q", "size": 3, "items": [item.pk]})

    assert answer.status_code == 201
    assert list(answer.json()) == list(QuotaView.example)
    assert answer.json()["items"] == [item.pk]


def test_a_quota_without_a_size_is_unlimited(api: Api, event: Event) -> None:
    made = api.post(at(event, "quotas/"), json={"name": "Q", "items": [make_item(event).pk]})

    assert (made.status_code, made.json()["size"]) == (201, None)
    shown = api.get(at(event, f"quotas/{made.json()['id']}/availability/")).json()
    assert (shown["available"], shown["available_number"]) == (True, None)


def test_a_quota_lists_its_products_in_the_order_of_sale(api: Api, event: Event) -> None:
    last = event.categories.create(name={"en": "Extras"}, position=2)
    first = event.categories.create(name={"en": "Tickets"}, position=1)
    parking = make_item(event, quota=False, category=last, position=0)
    late = make_item(event, quota=False, category=first, position=5)
    early = make_item(event, quota=False, category=first, position=1)
    loose = make_item(event, quota=False, position=9)
    back, front = make_variation(late, position=2), make_variation(late, position=1)
    place = make_variation(parking, position=0)
    sent = {
        "name": "Q",
        "items": [parking.pk, late.pk, loose.pk, early.pk],
        "variations": [place.pk, back.pk, front.pk],
    }

    made = api.post(at(event, "quotas/"), json=sent).json()

    assert made["items"] == [loose.pk, early.pk, late.pk, parking.pk]
    assert made["variations"] == [front.pk, back.pk, place.pk]
    assert api.get(at(event, "quotas/")).json()["results"][0] == made


def test_what_a_quota_cannot_be_is_refused(api: Api, event: Event, series: Event) -> None:
    plain, varied = make_item(event), make_item(event)
    variation = make_variation(varied)
    foreign, date = make_item(series), make_subevent(series)

    def problem(at_event: Event, **given: Any) -> Any:
        body = {"name": "Q", "size": 1, "items": [plain.pk], **given}
        answer = api.post(at(at_event, "quotas/"), json=body)
        assert answer.status_code == 400
        return list(answer.json())

    assert problem(event, size=-1) == ["size"]
    assert problem(event, size=10**30) == ["size"]
    assert problem(event, size="x") == ["size"]
    assert problem(event, name="x" * 201) == ["name"]
    assert problem(event, items=[foreign.pk]) == ["non_field_errors"]
    assert problem(event, items=[10**9]) == ["items"]
    assert problem(event, items=[varied.pk]) == ["non_field_errors"]
    assert problem(event, variations=[variation.pk]) == ["non_field_errors"]
    assert problem(event, subevent=date.pk) == ["non_field_errors"]
    assert problem(event, subevent=10**9) == ["subevent"]
    assert problem(series, items=[foreign.pk]) == ["non_field_errors"]


def test_rows_of_events_that_nobody_may_see_do_not_exist(event: Event, series: Event) -> None:
    team = make_team(event.organizer, all_events=False)
    team.limit_events.add(event)
    hidden = {"items": [make_item(series).pk], "subevent": make_subevent(series).pk}

    answer = Api(make_token(team)[1]).post(
        at(event, "quotas/"), json={"name": "Q", "size": 1, **hidden}
    )

    assert answer.status_code == 400
    assert list(answer.json()) == ["items", "subevent"]


def test_a_quota_of_a_series_belongs_to_a_date(api: Api, series: Event) -> None:
    item, date = make_item(series), make_subevent(series)

    made = api.post(
        at(series, "quotas/"),
        json={"name": "Q", "size": None, "items": [item.pk], "subevent": date.pk},
    )

    assert made.json()["subevent"] == date.pk
    assert ids(api.get(at(series, f"quotas/?subevent={date.pk}"))) == [made.json()["id"]]
    assert ids(api.get(at(series, f"quotas/?subevent__in={date.pk},0"))) == [made.json()["id"]]


def test_a_quota_tells_what_is_left(api: Api, event: Event) -> None:
    item = make_item(event, quota=False)
    quota = make_quota(event, size=5, items=[item])
    make_order(event, items=[item, item])
    make_order(event, items=[item], status=Order.Status.PENDING)
    make_order(event, items=[item], status=Order.Status.CANCELED)

    shown = api.get(at(event, f"quotas/{quota.pk}/availability/")).json()
    listed = api.get(at(event, "quotas/?with_availability=true")).json()["results"][0]

    assert shown == {
        "paid_orders": 2,
        "pending_orders": 1,
        "exited_orders": 0,
        "blocking_vouchers": 0,
        "cart_positions": 0,
        "waiting_list": 0,
        "available_number": 2,
        "available": True,
        "total_size": 5,
    }
    assert (listed["available"], listed["available_number"]) == (True, 2)
    assert list(listed)[-3:] == [
        "available",
        "available_number",
        "ignore_for_event_availability",
    ]


def test_a_quota_is_changed_and_deleted(api: Api, event: Event) -> None:
    item = make_item(event, quota=7)
    quota = event.quotas.get()
    path = at(event, f"quotas/{quota.pk}/")

    assert api.patch(path, json={"size": None}).json()["size"] is None
    assert api.patch(path, json={"items": []}).json()["items"] == []
    assert api.delete(path).status_code == 204
    assert item.quotas.count() == 0


@pytest.mark.parametrize("size", [1, 50])
def test_listing_quotas_costs_the_same_for_any_number(
    api: Api, event: Event, size, django_assert_num_queries
) -> None:
    for _ in range(size):
        make_variation(make_item(event, quota=3))

    # token, organizer, event, last change, count, rows, items, variations, availability
    with django_assert_num_queries(9):
        answer = api.get(at(event, "quotas/?with_availability=true"))

    assert len(answer.json()["results"]) == size


def test_a_date_is_made_with_prices_of_its_own(api: Api, series: Event) -> None:
    item = make_item(series)
    variation = make_variation(make_item(series))
    body = {
        "name": {"en": "Ulm"},
        "date_from": "2027-03-01T20:00:00+01:00",
        "item_price_overrides": [{"item": item.pk, "price": "5.00"}],
        "variation_price_overrides": [{"variation": variation.pk, "disabled": True}],
    }

    answer = api.post(at(series, "subevents/"), json=body)

    assert answer.status_code == 201
    assert list(answer.json()) == list(SUBEVENT)
    assert answer.json()["item_price_overrides"] == [
        {
            "item": item.pk,
            "price": "5.00",
            "disabled": False,
            "available_from": None,
            "available_from_mode": "hide",
            "available_until": None,
            "available_until_mode": "hide",
        }
    ]
    assert answer.json()["variation_price_overrides"][0]["disabled"] is True


def test_overrides_are_replaced_as_a_whole_or_left(api: Api, series: Event) -> None:
    date, item, other = make_subevent(series), make_item(series), make_item(series)
    date.item_overrides.create(item=item, price=5)
    path = at(series, f"subevents/{date.pk}/")

    left = api.patch(path, json={"comment": "x"}).json()
    replaced = api.patch(path, json={"item_price_overrides": [{"item": other.pk}]}).json()

    assert [row["item"] for row in left["item_price_overrides"]] == [item.pk]
    assert [row["item"] for row in replaced["item_price_overrides"]] == [other.pk]
    assert (
        api.put(path, json=replaced).json()["item_price_overrides"]
        == (replaced["item_price_overrides"])
    )


def test_what_a_date_cannot_be_is_refused(api: Api, event: Event, series: Event) -> None:
    item, foreign = make_item(series), make_item(event)

    def problem(at_event: Event, **given: Any) -> Any:
        body = {"name": "x", "date_from": "2027-03-01T20:00:00+01:00", **given}
        answer = api.post(at(at_event, "subevents/"), json=body)
        assert answer.status_code == 400
        return list(answer.json())

    twice = [{"item": item.pk}, {"item": item.pk}]
    assert problem(event) == ["non_field_errors"]
    assert problem(series, date_to="2027-02-01T20:00:00+01:00") == ["date_to"]
    assert problem(series, item_price_overrides=twice) == ["item_price_overrides"]
    assert problem(series, item_price_overrides=[{"item": foreign.pk}]) == ["item_price_overrides"]
    assert problem(series, item_price_overrides=[{}]) == ["item_price_overrides"]


def test_a_date_with_tickets_stays(api: Api, series: Event) -> None:
    sold, free = make_subevent(series), make_subevent(series)
    item = make_item(series)
    order = make_order(series, items=[item])
    order.positions.update(subevent=sold)

    assert api.delete(at(series, f"subevents/{sold.pk}/")).status_code == 403
    assert api.delete(at(series, f"subevents/{free.pk}/")).status_code == 204


def test_dates_are_filtered_and_ordered(api: Api, series: Event) -> None:
    early = make_subevent(series, date_from="2020-01-01T00:00:00Z", name={"en": "Ulm"})
    late = make_subevent(series, date_from="2090-01-01T00:00:00Z", active=False, is_public=False)

    def found(query: str) -> list[int]:
        return ids(api.get(at(series, f"subevents/?{query}")))

    assert found("") == [early.pk, late.pk]
    assert found("ordering=-date_from") == [late.pk, early.pk]
    assert found("active=true") == [early.pk]
    assert found("is_public=false") == [late.pk]
    assert found("is_past=true") == found("is_future=false") == [early.pk]
    assert found("is_past=false") == found("is_future=true") == [late.pk]
    assert found("ends_after=2050-01-01T00:00:00Z") == [late.pk]
    assert found("date_from_before=2050-01-01T00:00:00Z") == [early.pk]
    assert found("search=ulm") == [early.pk]
    assert found("modified_since=2090-01-01T00:00:00Z") == []


@pytest.mark.parametrize("size", [1, 50])
def test_listing_dates_costs_the_same_for_any_number(
    api: Api, series: Event, size, django_assert_num_queries
) -> None:
    item = make_item(series)
    for _ in range(size):
        make_subevent(series).item_overrides.create(item=item, price=1)

    with django_assert_num_queries(8):
        answer = api.get(at(series, "subevents/"))

    assert len(answer.json()["results"]) == size


def test_a_question_is_made_with_options(api: Api, event: Event) -> None:
    item = make_item(event)
    body = {
        "question": "Size?",
        "type": "C",
        "items": [item.pk],
        "options": [{"answer": "S"}, {"answer": "M", "identifier": "MMM"}],
    }

    answer = api.post(at(event, "questions/"), json=body)

    shown = answer.json()
    assert answer.status_code == 201
    assert list(shown) == list(QUESTION)
    assert [option["answer"] for option in shown["options"]] == [{"en": "S"}, {"en": "M"}]
    assert shown["options"][1]["identifier"] == "MMM"
    assert len(shown["identifier"]) == 8


def test_options_that_keep_their_identifier_keep_their_id(api: Api, event: Event) -> None:
    body = {"question": "Size?", "type": "C", "options": [{"answer": "S", "identifier": "S"}]}
    made = api.post(at(event, "questions/"), json=body).json()
    wanted = [{"answer": "L"}, {"answer": "Small", "identifier": "S"}]

    changed = api.patch(at(event, f"questions/{made['id']}/"), json={"options": wanted}).json()

    kept = next(option for option in changed["options"] if option["identifier"] == "S")
    assert kept["id"] == made["options"][0]["id"]
    assert kept["answer"] == {"en": "Small"}
    assert len(changed["options"]) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"type": "X"}, "type"),
        ({"identifier": "TAKEN"}, "identifier"),
        ({"options": [{"answer": "S"}]}, "options"),
        ({"type": "C", "options": [{"answer": "S", "identifier": "A"}] * 2}, "options"),
        ({"items": [999999]}, "items"),
    ],
)
def test_what_a_question_cannot_be_is_refused(api: Api, event: Event, wrong, field) -> None:
    event.questions.create(identifier="TAKEN", question={"en": "x"})

    answer = api.post(at(event, "questions/"), json={"question": "x", "type": "S", **wrong})

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


@pytest.mark.parametrize("size", [1, 50])
def test_listing_questions_costs_the_same_for_any_number(
    api: Api, event: Event, size, django_assert_num_queries
) -> None:
    for number in range(size):
        question = event.questions.create(identifier=str(number), question={"en": "x"})
        question.options.create(identifier="a", answer={"en": "a"})

    with django_assert_num_queries(8):
        answer = api.get(at(event, "questions/"))

    assert len(answer.json()["results"]) == size


def channels(event: Event) -> str:
    return f"/organizers/{event.organizer.slug}/saleschannels/"


def test_channels_are_made_changed_and_deleted_by_identifier(api: Api, event: Event) -> None:
    body = {"identifier": "api.box", "type": "api", "label": {"en": "Box"}}

    made = api.post(channels(event), json=body)
    changed = api.patch(f"{channels(event)}api.box/", json={"label": "Kasse"})
    deleted = api.delete(f"{channels(event)}api.box/")

    assert made.json() == {**body, "position": 0}
    assert changed.json()["label"] == {"en": "Kasse"}
    assert deleted.status_code == 204


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"identifier": "box"}, "identifier"),
        ({"identifier": "api."}, "identifier"),
        ({"identifier": "api.a b"}, "identifier"),
        ({"identifier": "api.taken"}, "identifier"),
        ({"type": "web"}, "type"),
        ({"label": None}, "label"),
    ],
)
def test_what_a_channel_cannot_be_is_refused(api: Api, event: Event, wrong, field) -> None:
    event.organizer.sales_channels.create(identifier="api.taken")

    answer = api.post(
        channels(event), json={"identifier": "api.x", "type": "api", "label": "x", **wrong}
    )

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_the_built_in_channel_stays(api: Api, event: Event) -> None:
    assert api.delete(f"{channels(event)}web/").status_code == 403
    assert api.patch(f"{channels(event)}web/", json={"identifier": "api.x"}).status_code == 400


def test_a_channel_that_was_sold_through_stays(api: Api, event: Event) -> None:
    box = event.organizer.sales_channels.create(identifier="api.box")
    make_order(event, items=[], sales_channel=box)

    assert api.delete(f"{channels(event)}api.box/").status_code == 403


def test_channels_are_the_organizers_to_change(api: Api, event: Event) -> None:
    _, reader = make_token(make_team(event.organizer, permissions=["event.items:write"]))

    assert api.get(channels(event), token=reader).status_code == 200
    assert api.delete(f"{channels(event)}web/", token=reader).status_code == 403
