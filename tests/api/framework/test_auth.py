"""Who is let in, in which words others are not."""

from __future__ import annotations

import pytest

from apiclient import Api, at
from counterfoil.accounts.services import deactivate_token, new_token
from counterfoil.catalog.models import Event
from makers import make_device, make_organizer, make_team, make_token

STOCK_401 = {"detail": "Authentication credentials were not provided."}


@pytest.mark.parametrize("header", [None, "Basic dTpw", "Bearer abc", "nonsense"])
def test_unknown_schemes_count_as_no_credentials(api: Api, event: Event, header) -> None:
    answer = api.get(at(event, "items/"), token=header)

    assert answer.status_code == 401
    assert answer.json() == STOCK_401
    assert answer["WWW-Authenticate"] == "Token"
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("Token", "Invalid token header. No credentials provided."),
        ("Token a b", "Invalid token header. Token string should not contain spaces."),
        ("Token unknown", "Invalid token."),
        ("Device unknown", "Invalid token."),
        ("Token \xff", "Invalid token header. Token string should not contain invalid characters."),
    ],
)
def test_bad_headers_are_refused_in_stock_words(api: Api, event: Event, header, text) -> None:
    answer = api.get(at(event, "items/"), token=header)

    assert answer.status_code == 401
    assert answer.json() == {"detail": text}


def test_the_scheme_is_understood_in_any_letter_case(api: Api, event: Event) -> None:
    assert api.token is not None

    answer = api.get(at(event, "items/"), token=api.token.replace("Token", "tOKEN"))

    assert answer.status_code == 200


def test_a_token_that_was_switched_off_is_told_so(api: Api, event: Event) -> None:
    token, raw = new_token(make_team(event.organizer), "Box office")
    deactivate_token(token)

    answer = api.get(at(event, "items/"), token=f"Token {raw}")

    assert answer.status_code == 401
    assert "switched off" in answer.json()["detail"]


def test_a_revoked_device_is_told_so_in_words_that_never_change(api: Api, event: Event) -> None:
    _, header = make_device(event.organizer, revoked=True)

    paths = ("/device/info", "/device/eventselection", "/version", "/upload", "/me", "/")
    for path in (*paths, at(event, "items/"), "/organizers/nobody/subevents/"):
        method = "POST" if path == "/upload" else "GET"
        answer = api.send(method, path, token=header, headers={"Accept-Language": "de"})

        assert answer.json() == {"detail": "Device access has been revoked."}
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] in ("Token", "Device")
    assert api.get("/version", token="Device nonsense").status_code == 403


def test_a_device_that_was_not_initialized_is_told_so(api: Api, event: Event) -> None:
    _, header = make_device(event.organizer, initialized=None)

    answer = api.get(at(event, "items/"), token=header)

    assert answer.status_code == 401
    assert "initialized" in answer.json()["detail"]


def test_without_credentials_unknown_paths_below_a_route_are_401(api: Api) -> None:
    assert api.get("/organizers/nope/events/", token=None).status_code == 401
    assert api.post("/organizers/nope/events/x/items/", json={}, token=None).status_code == 401


def test_foreign_and_missing_rows_are_the_same_403(api: Api, event: Event) -> None:
    stranger = make_token(make_team(make_organizer()))[1]
    paths = [
        at(event, "items/"),
        f"/organizers/nope/events/{event.slug}/items/",
        f"/organizers/{event.organizer.slug}/events/nope/items/",
        f"/organizers/{event.organizer.slug}/",
    ]

    answers = [api.get(path, token=stranger) for path in paths]

    assert {answer.status_code for answer in answers} == {403}
    assert {answer.content for answer in answers} == {
        b'{"detail":"You do not have permission to perform this action."}'
    }


def test_a_token_of_another_event_does_not_see_this_one(api: Api, event: Event) -> None:
    team = make_team(event.organizer, all_events=False)
    _, header = make_token(team)

    assert api.get(at(event, "items/"), token=header).status_code == 403
    team.limit_events.add(event)
    assert api.get(at(event, "items/"), token=header).status_code == 200


def test_the_permission_is_asked_for_before_the_method(api: Api, event: Event) -> None:
    _, reader = make_token(make_team(event.organizer, permissions=["event.orders:read"]))

    assert api.put(at(event, "items/"), json={}, token=reader).status_code == 403
    assert api.put(at(event, "items/"), json={}).status_code == 405


def test_the_permission_is_asked_for_before_the_body_is_read(api: Api, event: Event) -> None:
    _, reader = make_token(make_team(event.organizer, permissions=[]))

    answer = api.post(at(event, "items/"), content=b"{", token=reader)

    assert answer.status_code == 403


def test_a_device_may_call_only_what_its_profile_lists(api: Api, event: Event) -> None:
    _, header = make_device(event.organizer, security_profile="pretixscan")

    assert api.get(at(event, "items/"), token=header).status_code == 200
    refused = api.get(at(event, "quotas/"), token=header)

    assert refused.status_code == 403
    assert "security profile" in refused.json()["detail"]


def test_an_unknown_profile_allows_only_what_keeps_a_device_alive(api: Api, event: Event) -> None:
    _, header = make_device(event.organizer, security_profile="something_else")

    assert api.get("/version", token=header).status_code == 200
    assert api.get(at(event, "items/"), token=header).status_code == 403


def test_words_follow_the_language_that_the_client_asks_for(api: Api, event: Event) -> None:
    answer = api.get(at(event, "items/"), token=None, headers={"Accept-Language": "de"})

    assert answer["Content-Language"] == "de"
    assert answer.json() == {"detail": "Anmeldedaten fehlen."}
