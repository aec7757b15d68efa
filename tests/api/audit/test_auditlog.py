"""Who did what in an organizer, over the API."""

from __future__ import annotations

import pytest

from apiclient import Api, at
from counterfoil.catalog.models import Event
from makers import make_event, make_team, make_token


def log(event: Event) -> str:
    return f"/organizers/{event.organizer.slug}/auditlog/"


def test_changes_are_told_newest_first(api: Api, event: Event) -> None:
    made = api.post(at(event, "categories/"), json={"name": "A"}).json()
    api.patch(at(event, f"categories/{made['id']}/"), json={"position": 3})
    api.delete(at(event, f"categories/{made['id']}/"))

    entries = api.get(log(event)).json()["results"]

    assert [entry["action"] for entry in entries] == [
        "counterfoil.category.deleted",
        "counterfoil.category.changed",
        "counterfoil.category.added",
    ]
    assert {entry["event"] for entry in entries} == {event.slug}
    assert entries[1]["data"] == {"position": 3}
    assert entries[1]["who"] == "token"
    assert entries[0]["object"] == "A"


def test_changes_are_filtered(api: Api, event: Event) -> None:
    api.post(at(event, "categories/"), json={"name": "A"})
    api.post(at(event, "taxrules/"), json={"name": "A", "rate": 1})

    def count(query: str) -> int:
        found: int = api.get(f"{log(event)}?{query}").json()["count"]
        return found

    assert count("kind=category") == 1
    assert count("action=counterfoil.taxrule.added") == 1
    assert count(f"event={event.slug}") == 2
    assert count("event=other") == 0
    assert count("since=2090-01-01T00:00:00Z") == 0
    assert count("before=2090-01-01T00:00:00Z") == 2


def test_the_log_is_the_organizers(api: Api, event: Event) -> None:
    _, reader = make_token(make_team(event.organizer, permissions=["event.items:write"]))

    assert api.get(log(event), token=reader).status_code == 403
    assert api.post(log(event), json={}).status_code == 405


@pytest.mark.parametrize("size", [1, 50])
def test_listing_the_log_costs_the_same_for_any_number(
    api: Api, event: Event, size, django_assert_num_queries
) -> None:
    other = make_event(event.organizer)
    for number in range(size):
        api.post(at(other if number % 2 else event, "categories/"), json={"name": "A"})

    with django_assert_num_queries(4):
        answer = api.get(log(event))

    assert len(answer.json()["results"]) == size
