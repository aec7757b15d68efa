"""What a client asks about the service itself."""

from __future__ import annotations

from apiclient import Api
from makers import make_device


def test_the_version_is_told_to_whoever_has_credentials(api: Api) -> None:
    answer = api.get("/version")

    assert answer.status_code == 200
    assert answer.json() == {"pretix": "2026.8.0", "pretix_numeric": 20260080005000}
    assert answer["Content-Type"] == "application/json"
    assert answer["Vary"] == "Accept-Language, Cookie, Host"
    assert answer["Content-Language"] == "en"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_the_version_without_credentials_is_forbidden_and_asks_for_nothing(api: Api) -> None:
    answer = api.get("/version", token=None)

    assert answer.status_code == 403
    assert answer.json() == {"detail": "Authentication credentials were not provided."}
    assert "WWW-Authenticate" not in answer


def test_a_device_is_told_who_it_is(api: Api, event) -> None:
    _, header = make_device(event.organizer, name="North gate")

    answer = api.get("/me", token=header)

    assert answer.json() == {
        "type": "device",
        "name": "North gate",
        "organizer": event.organizer.slug,
    }
