"""What was changed, by whom, and when a kind of object changed last."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from counterfoil.accounts.actors import DeviceActor, TokenActor, UserActor
from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from counterfoil.audit.queries import entries_of, last_change
from counterfoil.audit.services import record
from counterfoil.catalog.models import Event
from makers import make_device, make_event, make_quota, make_team, make_token


@pytest.fixture
def event(db: None) -> Event:
    return make_event()


def test_an_entry_tells_what_was_done_to_what(event: Event) -> None:
    quota = make_quota(event, size=1, items=[], name="Hall")

    entry = record(
        actor=None, action="counterfoil.quota.changed", obj=quota, event=event, data={"size": 1}
    )

    assert (entry.kind, entry.object_id, entry.object_repr) == ("quota", str(quota.pk), "Hall")
    assert (entry.event, entry.organizer) == (event, event.organizer)
    assert entry.data == {"size": 1}
    assert entry.actor == ""
    assert "counterfoil.quota.changed" in str(entry)


def test_an_entry_tells_who_did_it(event: Event) -> None:
    token, _ = make_token(make_team(event.organizer))
    device, _ = make_device(event.organizer)
    user = User.objects.create_user("ann@example.org")

    by_token = record(actor=TokenActor(token), action="a.event.b", obj=event, event=event)
    by_device = record(actor=DeviceActor(device), action="a.event.b", obj=event, event=event)
    by_user = record(actor=UserActor(user), action="a.event.b", obj=event, event=event)

    assert (by_token.token, by_token.actor) == (token, f"token:{token.pk}")
    assert (by_device.device, by_device.actor) == (device, f"device:{device.pk}")
    assert (by_user.user, by_user.actor) == (user, f"user:{user.pk}")


def test_the_last_change_is_that_of_its_kind_and_event(event: Event) -> None:
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    record(actor=None, action="counterfoil.quota.changed", obj=event, event=event)
    LogEntry.objects.update(datetime=moment)
    record(actor=None, action="counterfoil.item.changed", obj=event, event=event)
    record(actor=None, action="counterfoil.quota.changed", obj=event, event=make_event())

    assert last_change(event, "quota") == moment
    assert last_change(event, "category") is None


def test_entries_outlive_what_they_are_about(event: Event) -> None:
    organizer = event.organizer
    record(actor=None, action="counterfoil.event.deleted", obj=event, event=event)

    event.delete()

    entry = entries_of(organizer).get()
    assert entry.event is None
    assert entry.object_repr == str(event)


def test_long_names_are_cut(event: Event) -> None:
    quota = make_quota(event, size=1, items=[])
    quota.name = "x" * 300

    entry = record(actor=None, action="counterfoil.quota.changed", obj=quota, event=event)

    assert len(entry.object_repr) == 255
