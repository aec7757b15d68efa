from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.files import services as files
from counterfoil.jobs.models import Job
from counterfoil.printing.models import RenderRequest
from makers import make_device, make_item, make_order, make_team, make_token

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def found(api: Api, event: Event) -> RenderRequest:
    """A print that was asked for and not begun."""
    position = make_order(event, items=[make_item(event)]).positions.get()
    body = {"parts": [{"orderposition": position.pk}]}
    assert api.post(at(event, "ticketpdfrenderer/render_batch/"), json=body).status_code == 202
    return RenderRequest.objects.get()


@pytest.fixture
def finished(found: RenderRequest) -> RenderRequest:
    """A print whose result is there."""
    name = f"{found.pk}.1.pdf"
    with files.publish("results", name) as stream:
        stream.write(CONTENT)
    change(
        found,
        state=Job.State.DONE,
        result_file=f"results/{name}",
        expires=clock.now() + timedelta(hours=1),
    )
    return found


def change(found: RenderRequest, **columns: Any) -> None:
    Job.objects.filter(pk=found.pk).update(**columns)


def path_of(found: RenderRequest) -> str:
    return at(found.event, f"ticketpdfrenderer/download/{found.pk}/{found.file_id}/")


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def etag_of(api: Api, found: RenderRequest) -> str:
    answer = api.send("HEAD", path_of(found))
    assert body_of(answer) == b""
    return str(answer["ETag"])


def test_a_finished_file_is_served_whole_and_as_often_as_wanted(
    api: Api, finished: RenderRequest
) -> None:
    for _ in range(2):
        answer = api.get(path_of(finished))

        assert (answer.status_code, body_of(answer)) == (200, CONTENT)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Length"] == str(len(CONTENT))
        assert answer["Accept-Ranges"] == "bytes"
        assert answer["Content-Disposition"] == (
            f'attachment; filename="{finished.event.slug}.pdf"'
        )


@pytest.mark.parametrize("accept", ["application/pdf", "*/*", "application/json"])
def test_every_client_gets_the_pdf(api: Api, finished: RenderRequest, accept: str) -> None:
    assert body_of(api.get(path_of(finished), headers={"Accept": accept})) == CONTENT


def test_head_tells_the_size_without_the_file(api: Api, finished: RenderRequest) -> None:
    answer = api.send("HEAD", path_of(finished))

    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(CONTENT)))
    assert body_of(answer) == b""


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=1000-", 1000, 1023),
        ("bytes=1000-9999", 1000, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=-9999", 0, 1023),
    ],
)
def test_a_range_is_served(
    api: Api, finished: RenderRequest, asked: str, first: int, last: int
) -> None:
    answer = api.get(path_of(finished), headers={"Range": asked})

    assert (answer.status_code, body_of(answer)) == (206, CONTENT[first : last + 1])
    assert answer["Content-Range"] == f"bytes {first}-{last}/1024"
    assert answer["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_behind_the_end_is_told_so(api: Api, finished: RenderRequest, asked: str) -> None:
    answer = api.get(path_of(finished), headers={"Range": asked})

    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */1024")
    assert answer["Content-Type"] == "application/json"
    assert answer.content == b'{"detail":"The file has 1024 bytes."}'


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=5-2",
        "lines=1-2",
        "bytes=-",
        "bytes=a-b",
        "bytes=0-1,4-5",
        f"bytes={'1' * 5000}-",
        f"bytes=-{'1' * 5000}",
    ],
)
def test_what_is_no_single_range_gets_the_whole(
    api: Api, finished: RenderRequest, asked: str
) -> None:
    answer = api.get(path_of(finished), headers={"Range": asked})

    assert (answer.status_code, body_of(answer)) == (200, CONTENT)


def test_a_range_is_served_only_of_the_file_that_the_client_knows(
    api: Api, finished: RenderRequest
) -> None:
    etag = etag_of(api, finished)

    same = api.get(path_of(finished), headers={"Range": "bytes=0-1", "If-Range": etag})
    other = api.get(path_of(finished), headers={"Range": "bytes=0-1", "If-Range": '"other"'})

    assert (same.status_code, body_of(same)) == (206, CONTENT[:2])
    assert (other.status_code, body_of(other)) == (200, CONTENT)


def test_a_client_that_has_the_file_is_told_so(api: Api, finished: RenderRequest) -> None:
    etag = etag_of(api, finished)

    for known in (etag, f"W/{etag}", f'"other", {etag}', f'"a",W/{etag}', "*"):
        answer = api.get(path_of(finished), headers={"If-None-Match": known})
        assert (answer.status_code, answer["ETag"]) == (304, etag)
    for known in ('"other"', 'W/"other", "a"', etag.strip('"'), ""):
        answer = api.get(path_of(finished), headers={"If-None-Match": known})
        assert (answer.status_code, body_of(answer)) == (200, CONTENT)


def test_conditions_on_a_date_are_ignored_because_files_have_none(
    api: Api, finished: RenderRequest
) -> None:
    for condition in ("If-Unmodified-Since", "If-Modified-Since"):
        answer = api.get(path_of(finished), headers={condition: "Thu, 01 Oct 2026 00:00:00 GMT"})
        assert (answer.status_code, body_of(answer)) == (200, CONTENT)


@pytest.mark.parametrize("accept", ["*/*", "application/pdf"])
def test_while_it_is_made_the_answer_is_its_progress_in_json(
    api: Api, found: RenderRequest, accept: str
) -> None:
    waiting = api.get(path_of(found), headers={"Accept": accept})
    change(found, state="running", lease_until=clock.now(), progress_done=3, progress_total=9)
    running = api.get(path_of(found), headers={"Accept": accept})

    assert (waiting.status_code, running.status_code) == (409, 409)
    assert waiting["Content-Type"] == "application/json"
    assert waiting.json() == {"status": "waiting", "progress": {"done": 0, "total": 1}}
    assert running.json() == {"status": "running", "progress": {"done": 3, "total": 9}}


def test_a_failure_is_told_with_its_message(api: Api, found: RenderRequest) -> None:
    change(found, state=Job.State.FAILED, message="No paper.")

    answer = api.get(path_of(found))

    assert (answer.status_code, answer.json()) == (
        410,
        {"status": "failed", "message": "No paper."},
    )


def test_a_cancelled_print_says_so(api: Api, found: RenderRequest) -> None:
    change(found, state=Job.State.CANCELLED)

    answer = api.get(path_of(found))

    assert (answer.status_code, answer.json()["status"]) == (410, "failed")
    assert "cancelled" in answer.json()["message"]


def test_an_expired_or_vanished_file_is_not_found(api: Api, finished: RenderRequest) -> None:
    stored = Job.objects.get(pk=finished.pk).result_file
    assert stored is not None
    files.delete(stored)
    assert api.get(path_of(finished)).status_code == 404

    change(finished, expires=clock.now() - timedelta(seconds=1))
    assert api.get(path_of(finished)).status_code == 404

    change(finished, expires=None, result_file=None)
    assert api.get(path_of(finished)).status_code == 404


def test_others_are_told_that_it_is_not_theirs(api: Api, finished: RenderRequest) -> None:
    organizer = finished.event.organizer
    same_team = Api(make_token(make_team(organizer))[1])
    device = Api(make_device(organizer)[1])

    for other in (same_team, device):
        answer = other.get(path_of(finished))
        assert (answer.status_code, answer.json()["status"]) == (410, "failed")
    no_orders = Api(make_token(make_team(organizer, permissions=[]))[1])
    assert no_orders.get(path_of(finished)).status_code == 403
    assert api.get(path_of(finished), token=None).status_code == 401
