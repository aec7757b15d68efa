from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from django.core.files.storage import default_storage

from apiclient import Api, at
from batches.making import make
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event, Item
from counterfoil.core import clock
from counterfoil.files.services import open_stored
from counterfoil.jobs import runner
from counterfoil.layouts.backgrounds import store_background
from counterfoil.orders.models import Order
from counterfoil.printing import cleanup, prints
from counterfoil.printing.models import Print
from counterfoil.printing.pinned_tickets import read_pinned
from makers import make_item, make_layout, qr_element, text_element
from samplepdfs import pdf_of

SHEET = {
    "name": "A4", "width": 210, "height": 297, "columns": 2, "rows": 2, "order": "cut_and_stack",
    "marks": {"slug": True},
}  # fmt: skip


@pytest.fixture
def item(event: Event) -> Item:
    return make_item(event, quota=100, name={"en": "Gala"})


@pytest.fixture
def batch(event: Event, item: Item) -> OfflineSalesBatch:
    """Return ten tickets with a layout of 90 x 50 mm."""
    background = store_background(event=event, pdf=pdf_of((255, 142)))
    elements = [
        qr_element(left="5", bottom="5", size="35"),
        text_element(left="45", bottom="20", width="40", content="item"),
    ]
    layout = make_layout(event, background=background, layout=elements)
    return make(item, 10, layout=layout)


class Prints:
    """The prints of a batch over the API, with a worker at hand."""

    def __init__(self, api: Api, event: Event, batch: OfflineSalesBatch) -> None:
        self.api, self.batch = api, batch
        self.path = at(event, f"offlinesalesbatches/{batch.pk}/prints/")

    def post(self, path: str = "", **body: Any) -> Any:
        return self.api.post(f"{self.path}{path}", json=body)

    def done(self, path: str = "", **body: Any) -> dict[str, Any]:
        """Request a print, let a worker draw it, and return its detail."""
        answer = self.post(path, **body)
        assert answer.status_code == 202, answer.content
        assert set(answer.json()) == {"id", "download"}
        runner.run(Print.objects.get(pk=answer.json()["id"]).request_id)
        detail: dict[str, Any] = self.api.get(f"{self.path}{answer.json()['id']}/").json()
        assert detail["state"] == "done", detail["message"]
        return detail

    def pdf(self, printed: dict[str, Any]) -> bytes:
        answer = self.api.get(printed["download"].removeprefix("http://testserver"))
        assert answer.status_code == 200, answer.content
        return b"".join(answer.streaming_content)


@pytest.fixture
def shop(api: Api, event: Event, batch: OfflineSalesBatch) -> Prints:
    return Prints(api, event, batch)


def codes(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        pictures = [page.render(scale=2).to_pil() for page in document]
    return [found.text for picture in pictures for found in zxingcpp.read_barcodes(picture)]


def contents(pdf: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [page.Contents.read_raw_bytes() for page in document.pages]


def secrets_of(batch: OfflineSalesBatch, *numbers: int) -> set[str]:
    tickets = batch.tickets.filter(number__in=numbers)
    return set(tickets.values_list("position__secret", flat=True))


def cancel(batch: OfflineSalesBatch, *numbers: int) -> None:
    orders = Order.objects.filter(positions__batch_ticket__batch=batch)
    orders.filter(positions__batch_ticket__number__in=numbers).update(status="c")


def test_a_print_is_pinned_with_its_plan_and_hash(shop: Prints) -> None:
    printed = shop.done(sheet=SHEET, ink="print")

    assert printed["plan"] == {
        "tickets": 10, "cells": 4, "lifts": 1, "sheets": 3, "empty": 2, "cuts": 6,
    }  # fmt: skip
    assert (printed["tickets"], printed["void"], printed["pages"]) == ("1-10", "", 3)
    assert printed["sheet"]["order"] == "cut_and_stack"
    assert len(printed["layout"]["pinned"]) == 1
    assert printed["findings"] == []
    pdf = shop.pdf(printed)
    assert set(codes(pdf)) == secrets_of(shop.batch, *range(1, 11))
    assert len(printed["sha256"]) == 64
    listed = shop.api.get(shop.path).json()["results"]
    assert [each["id"] for each in listed] == [printed["id"]]
    assert "pinned" not in listed[0]["layout"]


def test_void_tickets_are_left_out_and_printing_again_needs_a_reason(shop: Prints) -> None:
    cancel(shop.batch, 3, 7)
    first = shop.done(sheet="a4", tickets="2-5")

    assert (first["tickets"], first["void"], first["plan"]["sheets"]) == ("2,4-5", "3", 3)
    answer = shop.post(tickets="5-8")
    assert answer.status_code == 400
    assert "5" in answer.json()["reason"][0]
    again = shop.done(tickets="5-8", reason="Lost in the mail")
    assert (again["tickets"], again["void"]) == ("5-6,8", "7")
    assert again["reason"] == "Lost in the mail"
    assert shop.post(tickets="9").status_code == 202
    assert shop.post(tickets="3,7").json() == {"tickets": ["All of these tickets are void."]}


def test_tickets_that_are_printed_again_say_so_where_that_is_wanted(
    shop: Prints, event: Event
) -> None:
    background = store_background(event=event, pdf=pdf_of((255, 142)))
    marked = make_layout(
        event,
        background=background,
        layout=[
            qr_element(left="5", bottom="5", size="35"),
            text_element(left="45", bottom="20", width="40", content="reprint"),
        ],
    )

    def words(**body: Any) -> list[str]:
        printed = shop.done(layout=marked.pk, **body)
        with pypdfium2.PdfDocument(shop.pdf(printed)) as document:
            return [page.get_textpage().get_text_range().strip() for page in document]

    def across(**body: Any) -> list[str | None]:
        printed = Print.objects.get(pk=shop.done(**body)["id"])
        with open_stored(printed.values_file or "") as stored:
            return [t.overprint.text if t.overprint else None for _, t in read_pinned(stored)]

    assert words(tickets="1-3") == ["", "", ""]
    assert words(tickets="2-4", reason="x") == ["REPRINT 1", "REPRINT 1", ""]
    assert words(tickets="1-5", reason="x") == ["REPRINT 1", *["REPRINT 2"] * 2, "REPRINT 1", ""]
    assert across(tickets="1,6", reason="x") == [None, None]
    assert across(tickets="1,7", reason="x", mark_reprints=True) == ["REPRINT 3", None]
    plain, across_it = (
        shop.pdf(shop.done(tickets="8", reason="x", mark_reprints=marks)) for marks in (False, True)
    )
    assert len(contents(across_it)[0]) > len(contents(plain)[0])


def test_a_print_by_the_documented_route_counts_as_printed(shop: Prints, event: Event) -> None:
    render = at(event, f"offlinesalesbatches/{shop.batch.pk}/render/")
    assert shop.api.post(render).status_code == 202

    assert set(shop.post(tickets="1").json()) == {"reason"}


def test_what_cannot_be_printed_is_named_and_nothing_is_made(shop: Prints, subtests: Any) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"tickets": "5-2"}, "tickets"),
        ({"tickets": "2,2"}, "tickets"),
        ({"tickets": "1-11"}, "tickets"),
        ({"tickets": "0"}, "tickets"),
        ({"tickets": ""}, "tickets"),
        ({"tickets": "all"}, "tickets"),
        ({"tickets": 5}, "tickets"),
        ({"tickets": "A00401-A00450"}, "tickets"),
        ({"sheet": "a9"}, "sheet"),
        ({"sheet": ""}, "sheet"),
        ({"sheet": SHEET | {"columns": 3}}, "sheet"),
        ({"sheet": SHEET | {"start_position": 2}}, "sheet"),
        ({"sheet": SHEET | {"duplex": "long"}}, "sheet"),
        ({"sheet": SHEET | {"width": 1e400}}, "sheet"),
        ({"layout": 99999}, "layout"),
        ({"ink": "gold"}, "ink"),
        ({"locale": "fr"}, "locale"),
        ({"reason": "x" * 1001}, "reason"),
        ({"proof": "perhaps"}, "proof"),
    ]
    for body, field in wrong:
        with subtests.test(body=body):
            answer = shop.post(**body)
            assert answer.status_code == 400, answer.content
            assert set(answer.json()) == {field}
    assert not Print.objects.exists()


def test_two_prints_at_once_are_both_done(shop: Prints) -> None:
    one, two = shop.post(tickets="1-5", sheet="a4"), shop.post(tickets="6-10", sheet="a4")

    for answer in (one, two):
        runner.run(Print.objects.get(pk=answer.json()["id"]).request_id)
    assert [each["state"] for each in shop.api.get(shop.path).json()["results"]] == ["done"] * 2


def test_repeated_sheets_are_identical_whatever_has_changed_since(
    shop: Prints, event: Event, item: Item
) -> None:
    original = shop.done(sheet=SHEET | {"descending": True})
    before = contents(shop.pdf(original))

    assert shop.batch.layout is not None
    shop.batch.layout.layout = [qr_element()]
    shop.batch.layout.background = None
    shop.batch.layout.save()
    item.name, item.default_price = {"en": "Renamed"}, 99
    item.save()
    event.name = {"en": "Moved"}
    event.save()
    repeated = shop.done(f"{original['id']}/sheets/", sheets="1,3", reason="Jammed")

    # Descending: the file has sheets 3, 2 and 1.
    assert contents(shop.pdf(repeated)) == [before[0], before[2]]
    assert (repeated["repeats"], repeated["sheets"]) == (original["id"], "1,3")
    assert repeated["identical"] is True
    assert (repeated["reason"], repeated["pages"]) == ("Jammed", 2)

    # The file expires; everything is drawn anew from what is pinned.
    Print.objects.update(file_until=clock.now() - timedelta(seconds=1))
    assert prints.expire_files() == 2
    cleanup.delete_unused_backgrounds()
    gone = shop.api.get(original["download"].removeprefix("http://testserver"))
    assert gone.status_code == 404
    anew = shop.done(f"{original['id']}/sheets/", sheets="2", reason="Jammed again")
    assert contents(shop.pdf(anew)) == [before[1]]
    assert anew["identical"] is True
    Print.objects.filter(pk=original["id"]).update(sha256="0" * 64)
    other = shop.done(f"{original['id']}/sheets/", sheets="2", reason="Older engine")
    assert other["identical"] is False


def test_a_damaged_file_is_not_trusted(shop: Prints) -> None:
    original = shop.done(sheet=SHEET)
    before = contents(shop.pdf(original))
    name = Print.objects.get().file
    assert name is not None
    Path(default_storage.path(name)).write_bytes(b"%PDF-1.7 broken")

    repeated = shop.done(f"{original['id']}/sheets/", sheets="2", reason="x")

    assert contents(shop.pdf(repeated)) == [before[1]]


def test_void_tickets_on_repeated_sheets_must_be_accepted(shop: Prints) -> None:
    original = shop.done(sheet=SHEET)
    path = f"{original['id']}/sheets/"
    cancel(shop.batch, 4)

    # Sheet 1 has tickets 1, 4, 7 and 10.
    refused = shop.post(path, sheets="1", reason="x")
    assert refused.status_code == 400
    assert refused.json()["accept_void"][0].count("4") == 1
    assert shop.post(path, sheets="2", reason="x").status_code == 202
    accepted = shop.done(path, sheets="1", reason="x", accept_void=True)
    assert accepted["tickets"] == "1,4,7,10"
    for body, field in (
        ({"sheets": "4", "reason": "x"}, "sheets"),
        ({"sheets": "2-1", "reason": "x"}, "sheets"),
        ({"reason": "x"}, "sheets"),
        ({"sheets": "2"}, "reason"),
        ({"sheets": "2", "reason": " "}, "reason"),
    ):
        answer = shop.post(path, **body)
        assert (answer.status_code, set(answer.json())) == (400, {field})
    waiting = shop.post(tickets="1", reason="x").json()["id"]
    assert shop.post(f"{waiting}/sheets/", sheets="1", reason="x").status_code == 409


def test_one_ticket_a_page_is_repeated_as_well(shop: Prints) -> None:
    original = shop.done()
    assert original["plan"]["sheets"] == 10
    before = contents(shop.pdf(original))

    repeated = shop.done(f"{original['id']}/sheets/", sheets="2,9-10", reason="x")

    assert contents(shop.pdf(repeated)) == [before[1], before[8], before[9]]
    assert repeated["tickets"] == "2,9-10"


def test_a_proof_is_void_and_no_print(shop: Prints) -> None:
    proof = shop.done(sheet=SHEET, proof=True)
    pdf = shop.pdf(proof)

    assert proof["pages"] == 1
    found = codes(pdf)
    every = secrets_of(shop.batch, *range(1, 11))
    assert len(set(found)) == 4
    assert all(text.startswith("VOID") for text in found)
    assert not set(found) & every
    assert shop.post(f"{proof['id']}/sheets/", sheets="1", reason="x").status_code == 409
    assert shop.post(sheet=SHEET).status_code == 202  # nothing was printed before


def test_a_print_may_be_in_another_language_of_the_event(
    shop: Prints, event: Event, item: Item
) -> None:
    event.locales = ["en", "de"]
    event.save()
    item.name = {"en": "Gala", "de": "Festball"}
    item.save()

    printed = shop.done(locale="de", tickets="1")

    with pypdfium2.PdfDocument(shop.pdf(printed)) as document:
        assert "Festball" in document[0].get_textpage().get_text_range()
    assert printed["locale"] == "de"
