from __future__ import annotations

import hashlib
import io
from typing import Any

import pypdfium2
import pytest
from django.test import Client

from apiclient import Api, at
from batches.making import make
from counterfoil.audit.models import LogEntry
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.jobs import runner
from counterfoil.printing.models import HandOver, Print
from makers import make_item, make_number_series

SHEET = {
    "name": "A3", "width": 420, "height": 297, "columns": 2, "rows": 1, "order": "cut_and_stack",
    "lift": 3, "perforations": [{"axis": "x", "at": 150}],
}  # fmt: skip


@pytest.fixture
def batch(event: Event) -> OfflineSalesBatch:
    """Return eight numbered tickets in books of four."""
    item = make_item(event)
    make_number_series(event.organizer, item, prefix="A", next=401)
    made = make(item, 8)
    OfflineSalesBatch.objects.update(book_size=4)
    return made


@pytest.fixture
def base(event: Event, batch: OfflineSalesBatch) -> str:
    return at(event, f"offlinesalesbatches/{batch.pk}/prints/")


def printed(api: Api, path: str, **body: Any) -> int:
    answer = api.post(path, json=body)
    assert answer.status_code == 202, answer.content
    pk = int(answer.json()["id"])
    runner.run(Print.objects.get(pk=pk).request_id)
    return pk


def fetched(url: str, name: str = "") -> bytes:
    answer = Client().get(url.removeprefix("http://testserver") + name)
    assert answer.status_code == 200, name
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_a_print_is_handed_over_and_the_link_revoked(api: Api, base: str, event: Event) -> None:
    path = f"{base}{printed(api, base, sheet=SHEET)}/handovers/"

    answer = api.post(path, json={"recipient": "City Press", "days": 7})

    assert answer.status_code == 201, answer.content
    created = answer.json()
    url = created.pop("url")
    assert set(created) == {
        *("id", "recipient", "created", "created_by", "expires", "revoked"),
        *("approved", "approved_by", "files"),
    }
    whole = f"{event.slug}-print-{Print.objects.get().pk}.pdf"
    assert [tuple(each.values()) for each in created["files"]] == [
        (whole, 4, 8),
        ("lift-001.pdf", 3, 6),
        ("lift-002.pdf", 1, 2),
        ("job.pdf", None, None),
        ("labels.pdf", None, None),
        ("checksums.txt", None, None),
    ]
    assert api.get(path).json()["results"] == [created]
    sums = fetched(url, "checksums.txt").decode().splitlines()
    for line in sums:
        sha256, name = line.split("  ")
        assert hashlib.sha256(fetched(url, name)).hexdigest() == sha256
    assert len(sums) == 5
    job = text_of(fetched(url, "job.pdf"))
    for text in (
        "Ticket: 210 × 297 mm",
        "Paper: 420 × 297 mm",
        "Perforation: 150 mm from the left edge",
        "8 tickets: A00401–A00408",
        "2 books of up to 4 tickets",
        "Lift 2: sheets 4–4, 2 tickets: A00407–A00408",
    ):
        assert text in job
    labels = text_of(fetched(url, "labels.pdf"))
    for text in (
        "Box: 8 tickets",
        "Lift 1, pile 2: 3 tickets",
        "A00404–A00406",
        "Book 2: 4 tickets",
    ):
        assert text in labels

    assert (
        Client().post(url.removeprefix("http://testserver"), {"name": "Grace"}).status_code == 302
    )
    shown = api.get(f"{path}{created['id']}/").json()
    assert shown["approved_by"] == "Grace"
    assert api.delete(f"{path}{created['id']}/").status_code == 204
    assert api.delete(f"{path}{created['id']}/").status_code == 410
    assert api.get(path).json()["results"][0]["revoked"]
    assert Client().get(url.removeprefix("http://testserver")).status_code == 410
    actions = LogEntry.objects.filter(action__startswith="counterfoil.handover")
    assert {each.action.rpartition(".")[2] for each in actions} == {
        *("added", "approved", "downloaded", "revoked")
    }


def test_proofs_and_repeated_sheets_are_handed_over_as_what_they_are(api: Api, base: str) -> None:
    proof = printed(api, base, sheet=SHEET, proof=True)
    original = printed(api, base, sheet=SHEET)
    again = printed(api, f"{base}{original}/sheets/", sheets="4", reason="Jammed")

    for pk, words in ((proof, "This is a proof"), (again, "printed again: 4")):
        made = api.post(f"{base}{pk}/handovers/", json={"recipient": "City Press"}).json()
        assert [each["sheets"] for each in made["files"]] == [1, None, None, None]
        assert made["files"][0]["tickets"] == 2
        assert fetched(made["url"])
        for each in made["files"]:
            assert fetched(made["url"], each["name"])
        assert words in text_of(fetched(made["url"], "job.pdf"))


def test_what_cannot_be_handed_over_is_refused(api: Api, base: str) -> None:
    waiting = api.post(base, json={"sheet": SHEET}).json()["id"]
    path = f"{base}{waiting}/handovers/"
    wrong: list[tuple[dict[str, Any], int, set[str]]] = [
        ({}, 400, {"recipient"}),
        ({"recipient": " "}, 400, {"recipient"}),
        ({"recipient": "x" * 191}, 400, {"recipient"}),
        ({"recipient": "x", "days": 0}, 400, {"days"}),
        ({"recipient": "x", "days": 91}, 400, {"days"}),
        ({"recipient": "x", "days": "soon"}, 400, {"days"}),
        ({"recipient": "x"}, 409, {"detail"}),
    ]
    for body, status, fields in wrong:
        answer = api.post(path, json=body)
        assert (answer.status_code, set(answer.json())) == (status, fields), body
    assert api.post(f"{base}99999/handovers/", json={"recipient": "x"}).status_code == 404
    assert not HandOver.objects.exists()


def test_a_job_sheet_of_many_lifts_names_all_of_them(api: Api, event: Event) -> None:
    batch = make(make_item(event), 60)
    base = at(event, f"offlinesalesbatches/{batch.pk}/prints/")
    sheet = {"width": 210, "height": 297, "columns": 1, "rows": 1, "order": "cut_and_stack"}

    pk = printed(api, base, sheet=sheet | {"lift": 1})
    url = api.post(f"{base}{pk}/handovers/", json={"recipient": "x"}).json()["url"]

    job = text_of(fetched(url, "job.pdf"))
    assert all(f"Lift {number}: sheets {number}–{number}, 1 tickets" in job for number in (1, 60))
    assert Print.objects.get().sha256 in job
