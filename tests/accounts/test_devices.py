"""Devices: announced, initialized once, renewed, revoked."""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.accounts import devices
from counterfoil.accounts.models import Device
from counterfoil.accounts.queries import device_of
from counterfoil.accounts.services import hash_token
from counterfoil.catalog.models import Organizer
from counterfoil.core.refusals import Conflict, Invalid
from makers import make_event, make_organizer

FACTS = {
    "hardware_brand": "Acme",
    "hardware_model": "S1",
    "software_brand": "pretixSCAN",
    "software_version": "2.20.0",
}


@pytest.fixture
def organizer(db: None) -> Organizer:
    return make_organizer()


def announce(organizer: Organizer, **given: Any) -> Device:
    return devices.create_device(organizer=organizer, **{"name": "Gate", **given})


def test_devices_are_numbered_in_their_organizer(organizer: Organizer) -> None:
    first, second = announce(organizer), announce(organizer)
    elsewhere = announce(make_organizer())

    assert [first.device_id, second.device_id, elsewhere.device_id] == [1, 2, 1]
    assert first.unique_serial != second.unique_serial
    assert first.initialization_token != second.initialization_token


def test_a_device_gets_its_token_by_showing_the_initialization_token(organizer: Organizer) -> None:
    device = announce(organizer)

    initialized, raw = devices.initialize_device(token=device.initialization_token, facts=FACTS)

    assert initialized == device_of(raw)
    assert initialized.initialized is not None
    assert initialized.hardware_model == "S1"
    assert initialized.token_hash == hash_token(raw)


def test_an_initialization_token_works_once(organizer: Organizer) -> None:
    token = announce(organizer).initialization_token
    devices.initialize_device(token=token, facts=FACTS)

    with pytest.raises(Invalid, match="already been used"):
        devices.initialize_device(token=token, facts=FACTS)


def test_a_revoked_device_is_never_initialized(organizer: Organizer) -> None:
    device = announce(organizer)
    devices.revoke_device(device=device)

    with pytest.raises(Invalid, match="revoked"):
        devices.initialize_device(token=device.initialization_token, facts=FACTS)


def test_an_unknown_initialization_token_is_refused(organizer: Organizer) -> None:
    with pytest.raises(Invalid, match="Unknown"):
        devices.initialize_device(token="x", facts=FACTS)


def test_the_old_token_dies_when_a_new_one_is_made(organizer: Organizer) -> None:
    device, old = devices.initialize_device(
        token=announce(organizer).initialization_token, facts=FACTS
    )

    new = devices.roll_device(device=device)

    assert device_of(old) is None
    assert device_of(new) == device


def test_of_two_rolls_at_once_one_is_told_to_look_again(organizer: Organizer) -> None:
    device, _raw = devices.initialize_device(
        token=announce(organizer).initialization_token, facts=FACTS
    )
    stale = Device.objects.get(pk=device.pk)
    devices.roll_device(device=device)

    with pytest.raises(Conflict):
        devices.roll_device(device=stale)


def test_a_device_tells_what_it_runs_now(organizer: Organizer) -> None:
    device = announce(organizer)

    devices.update_device(device=device, facts={**FACTS, "software_version": "2.21.0"})

    device.refresh_from_db()
    assert device.software_version == "2.21.0"


def test_a_device_sees_the_events_it_was_given(organizer: Organizer) -> None:
    event = make_event(organizer)
    device = announce(organizer)

    devices.change_device(device=device, fields={"limit_events": [event], "name": "Side door"})

    assert list(device.limit_events.all()) == [event]
    assert Device.objects.get().name == "Side door"


def test_events_of_others_cannot_be_given(organizer: Organizer) -> None:
    with pytest.raises(Invalid, match="limit_events"):
        announce(organizer, limit_events=[make_event()])


def test_revoking_is_for_good(organizer: Organizer) -> None:
    device = announce(organizer)
    devices.change_device(device=device, fields={"revoked": True})

    with pytest.raises(Conflict):
        devices.change_device(device=device, fields={"revoked": False})
