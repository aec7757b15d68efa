from __future__ import annotations

from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.core import clock
from counterfoil.orders.models import OrderPosition
from makers import make_event, make_item, make_order, make_position, make_subevent, make_variation


def _found(api: Api, event: Event, query: str) -> list[str]:
    answer = api.get(at(event, f"orderpositions/?{query}"))
    assert answer.status_code == 200, answer.json()
    return [f"{row['order']}-{row['positionid']}" for row in answer.json()["results"]]


def _position(event: Event, code: str, positionid: int = 1) -> OrderPosition:
    return OrderPosition.objects.get(order__event=event, order__code=code, positionid=positionid)


def test_tickets_are_found_by_what_they_are(api: Api, event: Event) -> None:
    item, other = make_item(event), make_item(event)
    row = make_variation(other)
    make_order(event, items=[item], code="AAAAA", email="jane@example.org")
    second = make_order(event, items=[], code="BBBBB", status="n")
    parent = make_position(
        second, other, variation=row, attendee_name_parts={"full_name": "Max Muster"}
    )
    make_position(second, item, positionid=2, addon_to=parent, company="Acme")
    first = _position(event, "AAAAA")
    scanned = CheckinList.objects.create(event=event, name="Gate")
    Checkin.objects.create(list=scanned, position=first, datetime=clock.now())
    Checkin.objects.create(
        list=scanned, position=parent, datetime=clock.now(), successful=False, error_reason="unpaid"
    )

    expected = {
        "": ["AAAAA-1", "BBBBB-1", "BBBBB-2"],
        "order=AAAAA": ["AAAAA-1"],
        "order__in=AAAAA,BBBBB": ["AAAAA-1", "BBBBB-1", "BBBBB-2"],
        "order__status=n": ["BBBBB-1", "BBBBB-2"],
        "order__status__in=p,e": ["AAAAA-1"],
        f"item={item.pk}": ["AAAAA-1", "BBBBB-2"],
        f"item__in={item.pk},{other.pk}": ["AAAAA-1", "BBBBB-1", "BBBBB-2"],
        f"variation={row.pk}": ["BBBBB-1"],
        f"secret={first.secret}": ["AAAAA-1"],
        f"pseudonymization_id={first.pseudonymization_id}": ["AAAAA-1"],
        f"addon_to={parent.pk}": ["BBBBB-2"],
        "positionid=2": ["BBBBB-2"],
        "has_checkin=true": ["AAAAA-1"],
        "has_checkin=false": ["BBBBB-1", "BBBBB-2"],
        "has_checkin=": ["AAAAA-1", "BBBBB-1", "BBBBB-2"],
        "attendee_name=muster": ["BBBBB-1"],
        "search=jane": ["AAAAA-1"],
        "search=acme": ["BBBBB-2"],
        "ordering=-order__code": ["BBBBB-1", "BBBBB-2", "AAAAA-1"],
    }

    assert {query: _found(api, event, query) for query in expected} == expected


def test_tickets_of_a_date_are_found_by_it(api: Api, event: Event) -> None:
    series = make_event(event.organizer, has_subevents=True)
    item = make_item(series)
    order = make_order(series, items=[], code="AAAAA")
    dates = [make_subevent(series), make_subevent(series)]
    for number, date in enumerate(dates, start=1):
        make_position(order, item, positionid=number, subevent=date)

    assert _found(api, series, f"subevent={dates[1].pk}") == ["AAAAA-2"]
    assert len(_found(api, series, f"subevent__in={dates[0].pk},{dates[1].pk}")) == 2


def test_canceled_tickets_are_hidden(api: Api, event: Event) -> None:
    item = make_item(event)
    make_order(event, items=[item], code="CANCX", status="c")
    part = make_order(event, items=[item], code="PARTX")
    gone = make_position(part, item, positionid=2, canceled=True)

    assert _found(api, event, "") == ["PARTX-1"]
    assert len(_found(api, event, "include_canceled_positions=true")) == 3
    assert api.get(at(event, f"orderpositions/{gone.pk}/")).status_code == 404


def test_a_ticket_is_shown_alone(api: Api, event: Event) -> None:
    item = make_item(event)
    make_order(event, items=[item], code="AAAAA")
    position = _position(event, "AAAAA")

    shown = api.get(at(event, f"orderpositions/{position.pk}/?pdf_data=true")).json()

    assert (shown["order"], shown["secret"]) == ("AAAAA", position.secret)
    assert shown["pdf_data"]["order"] == "AAAAA"
    assert shown["downloads"][0]["url"].endswith(f"/orderpositions/{position.pk}/download/pdf/")


def test_a_ticket_with_a_variation_has_pdf_data_too(api: Api, event: Event) -> None:
    item = make_item(event)
    order = make_order(event, items=[], code="AAAAA")
    make_position(order, item, variation=make_variation(item, value={"en": "Front row"}))

    shown = api.get(at(event, "orderpositions/?pdf_data=true")).json()["results"][0]

    assert "Front row" in shown["pdf_data"].values()


def test_fields_can_be_left_out(api: Api, event: Event) -> None:
    make_order(event, items=[make_item(event)])

    shown = api.get(at(event, "orderpositions/?include=secret&include=order")).json()["results"][0]

    assert list(shown) == ["order", "secret"]


@pytest.mark.parametrize("size", [1, 50])
@pytest.mark.parametrize("query", ["", "?pdf_data=true"])
def test_a_list_costs_the_same_for_any_number(
    api: Api, event: Event, django_assert_max_num_queries: Any, size: int, query: str
) -> None:
    item = make_item(event)
    for number in range(size):
        make_order(event, items=[item], code=f"A{number:04}")

    with django_assert_max_num_queries(17 if query else 9):
        assert len(api.get(at(event, f"orderpositions/{query}")).json()["results"]) == size


def test_a_filter_that_cannot_be_read_is_refused(api: Api, event: Event) -> None:
    for query in ("has_checkin=maybe", "item=x", "item__in=1,x"):
        answer = api.get(at(event, f"orderpositions/?{query}"))

        assert (answer.status_code, list(answer.json())) == (400, [query.split("=")[0]])
