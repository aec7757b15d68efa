"""One ticket: what it looks like, what became of it, and how it is kept from being used."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from PIL import Image

from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import Checkin, CheckinList, RevokedSecret
from counterfoil.orders.models import OrderPosition
from makers import make_item, make_layout, make_order, qr_element


@pytest.fixture
def position(event: Event) -> OrderPosition:
    return make_order(event, items=[make_item(event)]).positions.get()


@pytest.fixture
def path(base: str, position: OrderPosition) -> str:
    return f"{base}orders/tickets/{position.pk}/"


def test_the_picture_is_the_ticket_and_its_code_reads(
    pages: Client, path: str, position: OrderPosition
) -> None:
    png = pages.get(f"{path}picture.png").content

    found = zxingcpp.read_barcodes(Image.open(BytesIO(png)))

    assert [code.text for code in found] == [position.secret]


def test_the_pdf_is_one_page_with_the_code(
    pages: Client, path: str, position: OrderPosition
) -> None:
    pdf = pages.get(f"{path}ticket.pdf")

    with pypdfium2.PdfDocument(pdf.content) as document:
        picture = document[0].render(scale=2).to_pil()
        assert len(document) == 1
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [position.secret]
    assert pdf["Cache-Control"] == "private, no-store"
    assert LogEntry.objects.filter(action="counterfoil.orderposition.downloaded").exists()


def test_looking_at_a_ticket_is_in_the_log_with_its_layout_and_once(
    pages: Client, event: Event, path: str, position: OrderPosition
) -> None:
    make_layout(event, default=True, name="Main", layout=[qr_element()])

    for _time in range(2):
        pages.get(f"{path}picture.png")
    pages.get(f"{path}ticket.pdf")

    entries = LogEntry.objects.filter(kind="orderposition").order_by("pk")
    assert [(each.action.rpartition(".")[2], each.data["layout"]) for each in entries] == [
        ("previewed", "Main"),
        ("downloaded", "Main"),
    ]


@pytest.mark.parametrize("what", ["unpaid", "cancelled order", "cancelled ticket"])
def test_no_scanner_takes_the_preview_of_a_ticket_that_admits_nobody(
    pages: Client, path: str, position: OrderPosition, what: str
) -> None:
    order = position.order
    order.status = {"unpaid": "n", "cancelled order": "c"}.get(what, "p")
    order.save()
    position.canceled = what == "cancelled ticket"
    position.save()

    png = pages.get(f"{path}picture.png").content

    assert zxingcpp.read_barcodes(Image.open(BytesIO(png))) == []


def test_an_unpaid_ticket_is_not_handed_out(
    pages: Client, path: str, position: OrderPosition
) -> None:
    position.order.status = "n"
    position.order.save()

    answer = pages.get(f"{path}ticket.pdf")

    assert answer.status_code == 403
    assert "paid orders only" in answer.text


def test_a_layout_that_cannot_print_says_so(
    pages: Client, event: Event, path: str, position: OrderPosition
) -> None:
    make_layout(event, default=True, layout=[qr_element(symbology="ean13")])

    answer = pages.get(f"{path}picture.png")

    assert answer.status_code == 400
    assert "/0" in answer.text


def test_the_page_tells_what_happened_at_the_gate(
    pages: Client, event: Event, path: str, position: OrderPosition
) -> None:
    gate = CheckinList.objects.create(event=event, name="North gate")
    moment = position.order.datetime
    Checkin.objects.create(position=position, list=gate, datetime=moment)
    Checkin.objects.create(
        position=position,
        list=gate,
        datetime=moment,
        successful=False,
        error_reason="already_redeemed",
    )

    page = pages.get(path)

    assert "North gate" in page.text
    assert "already checked in" in page.text


def test_what_apps_printed_is_told_in_the_language_of_the_page(
    pages: Client, path: str, position: OrderPosition
) -> None:
    for kind in ("certificate", "unheard_of"):
        moment = position.order.datetime
        position.print_logs.create(datetime=moment, source="pretixSCAN", type=kind)

    page = pages.get(path, headers={"Accept-Language": "de"})

    assert "<td>Urkunde</td>" in page.text
    assert "<td>unheard_of</td>" in page.text


def test_a_ticket_is_blocked_and_unblocked(
    pages: Client, path: str, position: OrderPosition
) -> None:
    pages.post(f"{path}block/", {"blocked": "yes"})
    position.refresh_from_db()
    assert position.blocked == ["admin"]

    pages.post(f"{path}block/", {"blocked": "no"})
    position.refresh_from_db()
    assert position.blocked is None


def test_revoking_asks_first_and_is_for_good(
    pages: Client, path: str, position: OrderPosition
) -> None:
    assert "cannot be undone" in pages.get(f"{path}revoke/").text
    assert not RevokedSecret.objects.exists()

    pages.post(f"{path}revoke/")

    assert RevokedSecret.objects.get().secret == position.secret
    assert "Revoke permanently" not in pages.get(path).text
