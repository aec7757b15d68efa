from __future__ import annotations

import uuid

import pytest

from apiclient import Api, at
from batches.making import ask, work
from counterfoil.catalog.models import Event
from makers import make_event, make_item, make_team, make_token


@pytest.fixture
def reader(event: Event) -> Api:
    return Api(make_token(make_team(event.organizer, permissions=["event.orders:read"]))[1])


def test_a_batch_job_tells_how_it_stands(api: Api, event: Event) -> None:
    asked = ask(make_item(event), 4)
    before = api.get(at(event, f"batchjobs/{asked.pk}/")).json()

    batch = work(asked).batch
    after = api.get(at(event, f"batchjobs/{asked.pk}/")).json()

    assert list(before) == [
        "id", "state", "progress", "created", "started", "finished", "message", "batch",
    ]  # fmt: skip
    assert (before["state"], before["progress"]) == ("waiting", {"done": 0, "total": 4})
    assert (before["started"], before["finished"], before["batch"]) == (None, None, None)
    assert batch is not None
    assert (after["state"], after["batch"]) == ("done", batch.pk)
    assert after["progress"] == {"done": 4, "total": 4}


def test_a_failed_one_says_why(reader: Api, event: Event) -> None:
    asked = ask(make_item(event, quota=1), 4)
    work(asked)

    shown = reader.get(at(event, f"batchjobs/{asked.pk}/")).json()

    assert shown["state"] == "failed"
    assert "1 left" in shown["message"]


def test_it_can_be_called_off_until_it_is_over(api: Api, event: Event) -> None:
    asked = ask(make_item(event))
    path = at(event, f"batchjobs/{asked.pk}/")

    assert api.delete(path).status_code == 204
    assert api.delete(path).status_code == 409
    assert api.get(path).json()["state"] == "cancelled"


def test_a_batch_that_is_made_is_not_called_off(api: Api, event: Event) -> None:
    asked = ask(make_item(event))
    work(asked)

    assert api.delete(at(event, f"batchjobs/{asked.pk}/")).status_code == 409


def test_calling_off_needs_the_right_to_write(reader: Api, event: Event) -> None:
    asked = ask(make_item(event))

    assert reader.delete(at(event, f"batchjobs/{asked.pk}/")).status_code == 403


def test_jobs_of_other_events_do_not_exist(api: Api, event: Event) -> None:
    other = make_event(event.organizer)
    asked = ask(make_item(other))

    for name in (asked.pk, uuid.uuid4(), "nonsense"):
        assert api.get(at(event, f"batchjobs/{name}/")).status_code == 404
