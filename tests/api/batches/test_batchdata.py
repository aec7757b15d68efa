"""Tables of batches: a row for each ticket, and what they say on paper."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from apiclient import Api, at, send_file
from batches.making import make
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.tables import BatchTable
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.jobs import runner
from counterfoil.jobs.models import Job
from counterfoil.printing.samples import samples
from counterfoil.printing.variables.ticket_source import TicketSource
from makers import make_item, make_number_series, make_order

pytestmark = pytest.mark.django_db(transaction=True)


def _workbook(*rows: list[Any]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(file)
    return file.getvalue()


def _path(batch: OfflineSalesBatch, rest: str = "data/") -> str:
    return at(batch.event, f"offlinesalesbatches/{batch.pk}/{rest}")


def test_a_table_is_set_replaced_shown_and_deleted(api: Api, event: Event) -> None:
    batch = make(make_item(event), 2)
    path = _path(batch)

    assert api.get(path).status_code == api.delete(path).status_code == 404
    tried = send_file(api, "PUT", f"{path}?dry_run=true", b"row;seat\nA;1\nA;2\n")
    assert tried.json()["count"] == 2
    assert api.get(path).status_code == 404
    sent = send_file(api, "PUT", path, "\ufeffrow;seat\nÄ;1\n\nA;2\n".encode())
    shown = {
        "columns": ["row", "seat"],
        "count": 2,
        "rows": [{"row": "Ä", "seat": "1"}, {"row": "A", "seat": "2"}],
    }
    assert sent.json() == api.get(path).json() == shown
    workbook = _workbook(["Table", "Name"], [7, "Ada"], ["08", None])
    replaced = send_file(api, "PUT", path, workbook, name="x.xlsx")
    assert replaced.json()["rows"] == [{"Table": "7", "Name": "Ada"}, {"Table": "08", "Name": ""}]
    assert api.get(path).json() == replaced.json()
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_a_file_that_is_no_such_table_is_refused_and_changes_nothing(
    api: Api, event: Event
) -> None:
    batch = make(make_item(event), 2)
    path = _path(batch)
    send_file(api, "PUT", path, b"seat\n1\n2\n")
    wrong = [
        (b"seat\n1\n", "1 rows"),
        (b"seat\n1\n2\n3\n", "3 rows"),
        (b"seat\n", "no rows"),
        (b"\n", "first row"),
        (b"", "empty"),
        (b"seat,seat\n1,1\n2,2\n", "Two columns"),
        (b"seat,,x\n1,1,1\n2,2,2\n", "no name"),
        (b"seat no\n1\n2\n", "seat no"),
        ("Straße\n1\n2\n".encode(), "Straße"),
        (b"seat\n1,2\n3\n", "Row 2"),
        ("seat\nÄ\n2\n".encode("cp1252"), "UTF-8"),
        ("seat\n1\n2\n".encode("utf-16"), "UTF-8"),
        (b"seat\n\x00\n2\n", "Row 2"),
        (b"seat\n" + b"x" * 1001 + b"\n2\n", "Row 2"),
        (b",".join(b"c%d" % n for n in range(51)) + b"\n1\n2\n", "columns"),
        (b"PK\x03\x04 no workbook", "XLSX"),
        (_workbook(["seat"], ["=1+1"], [2]), "formula"),
    ]
    for content, words in wrong:
        answer = send_file(api, "PUT", path, content)
        assert (answer.status_code, list(answer.json())) == (400, ["file"]), content[:40]
        assert words in answer.json()["file"][0], answer.json()
    assert send_file(api, "PUT", path, b"seat\n3\n4\n", field="other").json().keys() == {"file"}
    assert [row["seat"] for row in api.get(path).json()["rows"]] == ["1", "2"]


def test_a_printed_batch_keeps_its_table(api: Api, event: Event) -> None:
    batch = make(make_item(event), 2)
    send_file(api, "PUT", _path(batch), b"seat\n1\n2\n")

    api.post(_path(batch, "render/"), json={})

    assert send_file(api, "PUT", _path(batch), b"seat\n3\n4\n").status_code == 409
    assert api.delete(_path(batch)).status_code == 409
    runner.run(Job.objects.latest("created").pk)
    assert send_file(api, "PUT", _path(batch), b"seat\n3\n4\n").status_code == 409
    assert [row["seat"] for row in api.get(_path(batch)).json()["rows"]] == ["1", "2"]


def test_layouts_know_the_batch_the_book_the_serial_and_the_table(api: Api, event: Event) -> None:
    make_number_series(event.organizer, item := make_item(event), prefix="A", width=4)
    table = BatchTable(("row", "seat"), [["A", str(seat)] for seat in range(1, 6)])
    batch = make(item, 5, book_size=2, comment="Kiosk", table=table)
    plain = make_order(event, items=[item]).positions.get()
    expected = {
        "serial": "A0003",
        "batch_ticket_number": "3",
        "batch_amount": "5",
        "batch_id": str(batch.pk),
        "batch_comment": "Kiosk",
        "book": "2",
        "book_ticket": "1",
        "data:row": "A",
        "data:seat": "3",
        "data:none": "",
    }
    source = TicketSource(event, needs=expected, images=(), now=clock.now())
    third = batch.tickets.get(number=3).position_id

    of_batch, of_order = source.tickets([third, plain.pk])

    assert of_batch.values == expected
    assert of_order.values == dict.fromkeys(expected, "")
    offered = {variable.key: sample for variable, sample in samples(event)}
    assert offered.keys() >= expected.keys() - {"data:none"}
    assert offered["data:seat"] == "1"
    answer = api.get(at(event, f"orderpositions/{third}/?pdf_data=true")).json()
    assert not answer["pdf_data"].keys() & expected.keys()
