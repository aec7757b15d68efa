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
from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.jobs import runner
from counterfoil.jobs.models import Job
from counterfoil.orders.models import OrderPosition
from counterfoil.web.exports import files
from makers import make_item, make_number_series, make_order, make_user, make_variation
from pageclient import signed_in


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


@pytest.mark.django_db(transaction=True)
def test_a_large_export_is_written_by_a_job_and_downloaded_by_whoever_requested_it(
    transactional_db: None,
    pages: Client,
    event: Event,
    base: str,
    position: OrderPosition,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "ROWS_AT_ONCE", 0)
    asked = {"format": "csv", "columns": ["order", "secret"]}

    offered = pages.get(f"{base}exports/tickets/", asked)
    assert not Job.objects.exists()
    assert "This table has 1 rows." in offered.content.decode()
    progress = pages.post(f"{base}exports/tickets/", asked)
    job = Job.objects.get()
    early = pages.get(f"{base}exports/files/{job.pk}/")
    runner.run(job.pk)

    page = pages.get(progress["Location"]).content.decode()
    assert early.status_code == 404
    assert "Export: Tickets (CSV)" in page
    assert f"{base}exports/files/{job.pk}/" in page
    answer = pages.get(f"{base}exports/files/{job.pk}/")
    assert table_of(answer) == [{"Order": position.order.code, "Secret": position.secret}]
    assert answer["Cache-Control"] == "private, no-store"
    colleague = signed_in(make_user(event.organizer))
    assert colleague.get(f"{base}exports/files/{job.pk}/").status_code == 404
    assert "exports/files" not in colleague.get(progress["Location"]).content.decode()


def test_who_takes_data_out_of_an_event_stands_in_the_log(
    pages: Client, user: User, base: str, position: OrderPosition
) -> None:
    table_of(pages.get(f"{base}exports/tickets/?format=csv&state=valid"))

    entry = LogEntry.objects.get(action="counterfoil.export.created")
    assert entry.user == user
    assert entry.data["export"] == "tickets"
    assert "state=valid" in entry.data["query"]


@pytest.mark.django_db(transaction=True)
def test_numbers_are_filtered_by_and_exported_as_ranges(
    transactional_db: None, pages: Client, event: Event, base: str
) -> None:
    item = make_item(event, quota=50, name={"en": "Stalls"})
    series = make_number_series(event.organizer, item, prefix="A")
    batch = make(item, 12)
    plain = make(make_item(event, quota=50, name={"en": "Balcony"}), 3)
    OrderPosition.objects.filter(batch_ticket__batch=batch, batch_ticket__number=5).update(
        canceled=True
    )
    serials = list(batch.tickets.order_by("number").values_list("position__serial", flat=True))

    path = f"{base}exports/tickets/?format=csv&columns=serial&columns=batch_number"
    by_serial = table_of(pages.get(f"{path}&numbers={serials[1]}-{serials[3]}"))
    by_number = table_of(pages.get(f"{path}&numbers=2-3&batch={plain.pk}"))
    nonsense = pages.get(f"{path}&numbers=Z9")
    ranges = table_of(pages.get(f"{base}exports/numbers/?format=csv"))

    assert [row["Serial number"] for row in by_serial] == serials[1:4]
    assert [row["Number in the batch"] for row in by_number] == ["2", "3"]
    assert nonsense.status_code == 422
    assert "is not a serial number" in nonsense.content.decode()
    expected = [
        (series.name, serials[0], serials[3], "4", "paid"),
        (series.name, serials[4], serials[4], "1", "cancelled"),
        (series.name, serials[5], serials[11], "7", "paid"),
        ("", "1", "3", "3", "paid"),
    ]
    heads = ("Number series", "First", "Last", "Tickets", "State")
    assert sorted(tuple(row[head] for head in heads) for row in ranges) == sorted(expected)
