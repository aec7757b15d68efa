"""Devices: announced, set up by a code that pretix's apps read, revoked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import zxingcpp
from django.test import Client
from PIL import Image, ImageDraw
from pytest_django.fixtures import Settings

from counterfoil.accounts.models import Device
from counterfoil.accounts.permissions import DEVICE_PROFILES
from counterfoil.api.framework.device_profiles import PROFILES
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from makers import make_device, make_user
from pageclient import signed_in


@pytest.fixture
def path(event: Event) -> str:
    return f"/organizers/{event.organizer.slug}/devices/"


def code_on(page: str) -> str:
    """What a scanner reads from the drawing on a page."""
    size = int(re.search(r'viewBox="0 0 (\d+) ', page)[1])  # type: ignore[index]
    picture = Image.new("L", (size * 8, size * 8), 255)
    drawing = ImageDraw.Draw(picture)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", page):
        left, top, right = int(x) * 8, int(y) * 8, (int(x) + int(length)) * 8
        drawing.rectangle((left, top, right - 1, top + 7), fill=0)
    found: str = zxingcpp.read_barcodes(picture)[0].text
    return found


def test_every_profile_of_the_api_can_be_chosen() -> None:
    assert {name for name, _words in DEVICE_PROFILES} == {"full", *PROFILES}


def test_a_device_is_announced(pages: Client, event: Event, path: str) -> None:
    answer = pages.post(
        f"{path}add/",
        {"name": "North gate", "limit_events": [event.pk], "security_profile": "pretixscan"},
    )

    device = Device.objects.get()
    assert answer["Location"] == f"{path}{device.device_id}/"
    assert list(device.limit_events.all()) == [event]
    assert LogEntry.objects.get().action == "counterfoil.device.added"


def test_its_code_is_what_the_apps_expect(
    pages: Client, event: Event, path: str, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://tickets.example.org/"
    device, _header = make_device(event.organizer, initialized=None)

    page = pages.get(f"{path}{device.device_id}/").content.decode()

    assert json.loads(code_on(page)) == {
        "handshake_version": 1,
        "url": "https://tickets.example.org",
        "token": device.initialization_token,
    }


def test_the_code_is_gone_when_the_device_is_set_up(pages: Client, event: Event, path: str) -> None:
    device, _header = make_device(event.organizer)

    page = pages.get(f"{path}{device.device_id}/").content.decode()

    assert device.initialization_token not in page
    assert "pretixSCAN" in page
    assert "Acme" in page


def test_who_may_only_look_does_not_see_the_code(event: Event, path: str) -> None:
    device, _header = make_device(event.organizer, initialized=None)
    viewer = signed_in(make_user(event.organizer, permissions=["organizer.devices:read"]))

    answer = viewer.get(f"{path}{device.device_id}/")

    assert answer.status_code == 200
    assert device.initialization_token not in answer.content.decode()
    assert viewer.get(f"{path}add/").status_code == 403
    assert viewer.post(f"{path}{device.device_id}/revoke/").status_code == 403


def test_a_device_is_changed(pages: Client, event: Event, path: str) -> None:
    device, _header = make_device(event.organizer)

    sent = {"name": "South", "all_events": "on", "security_profile": "full"}
    pages.post(f"{path}{device.device_id}/edit/", sent)

    device.refresh_from_db()
    assert (device.name, device.all_events) == ("South", True)


def test_a_device_is_revoked_for_good(pages: Client, event: Event, path: str) -> None:
    device, _header = make_device(event.organizer)

    assert pages.get(f"{path}{device.device_id}/revoke/").status_code == 200
    pages.post(f"{path}{device.device_id}/revoke/")

    device.refresh_from_db()
    assert device.revoked
    assert LogEntry.objects.get().action == "counterfoil.device.revoked"


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"all_events": ""}, {"security_profile": "x"}, {"limit_events": ["x"]}],
)
def test_a_device_that_is_wrong_is_not_made(pages: Client, path: str, wrong: Any) -> None:
    sent = {"name": "x", "all_events": "on", "security_profile": "full", **wrong}

    assert pages.post(f"{path}add/", sent).status_code == 422
    assert not Device.objects.exists()


def test_nobody_lets_a_device_into_events_that_they_do_not_see(event: Event, path: str) -> None:
    user = make_user(event.organizer)
    user.teams.update(all_events=False)
    sent = {"name": "x", "all_events": "on", "security_profile": "full"}

    answer = signed_in(user).post(f"{path}add/", sent)

    assert answer.status_code == 422
    assert "events that you do not see yourself" in answer.content.decode()
    assert not Device.objects.exists()


def test_devices_are_found_by_name(pages: Client, event: Event, path: str) -> None:
    make_device(event.organizer, name="North gate")
    make_device(event.organizer, name="South gate")

    page = pages.get(f"{path}?q=north").content.decode()

    assert "North gate" in page
    assert "South gate" not in page
    assert pages.get(f"{path}?q=%00").status_code == 200


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_costs_the_same_for_any_number(
    pages: Client, event: Event, path: str, number: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(number):
        make_device(event.organizer)

    with django_assert_max_num_queries(12):
        assert pages.get(path).status_code == 200


def test_an_address_that_no_phone_reaches_is_warned_of_and_the_page_moves_on(
    pages: Client, event: Event
) -> None:
    device, _key = make_device(event.organizer, initialized=None)
    path = f"/organizers/{event.organizer.slug}/devices/{device.device_id}/"

    here = pages.get(path, headers={"Host": "localhost:8000"}).text
    there = pages.get(path, headers={"Host": "192.168.1.20:8000"}).text
    waiting = pages.get(path, headers={"HX-Request": "true"})
    device.initialized = clock.now()
    device.save()
    ready = pages.get(path, headers={"HX-Request": "true"})

    assert "No phone reaches" in here
    assert "No phone reaches" not in there
    assert ("HX-Refresh" in waiting.headers, "HX-Refresh" in ready.headers) == (False, True)
