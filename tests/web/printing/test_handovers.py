from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.test import Client

from batches.making import make
from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from counterfoil.batches.prints import request_print
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.jobs.runner import run
from counterfoil.printing.models import HandOver, Print
from counterfoil.printing.prints import PrintSpec
from counterfoil.render.sheets import read_sheet
from makers import make_event, make_item

pytestmark = pytest.mark.django_db(transaction=True)

SHEET = {
    "name": "A3", "width": 420, "height": 297, "columns": 2, "rows": 1,
    "order": "cut_and_stack", "lift": 2, "descending": True,
}  # fmt: skip


@pytest.fixture
def event(transactional_db: None) -> Event:
    return make_event()


@pytest.fixture
def printed(event: Event, user: User) -> Print:
    """Return seven A4 tickets, two a sheet, in lifts of two sheets."""
    batch = make(make_item(event), 7)
    spec = PrintSpec(sheet=read_sheet(SHEET))
    made = request_print(actor=UserActor(user), batch=batch, spec=spec)
    run(made.request_id)
    return Print.objects.get(pk=made.pk)


@pytest.fixture
def link(pages: Client, base: str, printed: Print) -> str:
    """Return the path of a link for the print shop."""
    path = f"{base}batches/prints/{printed.request_id}/handover/"
    shown = pages.post(path, {"recipient": "City Press", "days": "100"})
    assert shown.status_code == 422
    shown = pages.post(path, {"recipient": "City Press", "days": "90"})
    found = re.search(r"/handover/[\w-]+/", shown.content.decode())
    assert found is not None
    return found[0]


def fetched(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_print_shop_gets_the_files_without_an_account(link: str, printed: Print) -> None:
    shop = Client()
    page = shop.get(link)
    text = page.content.decode()
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    names = re.findall(rf'href="{link}([\w.-]+)"', text)
    whole = next(name for name in names if "-print-" in name)
    assert names == [
        whole,
        "lift-001.pdf",
        "lift-002.pdf",
        "job.pdf",
        "labels.pdf",
        "checksums.txt",
    ]

    files = {name: fetched(shop.get(link + name)) for name in names}

    sums = dict(reversed(line.split("  ")) for line in files["checksums.txt"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files.items()
        if name != "checksums.txt"
    }
    assert sums[whole] == printed.sha256
    pages = {}
    for name, data in files.items():
        if name.endswith(".pdf"):
            with pypdfium2.PdfDocument(data) as document:
                pages[name] = len(document)
    assert (pages[whole], pages["lift-001.pdf"], pages["lift-002.pdf"]) == (4, 2, 2)
    with pypdfium2.PdfDocument(files["job.pdf"]) as document:
        job = document[0].get_textpage().get_text_range()
    assert "7 tickets on 4 sheets, 2 a sheet" in job
    assert "Lift 1: sheets 1–2, 4 tickets" in job
    with pypdfium2.PdfDocument(files["labels.pdf"]) as document:
        labels = document[0].get_textpage().get_text_range()
    for label in (
        "Box: 7 tickets",
        "Lift 1, pile 2: 2 tickets",
        "3–4",
        "Lift 2, pile 1: 2 tickets",
    ):
        assert label in labels
    assert shop.get(f"{link}lift-003.pdf").status_code == 404


def test_the_other_side_approves_once_and_that_is_in_the_log(
    link: str, pages: Client, printed: Print, base: str
) -> None:
    shop = Client()
    assert shop.post(link, {"name": ""}).status_code == 422
    assert shop.post(link, {"name": "Grace Hopper"}).status_code == 302
    assert shop.post(link, {"name": "Mallory"}).status_code == 422

    entry = LogEntry.objects.get(action="counterfoil.handover.approved")
    assert entry.data["name"] == "Grace Hopper"
    assert "Grace Hopper" in shop.get(link).content.decode()
    shown = pages.get(f"{base}batches/prints/{printed.request_id}/").content.decode()
    assert "Grace Hopper" in shown


def test_a_link_expires_and_is_revoked(link: str, pages: Client, printed: Print, base: str) -> None:
    shop, made = Client(), HandOver.objects.get()
    assert made.print.file_until is not None
    assert made.print.file_until >= made.expires
    HandOver.objects.update(expires=clock.now() - timedelta(seconds=1))
    assert shop.get(link).status_code == 410
    HandOver.objects.update(expires=made.expires)
    assert shop.get(link).status_code == 200

    revoke = f"{base}batches/prints/handovers/{made.pk}/revoke/"
    assert "City Press" in pages.get(revoke).content.decode()
    assert pages.post(revoke).status_code == 302
    assert shop.get(link).status_code == 410
    assert shop.get(f"{link}job.pdf").status_code == 410
    assert pages.post(revoke).status_code == 410
    assert Client().get("/handover/nothing/").status_code == 410
