from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings
from PIL import Image

from counterfoil.core import clock
from counterfoil.core.refusals import Invalid
from counterfoil.files import services, uploads
from counterfoil.files.models import Upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: Path) -> Path:
    local = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": local}
    return tmp_path


def _picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (3, 2)).save(buffer, kind)
    return buffer.getvalue()


def _upload(
    content: bytes = b"%PDF-", name: str = "a.pdf", kind: str = "application/pdf"
) -> Upload:
    return uploads.store_upload("token:1", name, kind, io.BytesIO(content))


def test_an_upload_can_be_used_by_whoever_sent_it_and_again() -> None:
    upload = _upload(b"%PDF-1.7 ...", "Plan.pdf")

    for _ in range(2):
        found = uploads.claim("token:1", f"file:{upload.pk}", {"application/pdf"})
        assert found == upload

    assert (found.size, str(found)) == (12, "Plan.pdf")
    with services.open_stored(found.stored_name) as stored:
        assert stored.read() == b"%PDF-1.7 ..."


@pytest.mark.parametrize(
    "reference",
    [None, 5, "", "file:", "file:abc", "https://example.org/a.pdf", f"file:{UUID(int=1)}"],
)
def test_what_names_no_upload_is_refused(reference: object) -> None:
    with pytest.raises(Invalid, match="was not found"):
        uploads.claim("token:1", reference, {"application/pdf"})


def test_an_upload_is_not_for_another_credential() -> None:
    upload = _upload()

    with pytest.raises(Invalid, match="was not found"):
        uploads.claim("token:2", f"file:{upload.pk}", {"application/pdf"})


def test_an_upload_of_another_type_is_refused_where_it_is_used() -> None:
    upload = _upload()

    with pytest.raises(Invalid, match="type that is not allowed"):
        uploads.claim("token:1", f"file:{upload.pk}", {"image/png"})


@pytest.mark.parametrize(
    ("kind", "content_type", "name"),
    [
        ("PNG", "image/png", "a.png"),
        ("JPEG", "image/jpeg", "a.jpeg"),
        ("JPEG", "image/jpeg", "a.jpg"),
        ("GIF", "image/gif", "a.gif"),
    ],
)
def test_pictures_are_accepted(kind: str, content_type: str, name: str) -> None:
    content = _picture(kind)

    upload = _upload(content, name, content_type)

    assert upload.size == len(content)
    assert services.size(upload.stored_name) == len(content)


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (b"hello", "a.txt", "text/plain"),
        (b"%PDF-", "a.txt", "application/pdf"),
        (b"%PDF-", "pdf", "application/pdf"),
        (b"no picture", "a.png", "image/png"),
        (_picture("GIF"), "a.png", "image/png"),
        (b"x" * (uploads.MAX_BYTES + 1), "a.pdf", "application/pdf"),
    ],
    ids=["type", "extension", "no extension", "unreadable", "another picture", "too large"],
)
def test_what_cannot_be_used_is_refused_and_leaves_nothing(
    content: bytes, name: str, content_type: str, own_files: Path
) -> None:
    with pytest.raises(Invalid):
        _upload(content, name, content_type)

    assert not Upload.objects.exists()
    assert not any(own_files.rglob("*.*"))


def test_only_the_last_part_of_a_path_is_its_name() -> None:
    assert _upload(name="../../etc/passwd.pdf").filename == "passwd.pdf"


def test_an_upload_lives_for_a_day_and_leaves_nothing(own_files: Path) -> None:
    old, young = _upload(), _upload()
    Upload.objects.filter(pk=old.pk).update(expires=clock.now() - timedelta(seconds=1))

    with pytest.raises(Invalid, match="was not found"):
        uploads.claim("token:1", f"file:{old.pk}", {"application/pdf"})
    uploads.delete_expired()

    assert uploads.referenced_files() == {young.stored_name}
    assert os.listdir(own_files / "uploads") == [young.stored_name.removeprefix("uploads/")]


@pytest.mark.parametrize(
    ("kind", "name"), [("image/png", "SCAN.PNG"), ("image/jpeg", "a.JPeG"), ("image/gif", "x.Gif")]
)
def test_an_ending_may_be_in_capitals(kind: str, name: str) -> None:
    upload = _upload(_picture(kind.removeprefix("image/").upper()), name, kind)

    assert upload.filename == name
    assert uploads.claim("token:1", f"file:{upload.pk}", {kind}) == upload


def test_nobody_fills_the_storage_and_a_day_later_there_is_room(settings: LazySettings) -> None:
    settings.UPLOAD_QUOTA_BYTES = uploads.MAX_BYTES + 5
    _upload(b"12345")
    first = _upload(b"6")

    with pytest.raises(Invalid, match="Too many files"):
        _upload(b"7")
    assert uploads.store_upload("token:2", "a.pdf", "application/pdf", io.BytesIO(b"8")).size == 1

    Upload.objects.filter(pk=first.pk).update(expires=clock.now())
    assert _upload(b"7").size == 1
