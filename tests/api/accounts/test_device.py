"""What a device asks for itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apiclient import Api
from counterfoil.accounts.devices import create_device
from counterfoil.accounts.models import Device, IdempotencyRecord
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from gate import make_list
from makers import make_device, make_event, make_subevent

FACTS = {
    "hardware_brand": "Acme",
    "hardware_model": "S1",
    "software_brand": "pretixSCAN",
    "software_version": "2.20.0",
}
ANYBODY = Api(None)
REQUIRED = ["This field is required."]


@pytest.fixture
def announced(event: Event) -> Device:
    return create_device(organizer=event.organizer, name="Gate", all_events=True)


def initialize(token: str, **given: Any) -> Any:
    return ANYBODY.post("/device/initialize", json={"token": token, **FACTS, **given})


def test_a_device_initializes_itself_without_credentials(announced: Device) -> None:
    answer = initialize(announced.initialization_token, os_name="Android", info={"a": 1})

    assert answer.status_code == 200
    access = answer.json()
    assert list(access) == [
        "organizer",
        "device_id",
        "unique_serial",
        "api_token",
        "name",
        "security_profile",
        "gate",
    ]
    assert Api(f"Device {access['api_token']}").get("/device/info").status_code == 200
    announced.refresh_from_db()
    assert (announced.os_name, announced.info) == ("Android", {"a": 1})


def test_an_initialization_without_anything_lacks_five_fields(db: None) -> None:
    answer = ANYBODY.post("/device/initialize", json={})

    assert answer.status_code == 400
    assert answer.json() == dict.fromkeys(["token", *FACTS], REQUIRED)


def test_used_unknown_and_revoked_tokens_are_refused(announced: Device) -> None:
    initialize(announced.initialization_token)
    revoked = create_device(organizer=announced.organizer, name="Lost")
    Device.objects.filter(pk=revoked.pk).update(revoked=True)

    for token in (announced.initialization_token, "unknown", revoked.initialization_token):
        answer = initialize(token)
        assert answer.status_code == 400
        assert list(answer.json()) == ["token"]


def test_a_device_is_told_about_itself_and_the_server(event: Event) -> None:
    device, token = make_device(event.organizer)

    body = Api(token).get("/device/info").json()

    assert list(body) == ["device", "server", "medium_key_sets"]
    assert body["device"]["api_token"] == token.removeprefix("Device ")
    assert body["device"]["device_id"] == device.device_id
    assert body["server"]["version"]["pretix_numeric"] >= 20230000000000


def test_a_token_of_a_team_is_no_device(api: Api) -> None:
    answer = api.get("/device/info")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Device"
    assert answer.json() == {"detail": "Authentication credentials were not provided."}


def test_a_device_tells_what_it_runs_now(event: Event) -> None:
    device, token = make_device(event.organizer)

    answer = Api(token).post("/device/update", json={**FACTS, "software_version": "3.0"})

    assert answer.json()["api_token"] == token.removeprefix("Device ")
    device.refresh_from_db()
    assert device.software_version == "3.0"
    missing_permissions = Api(token).post("/device/update", json={})
    assert missing_permissions.json() == dict.fromkeys(FACTS, REQUIRED)


def test_what_a_device_runs_now_is_in_the_log(event: Event) -> None:
    device, token = make_device(event.organizer)

    Api(token).post("/device/update", json=FACTS)

    entry = LogEntry.objects.get(action="counterfoil.device.changed")
    assert (entry.organizer, entry.device, entry.object_id) == (
        event.organizer,
        device,
        str(device.pk),
    )


def test_a_rolled_token_replaces_the_old_one_at_once(event: Event) -> None:
    _device, old = make_device(event.organizer)

    new = Api(old).post("/device/roll").json()["api_token"]

    assert Api(old).get("/device/info").status_code == 401
    assert Api(f"Device {new}").get("/device/info").status_code == 200


def test_a_device_gives_up_its_access(event: Event) -> None:
    _device, token = make_device(event.organizer)

    assert Api(token).post("/device/revoke").status_code == 200
    assert Api(token).get("/device/info").status_code == 401


@pytest.mark.parametrize("action", ["roll", "update", "revoke"])
def test_answers_with_a_token_are_never_kept(event: Event, action: str) -> None:
    _device, token = make_device(event.organizer)

    headers = {"X-Idempotency-Key": "k"}
    Api(token).post(f"/device/{action}", json=FACTS, headers=headers)

    assert not IdempotencyRecord.objects.exists()


def test_a_profile_keeps_a_scanner_to_scanning(event: Event) -> None:
    _device, token = make_device(event.organizer, security_profile="pretixscan")
    scanner = Api(token)
    base = f"/organizers/{event.organizer.slug}/events/{event.slug}"

    for allowed in ("checkinlists/", "items/", "badgelayouts/", "revokedsecrets/"):
        assert scanner.get(f"{base}/{allowed}").status_code == 200
    printed = scanner.post(f"{base}/orderpositions/999/printlog/", json={"source": "x"})
    assert printed.status_code == 404  # allowed, and no such ticket
    assert scanner.get(f"{base}/quotas/").status_code == 403
    assert scanner.get(f"{base}/ticketlayouts/").status_code == 403
    assert scanner.get("/device/info").status_code == 200


def select(token: str, **current: Any) -> Any:
    query = "&".join(f"current_{key}={value}" for key, value in current.items())
    return Api(token).get(f"/device/eventselection?{query}")


def in_hours(hours: float) -> Any:
    return clock.now() + timedelta(hours=hours)


def test_a_device_is_sent_to_what_runs_now(event: Event) -> None:
    _device, token = make_device(event.organizer)
    make_event(event.organizer, date_from=in_hours(-200), date_to=in_hours(-190))
    running = make_event(event.organizer, date_from=in_hours(-2), date_to=in_hours(2))
    checkin_list = make_list(running)

    answer = select(token)

    assert answer.json() == {
        "event": {"slug": running.slug, "name": running.name["en"]},
        "subevent": None,
        "checkinlist": checkin_list.pk,
    }
    current = {"event": running.slug, "checkinlist": checkin_list.pk}
    assert select(token, **current).status_code == 304


def test_a_device_at_a_running_event_is_not_sent_to_a_later_one(event: Event) -> None:
    _device, token = make_device(event.organizer)
    first = make_event(event.organizer, date_from=in_hours(-3), date_to=in_hours(2))
    later = make_event(event.organizer, date_from=in_hours(-1), date_to=in_hours(2))

    assert select(token, event=first.slug).status_code == 304
    assert select(token).json()["event"]["slug"] == later.slug


def test_a_device_is_sent_to_the_date_of_a_series(event: Event) -> None:
    _device, token = make_device(event.organizer)
    series = make_event(event.organizer, has_subevents=True, date_from=in_hours(-100))
    make_subevent(series, date_from=in_hours(-26), date_to=in_hours(-20))
    tonight = make_subevent(series, date_from=in_hours(0.5))
    make_list(series, name="All dates")
    own = make_list(series, subevent=tonight)

    answer = select(token, event=series.slug, subevent=1, checkinlist="x")

    assert answer.json()["subevent"] == tonight.pk
    assert answer.json()["checkinlist"] == own.pk


def test_what_comes_next_is_better_than_what_is_over(event: Event) -> None:
    _device, token = make_device(event.organizer)
    make_event(event.organizer, date_from=in_hours(-48), date_to=in_hours(-40))
    soon = make_event(event.organizer, date_from=in_hours(48))

    assert select(token).json()["event"]["slug"] == soon.slug


def test_a_device_without_events_is_sent_nowhere(event: Event) -> None:
    _device, token = make_device(event.organizer, all_events=False)

    assert select(token).status_code == 404
