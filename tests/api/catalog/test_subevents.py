"""The dates of all series of an organizer, and what events and dates still offer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from apiclient import Api, at
from counterfoil.accounts.permissions import DEVICE_PROFILES
from counterfoil.api.catalog.examples import SUBEVENT
from counterfoil.catalog.models import Event, Item, SubEvent
from counterfoil.core import clock
from counterfoil.orders.models import Order
from makers import (
    make_device,
    make_event,
    make_item,
    make_order,
    make_organizer,
    make_quota,
    make_subevent,
    make_team,
    make_token,
    make_variation,
)


@pytest.fixture
def series(event: Event) -> Event:
    return make_event(event.organizer, has_subevents=True)


def all_dates(api: Api, event: Event, query: str = "") -> Any:
    return api.get(f"/organizers/{event.organizer.slug}/subevents/?{query}")


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_the_dates_of_all_series_are_one_list(api: Api, series: Event) -> None:
    other = make_event(series.organizer, has_subevents=True)
    late = make_subevent(series, date_from=datetime(2027, 7, 1, 18, tzinfo=UTC))
    early = make_subevent(other, date_from=datetime(2027, 6, 1, 18, tzinfo=UTC))
    make_subevent(make_event(make_organizer(), has_subevents=True))

    answer = all_dates(api, series)

    assert ids(answer) == [early.pk, late.pk]
    first = answer.json()["results"][0]
    assert list(first) == list(SUBEVENT)
    assert (first["event"], first["date_from"]) == (other.slug, "2027-06-01T18:00:00Z")
    assert datetime.fromisoformat(answer["X-Page-Generated"]) <= clock.now()


def test_only_events_that_are_seen_have_dates(series: Event) -> None:
    seen = make_event(series.organizer, has_subevents=True)
    make_subevent(series)
    date = make_subevent(seen)
    team = make_team(series.organizer, all_events=False, permissions=[])
    team.limit_events.add(seen)
    device, header = make_device(series.organizer, all_events=False)
    device.limit_events.add(seen)

    assert ids(all_dates(Api(make_token(team)[1]), series)) == [date.pk]
    assert ids(all_dates(Api(header), series)) == [date.pk]
    stranger = Api(make_token(make_team(make_organizer()))[1])
    assert all_dates(stranger, series).status_code == 403


@pytest.mark.parametrize("profile", [name for name, _label in DEVICE_PROFILES])
def test_every_device_may_list_dates(series: Event, profile: str) -> None:
    date = make_subevent(series)
    _device, header = make_device(series.organizer, security_profile=profile)

    assert ids(all_dates(Api(header), series)) == [date.pk]


def test_all_dates_are_filtered_and_ordered(api: Api, event: Event, series: Event) -> None:
    hidden = make_event(event.organizer, has_subevents=True, live=False, all_sales_channels=False)
    early = make_subevent(series, date_from="2020-01-01T00:00:00Z", name={"en": "Ulm"})
    late = make_subevent(hidden, date_from="2090-01-01T00:00:00Z", active=False)

    def found(query: str) -> list[int]:
        return ids(all_dates(api, event, query))

    assert found("") == [early.pk, late.pk]
    assert found("ordering=-date_from") == [late.pk, early.pk]
    assert found("active=true") == found("event__live=true") == [early.pk]
    assert found(f"event={hidden.slug}") == [late.pk]
    assert found("sales_channel=web") == found("search=ulm") == [early.pk]
    assert found("ends_after=2050-01-01T00%3A00%3A00.000Z&ordering=date_from") == [late.pk]
    assert found("modified_since=2090-01-01T00:00:00Z") == []
    assert list(all_dates(api, event, "ends_after=x").json()) == ["ends_after"]
    assert list(all_dates(api, event, "sales_channel=moon").json()) == ["sales_channel"]


def test_a_changed_date_is_told_to_who_asks_what_changed(api: Api, series: Event) -> None:
    new = {"name": "x", "date_from": "2027-06-12T09:00:00Z", "active": True}
    first, second = (api.post(at(series, "subevents/"), json=new).json()["id"] for _ in range(2))
    answer = all_dates(api, series)
    since = f"modified_since={answer['X-Page-Generated']}".replace("+", "%2B")

    assert sorted(ids(answer)) == [first, second]
    # Of several events on PostgreSQL, what is older than the newest of them may be shown again.
    again = ids(all_dates(api, series, since)) if connection.vendor == "postgresql" else []
    assert ids(all_dates(api, series, since)) == again
    assert api.patch(at(series, f"subevents/{second}/"), json={"active": False}).status_code == 200
    assert ids(all_dates(api, series, since)) == (again or [second])


def state(api: Api, event: Event, channel: str = "web") -> int | None:
    """Return what the list of events tells of one."""
    path = f"/organizers/{event.organizer.slug}/events/?with_availability_for={channel}"
    found: dict[str, int | None] = {
        row["slug"]: row["best_availability_state"] for row in api.get(path).json()["results"]
    }
    return found[event.slug]


def state_of(api: Api, date: SubEvent) -> int | None:
    query = "with_availability_for=web"
    rows = all_dates(api, date.event, query).json()["results"]
    same = api.get(at(date.event, f"subevents/?{query}")).json()["results"]
    states = {row["id"]: row["best_availability_state"] for row in rows}
    assert {row["id"]: row["best_availability_state"] for row in same}.items() <= states.items()
    found: int | None = states[date.pk]
    return found


def test_availability_is_told_only_when_it_is_asked_for(api: Api, event: Event) -> None:
    path = f"/organizers/{event.organizer.slug}/events/"
    asked = api.get(f"{path}?with_availability_for=web").json()["results"][0]

    assert list(asked)[-4:] == [
        *("limit_sales_channels", "best_availability_state", "public_url", "sales_channels")
    ]
    assert "best_availability_state" not in api.get(path).json()["results"][0]
    assert "best_availability_state" not in api.get(at(event)).json()
    unknown = api.get(f"{path}?with_availability_for=moon")
    assert (unknown.status_code, list(unknown.json())) == (400, ["with_availability_for"])


def test_an_event_is_as_available_as_its_best_product(api: Api, event: Event) -> None:
    assert state(api, event) is None

    scarce = make_item(event, quota=1)
    assert state(api, event) == 100
    order = make_order(event, items=[scarce], status=Order.Status.PENDING)
    assert state(api, event) == 10
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PAID)
    assert state(api, event) == 0

    make_item(event)
    assert state(api, event) == 100


def test_a_product_is_as_available_as_the_least_of_its_quotas(api: Api, event: Event) -> None:
    item = make_item(event)
    make_quota(event, size=0, items=[item])
    assert state(api, event) == 0

    event.quotas.filter(size=0).update(ignore_for_event_availability=True)
    assert state(api, event) == 100

    event.quotas.update(closed=True)
    assert state(api, event) == 0


HOURS_AGO = clock.now() - timedelta(hours=2)


@pytest.mark.parametrize(
    "changed",
    [
        {"active": False},
        {"all_sales_channels": False},
        {"available_until": HOURS_AGO},
        {"available_from": HOURS_AGO + timedelta(days=400)},
        {"extra": {"hide_without_voucher": True}},
        {"extra": {"require_bundling": True}},
    ],
)
def test_what_is_not_offered_makes_nothing_available(
    api: Api, event: Event, changed: dict[str, Any]
) -> None:
    item = make_item(event)
    assert state(api, event) == 100

    Item.objects.filter(pk=item.pk).update(**changed)

    assert state(api, event) is None


def test_a_channel_sees_what_is_sold_through_it(api: Api, event: Event) -> None:
    office = event.organizer.sales_channels.create(identifier="api.box", label={"en": "Box"})
    item = make_item(event, all_sales_channels=False)
    item.limit_sales_channels.add(office)

    assert state(api, event, "api.box") == 100
    assert state(api, event, "web") is None


def test_variations_count_for_their_product(api: Api, event: Event) -> None:
    item = make_item(event, quota=3)
    variation = make_variation(item)
    assert state(api, event) == 100

    variation.active = False
    variation.save()
    assert state(api, event) is None


def test_each_date_has_its_own_availability(api: Api, series: Event) -> None:
    item = make_item(series, default_price=Decimal(5))
    full, free, none = (make_subevent(series) for _ in range(3))
    make_quota(series, size=0, items=[item], subevent=full)
    make_quota(series, size=1, items=[item], subevent=free)

    assert [state_of(api, date) for date in (full, free, none)] == [0, 100, None]
    assert state(api, series) is None

    free.item_overrides.create(item=item, disabled=True)
    assert state_of(api, free) is None


EXCLUDING = [
    *("events/", "subevents/", "events/{event}/subevents/", "events/{event}/categories/"),
    *("events/{event}/items/", "events/{event}/questions/", "events/{event}/taxrules/"),
    *("events/{event}/quotas/", "events/{event}/checkinlists/", "events/{event}/ticketlayouts/"),
    *("events/{event}/revokedsecrets/", "events/{event}/blockedsecrets/"),
    *("events/{event}/orders/", "events/{event}/checkinlists/{list}/positions/"),
    "checkinrpc/search/",
]


@pytest.mark.parametrize("path", EXCLUDING)
def test_lists_leave_out_what_is_not_wanted(api: Api, filled: Event, path: str) -> None:
    ids = {"event": filled.slug, "list": filled.checkin_lists.get().pk}
    address = f"/organizers/{filled.organizer.slug}/{path.format(**ids)}?list={ids['list']}"
    whole = api.get(f"{address}&search=").json()["results"][0]
    names = list(whole)

    without = api.get(f"{address}&exclude={names[0]}&exclude={names[-1]}&exclude=nonsense")
    only = api.get(f"{address}&include={names[1]}")

    assert list(without.json()["results"][0]) == names[1:-1]
    assert list(only.json()["results"][0]) == [names[1]]


@pytest.fixture
def filled(series: Event) -> Event:
    """A series with one of everything."""
    category = series.categories.create(name={"en": "C"})
    item = make_item(series, category=category)
    date = make_subevent(series)
    make_quota(series, size=5, items=[item], subevent=date)
    series.questions.create(identifier="Q", question={"en": "?"})
    series.tax_rules.create(name={"en": "T"}, rate=7)
    series.ticket_layouts.create(name="L")
    series.checkin_lists.create(name="L")
    series.revoked_secrets.create(secret="r")
    series.blocked_secrets.create(secret="b", blocked=True)
    make_order(series, items=[item])
    return series


def test_counts_that_nobody_wants_are_not_counted(
    api: Api, filled: Event, django_assert_max_num_queries: Any
) -> None:
    query = "exclude=checkin_count&exclude=position_count"
    with django_assert_max_num_queries(6):
        answer = api.get(at(filled, f"checkinlists/?{query}"))

    assert not {"checkin_count", "position_count"} & answer.json()["results"][0].keys()
