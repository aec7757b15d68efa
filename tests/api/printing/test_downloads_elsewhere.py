"""Files that somebody else sends: a proxy, or the bucket they lie in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.conf import LazySettings

from apiclient import Api, at
from bucket import bucket_server
from counterfoil.catalog.models import Event
from counterfoil.config.storages import downloads, storages
from counterfoil.core import clock
from counterfoil.core.environment import Environment, EnvironmentRefused
from counterfoil.files import services as files
from counterfoil.jobs.models import Job
from counterfoil.printing.models import RenderRequest
from makers import make_item, make_order

CONTENT = bytes(range(256)) * 4
NAME = "results/ä 1.pdf"


@pytest.fixture
def bucket(settings: LazySettings) -> Iterator[None]:
    """A bucket of an S3 server in this process, as the storage."""
    with bucket_server() as server:
        environment = Environment({**server.settings, "COUNTERFOIL_S3_PREFIX": "tickets"})
        settings.STORAGES = storages(environment, settings.DATA_DIR)
        yield


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """A folder of the test's own, as the storage."""
    settings.STORAGES = storages(Environment({}), tmp_path)
    return tmp_path / "files"


def finished(api: Api, event: Event) -> str:
    """Make a print whose result is there; return its path."""
    position = make_order(event, items=[make_item(event)]).positions.get()
    body = {"parts": [{"orderposition": position.pk}]}
    assert api.post(at(event, "ticketpdfrenderer/render_batch/"), json=body).status_code == 202
    found = RenderRequest.objects.get()
    with files.publish(*NAME.split("/")) as stream:
        stream.write(CONTENT)
    change(state=Job.State.DONE, result_file=NAME, expires=clock.now() + timedelta(hours=1))
    return at(event, f"ticketpdfrenderer/download/{found.pk}/{found.file_id}/")


def change(**columns: Any) -> None:
    Job.objects.update(**columns)


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_proxy_is_told_where_the_file_is(
    api: Api, event: Event, settings: LazySettings, folder: Path
) -> None:
    settings.DOWNLOADS = "accel"

    answer = api.get(finished(api, event), headers={"Range": "bytes=0-1"})

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["X-Accel-Redirect"] == "/_stored/results/%C3%A4%201.pdf"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "ETag" not in answer  # the proxy's own, which its ranges go by


def test_a_proxy_reads_files_by_its_group(
    api: Api, event: Event, settings: LazySettings, folder: Path
) -> None:
    settings.DOWNLOADS = "accel"

    finished(api, event)

    assert (folder / NAME).stat().st_mode & 0o777 == 0o640


def test_a_bucket_sends_the_file_itself(
    api: Api, event: Event, settings: LazySettings, bucket: None
) -> None:
    settings.DOWNLOADS = "presigned"

    answer = api.get(finished(api, event))
    whole = httpx.get(answer["Location"])
    part = httpx.get(answer["Location"], headers={"Range": "bytes=10-19"})

    assert (answer.status_code, answer["Cache-Control"]) == (302, "private")
    assert (whole.status_code, whole.content) == (200, CONTENT)
    assert whole.headers["Content-Disposition"] == f'attachment; filename="{event.slug}.pdf"'
    assert (part.status_code, part.content) == (206, CONTENT[10:20])


def test_a_link_to_a_bucket_does_not_outlive_the_result(
    api: Api, event: Event, settings: LazySettings, bucket: None
) -> None:
    settings.DOWNLOADS = "presigned"
    path = finished(api, event)

    def lifetime() -> int:
        query = parse_qs(urlsplit(api.get(path)["Location"]).query)
        return int(query["X-Amz-Expires"][0])

    assert lifetime() == 300
    change(expires=clock.now() + timedelta(seconds=60))
    assert lifetime() <= 60
    change(expires=clock.now() - timedelta(seconds=1))
    assert api.get(path).status_code == 404


@pytest.mark.parametrize("mode", ["accel", "presigned"])
def test_strangers_are_given_no_place_and_no_link(
    api: Api, event: Event, settings: LazySettings, bucket: None, mode: str
) -> None:
    settings.DOWNLOADS = mode
    path = finished(api, event)

    answer = api.get(path, token=None)

    assert answer.status_code == 401
    assert "Location" not in answer
    assert "X-Accel-Redirect" not in answer


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [("", 200, 0, 1023), ("bytes=10-19", 206, 10, 19), ("bytes=-24", 206, 1000, 1023)],
)
def test_we_send_files_of_a_bucket_too_and_fetch_no_more_than_asked_for(
    api: Api, event: Event, bucket: None, asked: str, status: int, first: int, last: int
) -> None:
    path = finished(api, event)

    answer = api.get(path, headers={"Range": asked} if asked else {})

    assert (answer.status_code, body_of(answer)) == (status, CONTENT[first : last + 1])
    assert answer["Content-Length"] == str(last - first + 1)


def test_what_vanished_from_a_bucket_is_not_found(api: Api, event: Event, bucket: None) -> None:
    path = finished(api, event)

    files.delete(NAME)

    assert api.get(path).status_code == 404


def test_head_is_answered_by_us(
    api: Api, event: Event, settings: LazySettings, bucket: None
) -> None:
    settings.DOWNLOADS = "presigned"  # a link for GET is of no use for HEAD

    answer = api.send("HEAD", finished(api, event))

    assert (answer.status_code, answer["Content-Length"]) == (200, "1024")


def test_who_cannot_reach_the_files_is_not_let_send_them() -> None:
    with pytest.raises(EnvironmentRefused, match="needs COUNTERFOIL_S3_BUCKET"):
        downloads(Environment({"COUNTERFOIL_DOWNLOADS": "presigned"}))
    with pytest.raises(EnvironmentRefused, match="accel lets a proxy"):
        downloads(Environment({"COUNTERFOIL_DOWNLOADS": "accel", "COUNTERFOIL_S3_BUCKET": "box"}))
