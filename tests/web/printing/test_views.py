from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from batches.making import make
from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.services import request_print
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.jobs.models import Job
from counterfoil.jobs.runner import run
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.services import PrintItem, request_render
from makers import make_event, make_item, make_layout, make_order, make_user, text_element
from pageclient import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def event(transactional_db: None) -> Event:
    return make_event()


@pytest.fixture
def batch(event: Event) -> OfflineSalesBatch:
    return make(make_item(event), 2, comment="At the door")


@pytest.fixture
def odd_batch(event: Event) -> OfflineSalesBatch:
    """A batch whose layout asks for what does not exist."""
    layout = make_layout(event, name="Odd", layout=[text_element(content="no_such_variable")])
    return make(make_item(event), 2, layout=layout)


def printed(batch: OfflineSalesBatch, user: User) -> RenderRequest:
    asked = request_print(actor=UserActor(user), batch=batch)
    run(asked.pk)
    return asked


def shown(pages: Client, path: str, **options: Any) -> str:
    answer = pages.get(path, **options)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_print_is_sent_off_watched_and_fetched(
    pages: Client, batch: OfflineSalesBatch, base: str
) -> None:
    sent = pages.post(f"{base}batches/{batch.pk}/print/")
    path = sent["Location"]
    asked = RenderRequest.objects.get()
    assert path == f"{base}batches/prints/{asked.pk}/"
    waiting = shown(pages, path, headers=HTMX)
    assert 'hx-trigger="every 1s"' in waiting
    assert "Download" not in waiting

    run(asked.pk)

    done = shown(pages, path, headers=HTMX)
    assert "hx-trigger" not in done
    assert "Nothing looks wrong" in done
    file = f"/api/v1{base}offlinesalesbatches/{batch.pk}/download/{asked.pk}/{asked.file_id}/"
    assert f'href="{file}"' in done
    part = pages.get(file, headers={"Range": "bytes=0-4", "Accept": "text/html,*/*;q=0.8"})
    assert part.status_code == 206
    assert part.getvalue() == b"%PDF-"
    part.close()
    rest = pages.get(file, headers={"Range": "bytes=5-9"})
    rest.close()
    entry = LogEntry.objects.get(action="counterfoil.renderjob.downloaded")
    assert (entry.data["tickets"], entry.data["layouts"][0]["name"]) == (2, "Built-in layout")


def test_a_print_tells_its_layout_and_version_and_what_has_changed_since(
    pages: Client, user: User, event: Event, base: str
) -> None:
    layout = make_layout(event, default=True, name="Evening")
    batch = make(make_item(event), 2, testmode=True)
    asked = printed(batch, user)
    path = f"{base}batches/prints/{asked.pk}/"
    before = shown(pages, path)
    layout.layout = [text_element()]
    layout.save()

    after = shown(pages, path)

    entry = LogEntry.objects.get(action="counterfoil.renderjob.requested")
    (told,) = entry.data["layouts"]
    assert told["name"] == "Evening"
    assert entry.data["offlinesalesbatch"] == batch.pk
    assert f"version {told['version']}" in before
    assert "TEST is printed across" in before
    assert ("has been changed since" in before, "has been changed since" in after) == (False, True)
    assert pages.get(f"{path}picture.png").content.startswith(b"\x89PNG")


def test_a_print_with_the_built_in_layout_is_warned_of_where_there_are_own_ones(
    pages: Client, user: User, event: Event, batch: OfflineSalesBatch, base: str
) -> None:
    first = shown(pages, f"{base}batches/prints/{printed(batch, user).pk}/")
    make_layout(event)

    second = shown(pages, f"{base}batches/prints/{printed(batch, user).pk}/")

    assert "print with the built-in one" not in first
    assert "print with the built-in one" in second


def test_what_preflight_found_stands_before_the_download(
    pages: Client, user: User, odd_batch: OfflineSalesBatch, base: str
) -> None:
    asked = printed(odd_batch, user)

    page = shown(pages, f"{base}batches/prints/{asked.pk}/")

    assert "The layout uses a variable that does not exist" in page
    assert "2 tickets" in page
    assert "Text: no_such_variable · Layout “Odd”" in page
    code = odd_batch.tickets.get(number=1).position.order.code
    assert code in page
    assert page.index("does not exist") < page.index("Download PDF")


def test_a_finding_shows_its_place_and_leads_to_the_element_in_the_editor(
    pages: Client, user: User, event: Event, base: str
) -> None:
    elements = [
        text_element(content="event_name"),
        text_element(content="other", text="Stage door\nleft", width="3.00", rotation=30),
    ]
    first, second = (make_layout(event, name="Twin", layout=elements[::step]) for step in (1, -1))
    positions = [make_order(event, items=[make_item(event)]).positions.get() for _ in range(2)]
    parts = [
        PrintItem(position.pk, override_layout=layout)
        for position, layout in zip(positions, (first, second), strict=True)
    ]
    asked = request_render(event=event, actor=UserActor(user), parts=parts, purpose="batch")
    run(asked.pk)
    second.layout = [text_element(content="item"), *second.layout]
    second.save()

    path = f"{base}batches/prints/{asked.pk}/"
    page = shown(pages, path)
    places = re.findall(r'src="([^"]*/findings/[^"]*picture.png)"', page)
    pictures = [pages.get(place) for place in places]

    # Both layouts have the same name, and are not taken for one another.
    assert page.count("Text: Stage door · Layout “Twin”") == len(places) == 2
    way = f"?print={asked.pk}#element=1"
    assert f'href="{base}layouts/{first.pk}/edit/{way}"' in page
    assert f'href="{base}layouts/{second.pk}/edit/{way}"' in page  # was 0 when printed
    for key, leads_back in ((asked.pk, True), (first.pk, False), (uuid4(), False)):
        editor = shown(pages, f"{base}layouts/{first.pk}/edit/?print={key}")
        assert (f'href="{path}"' in editor) is leads_back
    for picture in pictures:
        drawn = Image.open(io.BytesIO(picture.content))
        assert drawn.format == "PNG"
        assert max(drawn.size) <= 500
        assert len(drawn.getcolors() or []) > 2
    assert pages.get(f"{path}findings/99/picture.png").status_code == 404
    # The picture may show a code that the gate takes, so it is not silent and not kept.
    assert pages.get(places[0])["Cache-Control"] == "private, no-store"
    looked = LogEntry.objects.filter(action="counterfoil.orderposition.previewed", user=user)
    assert looked.count() == 2
    first.delete()
    positions[0].order.delete()
    assert f"layouts/{first.pk}/edit" not in shown(pages, path)
    assert pages.get(places[0]).status_code == 404


def test_who_prints_again_is_asked_why_and_void_tickets_are_left_out(
    pages: Client, event: Event, base: str
) -> None:
    batch = make(make_item(event), 5)
    path = f"{base}batches/{batch.pk}/print/"
    assert pages.post(path, {"printer_dpi": "203"}).status_code == 302
    void = OrderPosition.objects.filter(batch_ticket__batch=batch, batch_ticket__number__in=[2, 3])
    void.update(canceled=True)

    asked = pages.post(path, {"printer_dpi": "203"})
    silent = pages.post(path, {"printer_dpi": "203", "reason": " "})
    assert (asked.status_code, silent.status_code) == (200, 422)
    assert "5 tickets of this batch were printed before: 1-5." in asked.text
    assert '<input type="hidden" name="printer_dpi" value="203"' in asked.text
    assert RenderRequest.objects.count() == 1

    sent = pages.post(path, {"printer_dpi": "203", "reason": "Paper jam"})
    request = RenderRequest.objects.latest("created")
    run(request.pk)

    page = shown(pages, sent["Location"])
    assert (len(request.parts), request.printer_dpi) == (3, 203)
    assert "Void tickets were left out: 2-3" in page
    assert "<dd>Paper jam</dd>" in page


def test_bars_are_aligned_to_the_printer_that_a_print_is_for(
    pages: Client, event: Event, base: str
) -> None:
    code = {**text_element(content="secret"), "type": "barcodearea", "size": "110.00"}
    code |= {"symbology": "code128", "height": "15.00", "left": "10.00", "bottom": "10.00"}
    for name in ("width", "fontfamily", "fontsize", "color", "align", "bold", "italic"):
        code.pop(name, None)
    batch = make(make_item(event), 1, layout=make_layout(event, layout=[code]))

    paths = []
    for printer_dpi in ("", "203"):
        wish = {"printer_dpi": printer_dpi, "reason": "Another printer"}
        sent = pages.post(f"{base}batches/{batch.pk}/print/", wish)
        paths.append(sent["Location"])
        run(RenderRequest.objects.latest("created").pk)
    refused = pages.post(f"{base}batches/{batch.pk}/print/", {"printer_dpi": "17"})

    uneven, aligned = (shown(pages, path) for path in paths)
    assert "The bars of a code are uneven on a label printer" in uneven
    assert "The bars of a code are uneven on a label printer" not in aligned
    assert '<input type="hidden" name="printer_dpi" value="203">' in aligned
    assert refused.status_code == 400


def test_a_print_that_failed_says_why(
    pages: Client, user: User, batch: OfflineSalesBatch, base: str
) -> None:
    asked = request_print(actor=UserActor(user), batch=batch)
    Job.objects.filter(pk=asked.pk).update(state=Job.State.FAILED, message="A reason.")

    page = shown(pages, f"{base}batches/prints/{asked.pk}/")

    assert "A reason." in page
    assert "Print again" in page


def test_a_file_that_has_expired_is_not_offered(
    pages: Client, user: User, batch: OfflineSalesBatch, base: str
) -> None:
    asked = printed(batch, user)
    Job.objects.filter(pk=asked.pk).update(expires=clock.now() - timedelta(seconds=1))

    page = shown(pages, f"{base}batches/prints/{asked.pk}/")

    assert "expired" in page
    assert "Download PDF" not in page


def test_only_whoever_asked_downloads_and_cancels(
    pages: Client, user: User, event: Event, batch: OfflineSalesBatch, base: str
) -> None:
    asked = printed(batch, user)
    waiting = request_print(actor=UserActor(user), batch=batch)
    other = signed_in(make_user(event.organizer))

    page = shown(other, f"{base}batches/prints/{asked.pk}/")

    assert "Only the person who requested this print can download it" in page
    assert "Download PDF" not in page
    assert other.post(f"{base}batches/prints/{waiting.pk}/cancel/").status_code == 404
    assert pages.post(f"{base}batches/prints/{waiting.pk}/cancel/").status_code == 302
    assert Job.objects.get(pk=waiting.pk).state == Job.State.CANCELLED
    late = pages.post(f"{base}batches/prints/{asked.pk}/cancel/", follow=True)
    assert "This print job has already ended." in late.content.decode()


def test_the_list_tells_who_printed_what(
    pages: Client, event: Event, batch: OfflineSalesBatch, odd_batch: OfflineSalesBatch, base: str
) -> None:
    ada = make_user(event.organizer, fullname="Ada")
    printed(batch, ada)
    printed(odd_batch, ada)

    everything = shown(pages, f"{base}batches/prints/")
    of_batch = shown(pages, f"{base}batches/{batch.pk}/")

    assert everything.count("Ada") == 2
    assert "At the door" in everything
    assert of_batch.count("Ada") == 1
    assert "Print again" in of_batch


def test_more_prints_take_no_more_queries(
    pages: Client, user: User, batch: OfflineSalesBatch, base: str
) -> None:
    request_print(actor=UserActor(user), batch=batch)
    with CaptureQueriesContext(connection) as few:
        shown(pages, f"{base}batches/prints/")

    for _ in range(5):
        request_print(actor=UserActor(user), batch=batch)

    with CaptureQueriesContext(connection) as many:
        shown(pages, f"{base}batches/prints/")
    assert len(many) == len(few)


def test_a_print_of_tickets_without_a_batch_is_shown_too(
    pages: Client, user: User, event: Event, batch: OfflineSalesBatch, base: str
) -> None:
    parts = [PrintItem(batch.tickets.get(number=1).position_id)]
    asked = request_render(event=event, actor=UserActor(user), parts=parts, purpose="render_batch")
    run(asked.pk)

    page = shown(pages, f"{base}batches/prints/{asked.pk}/")

    file = f"/api/v1{base}ticketpdfrenderer/download/{asked.pk}/{asked.file_id}/"
    assert f'href="{file}"' in page
    answer = pages.get(file)
    assert b"".join(answer).startswith(b"%PDF-")
    answer.close()
