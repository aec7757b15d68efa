"""Pages of number series, of a product's numbers, of a batch's table and of the number report."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from batches.making import make
from counterfoil.batches.models import BatchRequest
from counterfoil.catalog.models import Event, NumberAssignment, NumberSeries
from counterfoil.jobs import runner
from makers import make_event, make_item, make_layout, make_number_series, make_variation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event(transactional_db: None) -> Event:
    return make_event()


def _organizer(event: Event, rest: str = "") -> str:
    return f"/organizers/{event.organizer.slug}/number-series/{rest}"


def test_a_series_is_created_used_and_then_fixed(pages: Client, base: str, event: Event) -> None:
    sent: dict[str, Any] = {"name": "Hall", "prefix": "H ", "width": 4, "next": 7}
    assert pages.post(_organizer(event, "new/"), sent).status_code == 302
    series = NumberSeries.objects.get()
    assert "H 0007" in pages.get(_organizer(event)).content.decode()
    item = make_item(event)
    variation = make_variation(item)
    numbers = f"{base}items/{item.pk}/numbers/"
    chosen = {"series": series.pk, f"variation_{variation.pk}": ""}
    assert pages.get(numbers).status_code == 200
    assert pages.post(numbers, chosen).status_code == 302
    assert NumberAssignment.objects.get().series == series
    batch = make(item, 3, variation=variation)

    tickets = pages.get(f"{base}batches/{batch.pk}/tickets/?q=h 8").content.decode()
    assert "H 0008" in tickets
    assert "H 0007" not in tickets
    assert "H 0007–H 0009" in pages.get(f"{base}batches/{batch.pk}/").content.decode()
    one = _organizer(event, f"{series.pk}/")
    assert pages.post(one, {**sent, "name": "New", "prefix": "X"}).status_code == 302
    series.refresh_from_db()
    assert (series.name, series.prefix, series.next) == ("New", "H ", 10)
    assert pages.post(_organizer(event, f"{series.pk}/delete/")).status_code == 403
    assert pages.post(numbers, {"series": ""}).status_code == 302
    assert not NumberAssignment.objects.exists()
    assert pages.post(_organizer(event, "new/"), {**sent, "prefix": "TEST-"}).status_code == 422


def test_the_rows_of_a_table_make_the_amount_of_a_batch(
    pages: Client, base: str, event: Event
) -> None:
    item = make_item(event)
    content = b"seat;row\n1;A\n2;A\n3;A\n"
    web = event.organizer.sales_channels.get().pk
    form = pages.get(f"{base}batches/new/").context["form"]

    def sent(**given: Any) -> dict[str, Any]:
        file = SimpleUploadedFile("x.csv", given.pop("content", content))
        defaults = {"form": form["form"].value(), "item": item.pk, "sales_channel": web}
        return {**defaults, "table": file, "book_size": 2, **given}

    preview = pages.post(f"{base}batches/new/table/", sent()).content.decode()
    assert "data:seat" in preview
    assert "<strong>3</strong>" in preview
    assert (
        "two columns"
        in pages.post(f"{base}batches/new/table/", sent(content=b"a,a\n1,1\n"))
        .content.decode()
        .lower()
    )
    for wrong in ({"amount": 4}, {"content": b"seat\n"}, {"book_size": 4}):
        assert pages.post(f"{base}batches/new/", sent(**wrong)).status_code == 422, wrong
    assert pages.post(f"{base}batches/new/", sent()).status_code == 302
    runner.run(BatchRequest.objects.get().pk)
    request = BatchRequest.objects.get()
    batch = request.batch
    assert batch is not None
    assert (batch.amount, batch.book_size, request.table) == (3, 2, None)
    assert batch.tickets.get(number=2).data == {"seat": "2", "row": "A"}

    page = f"{base}batches/{batch.pk}/table/"
    assert "data:row" in pages.get(page).content.decode()
    assert pages.post(page, {"file": io.BytesIO(b"seat\n1\n")}).status_code == 422
    assert pages.post(page, {"file": io.BytesIO(b"seat\n4\n5\n6\n")}).status_code == 302
    assert batch.tickets.get(number=2).data == {"seat": "5"}
    assert pages.post(f"{page}delete/").status_code == 302
    options = f"{base}batches/{batch.pk}/options/"
    assert pages.post(options, {"book_size": "4"}).status_code == 422
    assert pages.post(options, {"book_size": ""}).status_code == 302
    batch.refresh_from_db()
    assert (batch.book_size, batch.data_columns) == (None, [])


def test_the_number_report_shows_lines_sums_and_advice(
    pages: Client, base: str, event: Event
) -> None:
    item = make_item(event)
    make_number_series(event.organizer, item, prefix="A", width=3)
    make_layout(event, name="Plain")
    make(item, 3)

    assert (
        pages.post(
            f"{base}number-report/options/", {"retention_years": 6, "preset": "FR"}
        ).status_code
        == 302
    )
    page = pages.get(f"{base}number-report/").content.decode()
    assert "A001" in page
    assert "€69.00" in page
    assert "The layout “Plain” does not print" in page
    assert "A001" not in pages.get(f"{base}number-report/?until=2020-01-01").content.decode()
