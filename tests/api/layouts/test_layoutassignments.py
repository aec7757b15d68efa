from __future__ import annotations

from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.catalog.models import Event
from counterfoil.layouts.models import TicketLayoutItem
from makers import make_event, make_item, make_layout, make_team, make_token


@pytest.fixture
def body(event: Event) -> dict[str, Any]:
    return {
        "layout": make_layout(event).pk,
        "item": make_item(event).pk,
        "sales_channel": "web",
    }


def test_an_assignment_is_made_listed_and_removed(
    api: Api, event: Event, body: dict[str, Any]
) -> None:
    made = api.post(at(event, "layoutassignments/"), json=body)
    assert made.status_code == 201
    shown = {"id": TicketLayoutItem.objects.get().pk, **body}
    assert made.json() == shown

    for resource in ("ticketlayoutitems", "layoutassignments"):
        assert api.get(at(event, f"{resource}/")).json()["results"] == [shown]
        assert api.get(at(event, f"{resource}/{shown['id']}/")).json() == shown

    path = at(event, f"layoutassignments/{shown['id']}/")
    assert api.delete(path).status_code == 204
    assert api.delete(path).status_code == 404


def test_a_second_layout_for_a_product_and_channel_is_refused(
    api: Api, event: Event, body: dict[str, Any]
) -> None:
    api.post(at(event, "layoutassignments/"), json=body)

    again = api.post(
        at(event, "layoutassignments/"), json={**body, "layout": make_layout(event).pk}
    )

    assert (again.status_code, list(again.json())) == (400, ["non_field_errors"])


@pytest.mark.parametrize("field", ["layout", "item"])
def test_rows_of_other_events_do_not_exist(
    api: Api, event: Event, body: dict[str, Any], field: str
) -> None:
    other = make_event(event.organizer)
    foreign = {"layout": make_layout(other).pk, "item": make_item(other).pk}

    answer = api.post(at(event, "layoutassignments/"), json={**body, field: foreign[field]})

    assert answer.json() == {field: [f'Invalid pk "{foreign[field]}" - object does not exist.']}


@pytest.mark.parametrize("channel", ["moon", 5])
def test_unknown_channels_do_not_exist(
    api: Api, event: Event, body: dict[str, Any], channel: object
) -> None:
    answer = api.post(at(event, "layoutassignments/"), json={**body, "sales_channel": channel})

    assert answer.json() == {"sales_channel": [f"Object with identifier={channel} does not exist."]}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_pretixs_resource_is_read_only(api: Api, event: Event, method: str) -> None:
    answer = api.send(method, at(event, "ticketlayoutitems/"), json={})

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_making_one_needs_the_permission(event: Event, body: dict[str, Any]) -> None:
    reader = Api(make_token(make_team(event.organizer, permissions=[]))[1])

    assert reader.get(at(event, "layoutassignments/")).status_code == 200
    assert reader.post(at(event, "layoutassignments/"), json=body).status_code == 403
