from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from batches.making import make
from counterfoil.accounts.models import User
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.jobs.runner import run
from counterfoil.layouts.backgrounds import store_background
from counterfoil.orders.models import Order
from counterfoil.printing.models import Print
from makers import make_event, make_item, make_layout, make_user, qr_element
from pageclient import signed_in
from samplepdfs import pdf_of

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def event(transactional_db: None) -> Event:
    return make_event()


@pytest.fixture
def batch(event: Event) -> OfflineSalesBatch:
    """Return twelve tickets of 90 x 50 mm."""
    background = store_background(event=event, pdf=pdf_of((255, 142)))
    layout = make_layout(
        event, background=background, layout=[qr_element(left="5", bottom="5", size="35")]
    )
    return make(make_item(event), 12, layout=layout)


@pytest.fixture
def step(base: str, batch: OfflineSalesBatch) -> str:
    return f"{base}batches/{batch.pk}/print/new/"


def form(**values: Any) -> dict[str, Any]:
    return {"mode": "page", "ink": "office", "sheet": "a4", "labels": "avery-l7163", **values}


def test_the_step_shows_the_sum_and_pictures(
    pages: Client, step: str, batch: OfflineSalesBatch, base: str
) -> None:
    first = pages.get(step).content.decode()
    assert "12 tickets, one a sheet: 12 sheets." in first
    assert f'href="{step}"' in pages.get(f"{base}batches/{batch.pk}/").content.decode()

    sheet = pages.get(step, form(mode="sheet"), headers=HTMX).content.decode()
    assert "12 tickets, 10 a sheet: 2 sheets, 10 piles, 9 cuts." in sheet
    assert "8 places stay empty." in sheet
    labels = pages.get(step, form(mode="labels", start_position="3"), headers=HTMX)
    assert "cell_height: the ticket needs 50.09 mm" in labels.content.decode()
    back = form(mode="sheet", picture="back")
    assert pages.get(f"{base}batches/{batch.pk}/print/picture/", back).status_code == 404
    for picture in ("", "ticket"):
        answer = pages.get(
            f"{base}batches/{batch.pk}/print/picture/", form(mode="sheet", picture=picture)
        )
        assert answer.content.startswith(b"\x89PNG")
    assert pages.get(f"{base}batches/prints/ruler/").content.startswith(b"%PDF")


def test_sheets_are_printed_proofed_and_replaced(
    pages: Client, step: str, batch: OfflineSalesBatch, event: Event, base: str
) -> None:
    orders = Order.objects.filter(positions__batch_ticket__batch=batch)
    orders.filter(positions__batch_ticket__number=5).update(status="c")

    proof = pages.post(step, form(mode="sheet", proof="1"))
    assert Print.objects.get().is_proof
    assert proof["Location"] == f"{base}batches/prints/{Print.objects.get().request_id}/"
    sent = pages.post(step, form(mode="sheet", lift="2", measured_width="99", dx="0.5"))
    printed = Print.objects.get(is_proof=False)
    assert sent.status_code == 302
    assert printed.sheet is not None
    assert printed.sheet["lift"] == 2
    assert printed.sheet["calibration"]["scale_x"] == pytest.approx(100 / 99)
    run(printed.request_id)

    shown = pages.get(sent["Location"]).content.decode()
    assert f"/prints/{printed.pk}/download/" in shown
    assert "Void tickets were left out: 5" in shown
    assert "Each lift takes 9 cuts and gives 10 piles." in shown
    again = pages.post(step, form(mode="sheet", tickets="1-3"))
    assert again.status_code == 422
    assert "State the reason." in again.content.decode()

    replace = f"{base}batches/prints/{printed.request_id}/sheets/"
    assert replace in shown
    assert pages.get(replace).status_code == 200
    assert pages.post(replace, {"sheets": "9", "reason": "x"}).status_code == 422
    done = pages.post(replace, {"sheets": "1", "reason": "Jammed"})
    repeated = Print.objects.get(repeats=printed)
    run(repeated.request_id)
    assert "Jammed" in pages.get(done["Location"]).content.decode()
    jobs = pages.get(f"{base}jobs/").content.decode()
    assert "Print sheets 1 again" in jobs
    earlier = pages.get(step).content.decode()
    assert "Earlier prints" in earlier
    assert replace in earlier
    assert "expired" not in earlier


def test_what_is_wrong_stands_at_its_field(pages: Client, step: str, event: Event) -> None:
    for values in (
        form(tickets="9-2"),
        form(mode="sheet", sheet="letterhead"),
        form(mode="labels"),
        form(mode="glue"),
        form(dx="900"),
        form(layout="99999"),
    ):
        answer = pages.post(step, values)
        assert answer.status_code == 422, values
        assert "errorlist" in answer.content.decode()
    assert pages.get(step, form(tickets="9-2"), headers=HTMX).status_code == 200
    assert not Print.objects.exists()


def test_own_sheets_are_offered_and_permission_is_needed(
    pages: Client, step: str, event: Event
) -> None:
    declaration = {"name": "x", "width": 210, "height": 297, "columns": 1, "rows": 2}
    own = event.organizer.sheets.create(name="Two a page", declaration=declaration)

    shown = pages.get(step, form(mode="sheet", sheet=str(own.pk))).content.decode()

    assert "Two a page" in shown
    assert "12 tickets, 2 a sheet: 6 sheets" in shown
    reader: User = make_user(event.organizer, permissions=["event.orders:read"])
    assert signed_in(reader).get(step).status_code == 403


def test_findings_show_their_place_before_anything_is_printed(
    pages: Client, step: str, batch: OfflineSalesBatch, base: str
) -> None:
    assert batch.layout is not None
    batch.layout.layout = [qr_element(left="5", bottom="5", size="8")]
    batch.layout.save()

    shown = pages.get(step, form(mode="sheet", lift="1"), headers=HTMX).content.decode()

    assert "12 tickets, 10 a sheet: 2 sheets, 2 lifts, each with 10 piles and 9 cuts." in shown
    assert "A code is so small that scanners may not read it" in shown
    assert f'href="{base}layouts/{batch.layout_id}/edit/#element=0"' in shown
    (source,) = re.findall(r'src="([^"]+picture=finding[^"]*)"', shown)
    picture = pages.get(source.replace("&amp;", "&"))
    assert picture.content.startswith(b"\x89PNG")
    for number in ("1", "-1", "x"):
        missing = pages.get(re.sub(r"finding=\d+$", f"finding={number}", source))
        assert missing.status_code == 404


def test_backs_are_shown_and_two_page_layouts_are_printed_on_both_sides(
    pages: Client, event: Event, base: str
) -> None:
    background = store_background(event=event, pdf=pdf_of((255, 142), (255, 142)))
    code = qr_element(left="5", bottom="5", size="35")
    batch = make(
        make_item(event), 12, layout=make_layout(event, background=background, layout=[code])
    )
    step = f"{base}batches/{batch.pk}/print/new/"

    shown = pages.get(step, form(mode="sheet"), headers=HTMX).content.decode()
    assert 'alt="The back of the first sheet"' in shown
    front, back = (
        pages.get(f"{base}batches/{batch.pk}/print/picture/", form(mode="sheet", picture=picture))
        for picture in ("", "back")
    )
    assert back.content.startswith(b"\x89PNG")
    assert back.content != front.content
    pages.post(step, form(mode="sheet"))

    printed = Print.objects.get()
    run(printed.request_id)
    assert printed.sheet is not None
    assert (printed.sheet["duplex"], printed.plan["sheets"]) == ("long", 2)
    assert Print.objects.get().request.job.result["pages"] == 4
