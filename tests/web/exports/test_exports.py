"""What is exported: the right rows in the right columns, in files that programs read."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pypdfium2
import pytest
from django.test import Client

from batches.making import make
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.orders.models import OrderPosition
from makers import make_item, make_order, make_variation


@pytest.fixture
def position(event: Event) -> OrderPosition:
    """A ticket of a variation, for somebody whose name is a formula."""
    row = make_variation(make_item(event, name={"en": "Stalls"}), value={"en": "Front"})
    found = make_order(event, items=[row.item]).positions.get()
    found.variation = row
    found.attendee_name_parts = {"_scheme": "full", "full_name": "=HYPERLINK(1)"}
    found.save()
    return found


@pytest.fixture
def gate(event: Event, position: OrderPosition) -> CheckinList:
    made = CheckinList.objects.create(event=event, name="North gate")
    Checkin.objects.create(position=position, list=made, datetime=position.order.datetime)
    Checkin.objects.create(
        list=made, datetime=position.order.datetime, successful=False, error_reason="invalid"
    )
    return made


def table_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_tickets_are_exported_with_the_columns_and_filters_asked_for(
    pages: Client, event: Event, base: str, position: OrderPosition, gate: CheckinList
) -> None:
    other = make_order(event, items=[make_item(event)])
    path = f"{base}exports/tickets/?format=csv"

    everything = table_of(pages.get(path))
    came = table_of(pages.get(f"{path}&state=in&columns=order&columns=name"))
    missing = table_of(pages.get(f"{path}&state=out&item={other.positions.get().item_id}"))

    assert [row["Order"] for row in everything] == [position.order.code, other.code]
    assert everything[0]["Product"] == "Stalls - Front"
    assert everything[0]["Secret"] == position.secret
    assert came == [{"Order": position.order.code, "Attendee name": "'=HYPERLINK(1)"}]
    assert [row["Order"] for row in missing] == [other.code]


def test_unpaid_tickets_of_batches_are_not_exported_as_paid(
    pages: Client, event: Event, base: str, position: OrderPosition
) -> None:
    batch = make(make_item(event), 3)
    batch.tickets.filter(number=1).update(place="with_seller", seller=1)
    batch.tickets.filter(number=2).update(place="sold")
    rows = table_of(pages.get(f"{base}exports/tickets/?format=csv&columns=state"))
    assert [row["State"] for row in rows] == ["paid", "with sellers", "sold", "in stock"]


def test_a_workbook_has_numbers_and_no_formulas(
    pages: Client, base: str, position: OrderPosition
) -> None:
    answer = pages.get(f"{base}exports/tickets/?format=xlsx&columns=price&columns=name")

    content = io.BytesIO(b"".join(answer.streaming_content))
    sheet = openpyxl.load_workbook(content).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows == [("Price", "Attendee name"), (float(position.price), "=HYPERLINK(1)")]
    assert sheet["B2"].data_type == "s"


def test_a_list_for_paper_has_everybody_on_it(
    pages: Client, event: Event, base: str, gate: CheckinList, position: OrderPosition
) -> None:
    for _number in range(60):
        make_order(event, items=[position.item])

    answer = pages.get(f"{base}exports/checkinlist/?format=pdf&list={gate.pk}")

    pdf = b"".join(answer.streaming_content)
    with pypdfium2.PdfDocument(pdf) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
        assert len(document) == 2
    assert "North gate" in text
    assert position.order.code in text
    assert answer["Content-Type"] == "application/pdf"


def test_scans_and_quotas_are_exported(
    pages: Client, event: Event, base: str, gate: CheckinList
) -> None:
    make_item(event, quota=5, name={"en": "Balcony"})

    scans = table_of(pages.get(f"{base}exports/scans/?format=csv&list={gate.pk}"))
    quotas = table_of(pages.get(f"{base}exports/quotas/?format=csv"))

    assert {(row["Admitted"], row["Reason"]) for row in scans} == {
        ("yes", ""),
        ("", "unknown code"),
    }
    assert "5" in {row["Size"] for row in quotas}


@pytest.mark.parametrize(
    "path", ["checkinlist/?format=csv", "tickets/?format=exe", "tickets/?format=csv&item=x"]
)
def test_what_cannot_be_exported_is_said_on_the_page(
    pages: Client, event: Event, base: str, path: str
) -> None:
    assert pages.get(f"{base}exports/{path}").status_code == 422
    assert pages.get(f"{base}exports/nothing/").status_code == 404
