"""Files that are sent ahead of the request that uses them."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from apiclient import Api
from counterfoil.files.models import Upload
from counterfoil.files.services import open_stored
from makers import make_device

PDF = b"%PDF-1.7\nnot looked at here"


def png() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    return picture.getvalue()


def send(api: Api, content: bytes, kind: str, name: str | None, **more: Any) -> Any:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if name else {}
    return api.post("/upload", content=content, content_type=kind, headers=headers, **more)


@pytest.mark.parametrize(
    ("content", "kind", "name"), [(PDF, "application/pdf", "a.pdf"), (png(), "image/png", "a.png")]
)
def test_a_file_is_kept_for_whoever_sent_it(api: Api, content, kind, name) -> None:
    answer = send(api, content, kind, name)

    assert answer.status_code == 201
    upload = Upload.objects.get()
    assert answer.json() == {"id": f"file:{uuid.UUID(str(upload.pk))}"}
    assert upload.owner.startswith("token:")
    assert upload.filename == name


def send_form(api: Api, **files: tuple[str, bytes, str]) -> Any:
    sent = {
        field: SimpleUploadedFile(name, content, content_type=kind)
        for field, (name, content, kind) in files.items()
    }
    body = encode_multipart(BOUNDARY, sent)
    return api.post("/upload", content=body, content_type=MULTIPART_CONTENT)


@pytest.mark.parametrize(
    ("name", "content", "kind"), [("a.pdf", PDF, "application/pdf"), ("a.png", png(), "image/png")]
)
def test_a_file_in_a_form_is_kept_as_well(api: Api, name, content, kind) -> None:
    answer = send_form(api, file=(name, content, kind))

    assert answer.status_code == 201
    upload = Upload.objects.get()
    assert answer.json() == {"id": f"file:{upload.pk}"}
    assert (upload.filename, upload.content_type, upload.size) == (name, kind, len(content))
    with open_stored(upload.stored_name) as stored:
        assert stored.read() == content


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"document": ("a.pdf", PDF, "application/pdf")},
        {"file": ("a.pdf", b"", "application/pdf")},
        {"file": ("a.txt", PDF, "application/pdf")},
        {"file": ("a.png", PDF, "image/png")},
        {"file": ("a.pdf", PDF, "text/html")},
    ],
)
def test_a_form_without_a_good_file_is_refused_in_a_bare_list(api: Api, files) -> None:
    answer = send_form(api, **files)

    assert answer.status_code == 400
    assert isinstance(answer.json(), list)
    assert not Upload.objects.exists()


def test_a_device_may_send_files(api: Api, event) -> None:
    _, header = make_device(event.organizer)

    assert send(api, PDF, "application/pdf", "a.pdf", token=header).status_code == 201


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (b"hello", "text/plain", "a.txt"),
        (PDF, "application/pdf", "a.txt"),
        (PDF, "application/pdf", "pdf"),
        (b"GIF89a nonsense", "image/gif", "a.gif"),
        (PDF, "image/png", "a.png"),
        (b"", "application/pdf", "a.pdf"),
        (b"%PDF" + b"x" * (10 * 1024 * 1024), "application/pdf", "a.pdf"),
        (PDF, "", "a.pdf"),
        (PDF, "nonsense", "a.pdf"),
        (PDF, "multipart/form-data", "a.pdf"),
    ],
)
def test_what_is_not_what_it_says_is_refused_in_a_bare_list(api: Api, content, kind, name) -> None:
    answer = send(api, content, kind, name)

    assert answer.status_code == 400
    assert isinstance(answer.json(), list)
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "header", [None, "attachment", 'attachment; filename=""', ";;;", "x" * 5000]
)
def test_a_name_is_needed(api: Api, header) -> None:
    headers = {"Content-Disposition": header} if header else {}

    answer = api.post("/upload", content=PDF, content_type="application/pdf", headers=headers)

    assert answer.status_code == 400
    assert "detail" in answer.json()


def test_without_credentials_nothing_is_taken(api: Api) -> None:
    answer = send(api, PDF, "application/pdf", "a.pdf", token=None)

    assert answer.status_code == 403
    assert answer.json() == {"detail": "Authentication credentials were not provided."}
    assert "WWW-Authenticate" not in answer


def test_reading_is_no_uploading(api: Api) -> None:
    answer = api.get("/upload")

    assert answer.status_code == 405
    assert answer["Allow"] == "POST, OPTIONS"


def test_an_upload_can_be_repeated_with_its_key(api: Api) -> None:
    headers = {
        "Content-Disposition": 'attachment; filename="a.pdf"',
        "X-Idempotency-Key": "once",
    }

    first = api.post("/upload", content=PDF, content_type="application/pdf", headers=headers)
    again = api.post("/upload", content=PDF, content_type="application/pdf", headers=headers)

    assert first.status_code == 201
    assert again.json() == first.json()
    assert Upload.objects.count() == 1
