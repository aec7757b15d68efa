"""The record of numbered tickets: days that are closed stay as they are."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pypdfium2
import pytest
from django.db.models import F

from apiclient import Api, at
from batches.making import make
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.orders import number_report
from counterfoil.orders.models import NumberReport, NumberReportLine, Order, OrderPosition
from makers import make_item, make_layout, make_number_series, make_tax_rule, text_element

pytestmark = pytest.mark.django_db(transaction=True)

_ONE_DAY = timedelta(days=1)


def _a_day_passes(event: Event) -> None:
    orders, canceled = Order.objects.filter(event=event), F("cancellation_date") - _ONE_DAY
    orders.update(datetime=F("datetime") - _ONE_DAY, cancellation_date=canceled)
    for report in NumberReport.objects.exclude(closed_through=None):
        report.closed_through -= _ONE_DAY
        report.save()
    for line in NumberReportLine.objects.all():
        line.day, line.made_on = line.day - _ONE_DAY, line.made_on - _ONE_DAY
        line.save()


def _lines(api: Api, event: Event, asked: str = "") -> list[tuple[Any, ...]]:
    today = clock.now().astimezone(event.tz).date()
    names = ("first", "last", "made", "void", "free", "value", "closed")
    rows = api.get(at(event, f"numberreport/{asked}")).json()["results"]
    return [
        (
            (today - date.fromisoformat(row["day"])).days,
            (today - date.fromisoformat(row["made_on"])).days,
            *(row[name] for name in names),
        )
        for row in rows
    ]


def _cancel(api: Api, position: OrderPosition) -> None:
    path = at(position.order.event, f"orders/{position.order.code}/mark_canceled/")
    assert api.post(path, json={}).status_code == 200


def test_changes_after_a_day_is_closed_are_lines_of_their_own(api: Api, event: Event) -> None:
    item = make_item(event, default_price=Decimal("10.00"), tax_rule=make_tax_rule(event))
    make_number_series(event.organizer, item, prefix="A", width=3)
    batch = make(item, 5)
    make(item, 2, testmode=True)
    make(make_item(event), 2)
    tickets = [t.position for t in batch.tickets.order_by("number")]

    _cancel(api, tickets[0])
    assert _lines(api, event) == [(0, 0, "A001", "A005", 5, 1, 0, "40.00", False)]
    _a_day_passes(event)
    first_day = (1, 1, "A001", "A005", 5, 1, 0, "40.00", True)
    assert _lines(api, event) == [first_day]
    _cancel(api, tickets[2])
    _cancel(api, tickets[3])
    changed = {"price": "0.00"}
    answer = api.patch(at(event, f"orderpositions/{tickets[4].pk}/"), json=changed)
    assert answer.status_code == 200
    shown = _lines(api, event)
    assert shown == [
        first_day,
        (0, 1, None, None, 1, 0, 1, "0.00", False),
        (0, 1, "A003", "A004", -1, 2, 0, "-30.00", False),
    ]

    number_report.close_days()
    _a_day_passes(event)
    number_report.close_days()
    make(item, 1)
    later = _lines(api, event)
    assert [row[8] for row in later] == [True, True, True, False]
    assert [row[2:8] for row in later[:3]] == [row[2:8] for row in shown]
    assert later[3][:5] == (0, 0, "A006", "A006", 1)
    until = (clock.now().astimezone(event.tz).date() - _ONE_DAY).isoformat()
    assert _lines(api, event, f"?until={until}") == later[:3]
    assert _lines(api, event, f"?since={until}") == later[1:]


def test_the_report_comes_as_csv_xlsx_and_pdf(api: Api, event: Event) -> None:
    item = make_item(event, default_price=Decimal("10.00"))
    make_number_series(event.organizer, item, prefix="A", width=3)
    make(item, 5)

    def file(kind: str) -> bytes:
        answer = api.get(at(event, f"numberreport/?format={kind}"))
        assert f".{kind}" in answer["Content-Disposition"]
        return b"".join(answer.streaming_content)

    rows = list(csv.DictReader(io.StringIO(file("csv").decode())))
    assert [(row["first"], row["last"], row["value"]) for row in rows] == [
        ("A001", "A005", "50.00")
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(file("xlsx"))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][-5:] == ["A005", 5, 0, 0, 50]
    document = pypdfium2.PdfDocument(file("pdf"))
    text = document[0].get_textpage().get_text_bounded()
    assert "A001" in text
    assert "€50.00" in text
    document.close()


def test_its_options_are_checked_and_old_lines_forgotten(api: Api, event: Event) -> None:
    path = at(event, "numberreport/options/")

    assert api.get(path).json()["retention_years"] == 10
    assert api.patch(path, json={"retention_years": 6, "preset": "FR"}).json()["preset"] == "FR"
    assert api.patch(path, json={"preset": None}).json()["preset"] is None
    for sent in ({"retention_years": 0}, {"retention_years": 31}, {"preset": "XX"}):
        assert list(api.patch(path, json=sent).json()) == list(sent)
    for asked in ("since=x", "until=2027-13-01"):
        assert api.get(at(event, f"numberreport/?{asked}")).status_code == 400
    item = make_item(event)
    make_number_series(event.organizer, item)
    make(item, 1)
    Order.objects.update(datetime=clock.now() - 8 * timedelta(days=365))
    number_report.close_days()
    assert not NumberReportLine.objects.exists()
    assert _lines(api, event) == []


def test_france_wants_mentions_on_each_part_of_a_layout(api: Api, event: Event) -> None:
    said = "{organizer} {serial} {item} {price} {event_name} {event_date}"
    left = text_element(left="10.00", content="other", text=said)
    right = text_element(left="110.00", content="serial", width="20.00")
    layout = make_layout(event, layout=[left, right])
    path = at(event, f"numberreport/mentions/?layout={layout.pk}")

    def found(asked: str) -> list[tuple[int, str]]:
        rows = api.get(path + asked).json()["results"]
        return [(row["part"], row["mention"]) for row in rows]

    assert api.get(path).json().keys() == {"preset"}
    assert found("&preset=FR") == []
    parts = found("&preset=FR&cuts=x:100")
    assert parts == [(2, key) for key in ("operator", "category", "price", "event", "date")]
    for wrong in ("x", "z:10", "x:100000", "x:0"):
        assert list(api.get(f"{path}&preset=FR&cuts={wrong}").json()) == ["cuts"], wrong
    assert api.get(at(event, "numberreport/mentions/?layout=0&preset=FR")).status_code == 404
