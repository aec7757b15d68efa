from __future__ import annotations

import uuid

import pytest

from apiclient import Api, at
from counterfoil.catalog.models import Event
from counterfoil.jobs.models import Job
from counterfoil.jobs.runner import run
from counterfoil.printing.models import RenderRequest
from makers import (
    make_event,
    make_item,
    make_layout,
    make_order,
    make_team,
    make_token,
    text_element,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def found(api: Api, event: Event) -> RenderRequest:
    """A print of a ticket whose layout shows an unknown variable."""
    make_layout(event, default=True, layout=[text_element(content="no_such_variable")])
    position = make_order(event, items=[make_item(event)]).positions.get()
    body = {"parts": [{"orderposition": position.pk}]}
    assert api.post(at(event, "ticketpdfrenderer/render_batch/"), json=body).status_code == 202
    return RenderRequest.objects.get()


def test_a_job_tells_how_it_stands_and_in_the_end_what_preflight_found(
    api: Api, event: Event, found: RenderRequest
) -> None:
    path = at(event, f"renderjobs/{found.pk}/")
    before = api.get(path).json()
    assert (before["id"], before["state"], before["preflight"]) == (str(found.pk), "waiting", None)
    assert before["progress"] == {"done": 0, "total": 1}

    run(found.pk)

    after = api.get(path).json()
    assert (after["state"], after["pages"], after["message"]) == ("done", 1, "")
    assert after["progress"] == {"done": 1, "total": 1}
    assert after["finished"].endswith("+01:00") or after["finished"].endswith("+02:00")
    (finding,) = after["preflight"]
    assert (finding["concern"], finding["pointer"], finding["count"]) == (
        "unknown_variable",
        "/0",
        1,
    )


def test_a_job_is_cancelled_once(api: Api, event: Event, found: RenderRequest) -> None:
    path = at(event, f"renderjobs/{found.pk}/")

    assert api.delete(path).status_code == 204
    assert Job.objects.get().state == Job.State.CANCELLED
    assert api.delete(path).status_code == 409
    assert api.get(path).json()["state"] == "cancelled"


def test_only_whoever_asked_sees_the_job(api: Api, event: Event, found: RenderRequest) -> None:
    other = Api(make_token(make_team(event.organizer))[1])

    assert other.get(at(event, f"renderjobs/{found.pk}/")).status_code == 404
    assert other.delete(at(event, f"renderjobs/{found.pk}/")).status_code == 404
    elsewhere = make_event(event.organizer)
    assert api.get(at(elsewhere, f"renderjobs/{found.pk}/")).status_code == 404
    assert api.get(at(event, f"renderjobs/{uuid.uuid4()}/")).status_code == 404
    assert api.get(at(event, "renderjobs/nonsense/")).status_code == 404
