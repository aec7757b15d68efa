"""The gallery of layouts, their import and export, and which product prints with which."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from counterfoil.catalog.models import Event
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.templates import PAGE_SIZES
from counterfoil.web.editor.saving import tell_background
from makers import make_event, make_item, make_layout, qr_element, text_element
from pageforms import untouched
from samplepdfs import NOT_A_PDF, pdf_of


def file_of(content: Any, name: str = "layout.json") -> SimpleUploadedFile:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return SimpleUploadedFile(name, raw)


def test_the_gallery_shows_what_each_layout_prints(pages: Client, event: Event, base: str) -> None:
    layout = make_layout(event, name="Stalls", default=True)
    item = make_item(event, name={"en": "Seat"})
    web = event.organizer.sales_channels.get()
    layout.item_assignments.create(item=item, sales_channel=web)

    page = pages.get(f"{base}layouts/")

    assert page.status_code == 200
    assert "Stalls" in page.text
    assert "Seat (web)" in page.text
    assert f"{base}layouts/{layout.pk}/picture.png" in page.text


def test_the_gallery_takes_the_same_queries_for_many_layouts(
    pages: Client, event: Event, base: str, django_assert_max_num_queries: Any
) -> None:
    item = make_item(event)
    web = event.organizer.sales_channels.get()
    layouts = [make_layout(event) for _number in range(12)]
    layouts[3].item_assignments.create(item=item, sales_channel=web)

    with django_assert_max_num_queries(16):
        pages.get(f"{base}layouts/")


def test_a_thumbnail_is_a_picture_of_the_ticket_that_is_sent_once(
    pages: Client, event: Event, base: str
) -> None:
    path = f"{base}layouts/{make_layout(event).pk}/picture.png"

    first = pages.get(path)
    again = pages.get(path, headers={"If-None-Match": first["ETag"]})

    assert first.content.startswith(b"\x89PNG")
    assert (again.status_code, again.content) == (304, b"")


def test_another_layout_is_another_picture(pages: Client, event: Event, base: str) -> None:
    layout = make_layout(event)
    path = f"{base}layouts/{layout.pk}/picture.png"
    before = pages.get(path)["ETag"]
    layout.layout = [qr_element(size="60.00")]
    layout.save()

    after = pages.get(path, headers={"If-None-Match": before})

    assert after.status_code == 200
    assert after["ETag"] != before


def test_another_name_of_the_event_is_another_picture(
    pages: Client, event: Event, base: str
) -> None:
    path = f"{base}layouts/{make_layout(event).pk}/picture.png"
    before = pages.get(path)["ETag"]
    event.name = {"en": "Moved to the small hall"}
    event.save()

    after = pages.get(path, headers={"If-None-Match": before})

    assert after.status_code == 200


def test_the_first_layout_made_on_the_pages_is_the_default(
    pages: Client, event: Event, base: str
) -> None:
    make_layout(event, name="By the API")

    for name in ("First", "Second"):
        pages.post(f"{base}layouts/new/", {"name": name, "start": "a6"})

    assert [each.name for each in event.ticket_layouts.filter(default=True)] == ["First"]


@pytest.mark.parametrize(
    ("start", "pages_of"), [("built-in", None), ("card", (85.6, 54)), ("own", (100, 50))]
)
def test_a_new_layout_begins_with_what_was_chosen(
    pages: Client, event: Event, base: str, start: str, pages_of: tuple[float, float] | None
) -> None:
    answer = pages.post(
        f"{base}layouts/new/", {"name": "New", "start": start, "width": "100", "height": "50"}
    )

    layout = TicketLayout.objects.get(event=event)
    assert answer["Location"] == f"{base}layouts/{layout.pk}/edit/"
    assert (layout.background is None) == (pages_of is None)
    assert pages.get(f"{base}layouts/{layout.pk}/picture.png").status_code == 200
    assert any(element["type"] == "barcodearea" for element in layout.layout)


@pytest.mark.parametrize("start", PAGE_SIZES)
def test_a_layout_can_begin_on_every_size_of_paper(
    pages: Client, event: Event, base: str, start: str
) -> None:
    pages.post(f"{base}layouts/new/", {"name": "New", "start": start})

    (page,) = tell_background(TicketLayout.objects.get(event=event).background)["pages"]
    assert page == {"width": PAGE_SIZES[start].width, "height": PAGE_SIZES[start].height}


@pytest.mark.parametrize(("width", "height"), [("", ""), ("0", "50"), ("50", "5000"), ("x", "1")])
def test_a_page_of_no_size_is_refused_at_its_field(
    pages: Client, event: Event, base: str, width: str, height: str
) -> None:
    answer = pages.post(
        f"{base}layouts/new/", {"name": "New", "start": "own", "width": width, "height": height}
    )

    assert answer.status_code == 422
    assert "errorlist" in answer.text
    assert not TicketLayout.objects.filter(event=event).exists()


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_was_exported_is_imported_unchanged(
    pages: Client, event: Event, base: str, wrapped: bool
) -> None:
    elements = [qr_element(size="40.00"), text_element(text="größer ≥ ÷", downward=True)]
    old = make_layout(event, layout=elements)
    exported = pages.get(f"{base}layouts/{old.pk}/export.json")
    sent = {"layout": json.loads(exported.content)} if wrapped else exported.content

    answer = pages.post(f"{base}layouts/import/", {"name": "Again", "layout": file_of(sent)})

    assert answer.status_code == 302
    assert json.loads(exported.content) == elements
    assert TicketLayout.objects.get(event=event, name="Again").layout == elements


def test_an_import_brings_its_background_along(pages: Client, event: Event, base: str) -> None:
    pdf = pdf_of((200, 100))

    pages.post(
        f"{base}layouts/import/",
        {"name": "New", "layout": file_of([qr_element()]), "background": file_of(pdf, "b.pdf")},
    )

    layout = TicketLayout.objects.get(event=event)
    sent = pages.get(f"{base}layouts/{layout.pk}/background.pdf")
    assert b"".join(sent.streaming_content) == pdf  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "This is not a JSON file."),
        (b'[{"type": }]', "line 1, column 11"),
        (b"[" * 100_000, "This is not a JSON file"),
        (rb'[{"type": "textarea", "text": "\ud800"}]', "Surrogate characters are not allowed."),
        (b"[" + b"9" * 5000 + b"]", "This is not a JSON file."),
        ([text_element(note="a\0b")], "Null characters are not allowed."),
        ([text_element(note=float("nan"))], "A valid number is required."),
        ({"name": "x"}, "This file has no list of layout elements. Export the layout again."),
        ([{"type": "hologram"}, qr_element(size="wide")], "/1/size"),
        ([{"type": "hologram"}, qr_element(size="wide")], "/0/type"),
    ],
)
def test_an_import_that_cannot_be_used_says_why_and_makes_nothing(
    pages: Client, event: Event, base: str, content: Any, words: str
) -> None:
    answer = pages.post(f"{base}layouts/import/", {"name": "New", "layout": file_of(content)})

    assert answer.status_code == 422
    assert words in answer.text
    assert not TicketLayout.objects.filter(event=event).exists()


def test_an_import_with_a_broken_background_makes_nothing(
    pages: Client, event: Event, base: str
) -> None:
    answer = pages.post(
        f"{base}layouts/import/",
        {
            "name": "New",
            "layout": file_of([qr_element()]),
            "background": file_of(NOT_A_PDF, "b.pdf"),
        },
    )

    assert answer.status_code == 422
    assert not TicketLayout.objects.filter(event=event).exists()


def test_what_pretix_would_refuse_is_said_before_it_is_taken_there(
    pages: Client, event: Event, base: str
) -> None:
    ours = make_layout(event, layout=[qr_element(symbology="aztec")])
    theirs = make_layout(event, layout=[qr_element()])

    assert "barcodearea.symbology" in pages.get(f"{base}layouts/{ours.pk}/").text
    assert "pretix refuses" not in pages.get(f"{base}layouts/{theirs.pk}/").text


def test_a_duplicate_prints_the_same_and_is_no_default(
    pages: Client, event: Event, base: str
) -> None:
    layout = make_layout(event, name="Stalls", default=True)

    pages.post(f"{base}layouts/{layout.pk}/duplicate/")

    copy = TicketLayout.objects.get(event=event, name="Stalls (copy)")
    assert copy.layout == layout.layout
    assert not copy.default


def test_a_new_default_takes_the_place_of_the_old_one(
    pages: Client, event: Event, base: str
) -> None:
    old, new = make_layout(event, default=True), make_layout(event)

    pages.post(f"{base}layouts/{new.pk}/default/")

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.default, new.default) == (False, True)


def test_deleting_asks_first(pages: Client, event: Event, base: str) -> None:
    layout = make_layout(event, name="Stalls")
    path = f"{base}layouts/{layout.pk}/delete/"

    asked = pages.get(path)
    assert "Delete the layout “Stalls”?" in asked.text
    assert TicketLayout.objects.filter(pk=layout.pk).exists()

    pages.post(path)
    assert not TicketLayout.objects.filter(pk=layout.pk).exists()


def test_a_layout_is_renamed_and_keeps_the_rest(pages: Client, event: Event, base: str) -> None:
    layout = make_layout(event, default=True)
    elements = layout.layout

    pages.post(f"{base}layouts/{layout.pk}/rename/", {"name": "Balcony"})

    layout.refresh_from_db()
    assert (layout.name, layout.default, layout.layout) == ("Balcony", True, elements)


def test_each_product_gets_its_layout_by_channel(pages: Client, event: Event, base: str) -> None:
    item = make_item(event)
    first, second = make_layout(event), make_layout(event)
    web = event.organizer.sales_channels.get()
    first.item_assignments.create(item=item, sales_channel=web)
    path, field = f"{base}layouts/assignments/", f"layout-{item.pk}-{web.pk}"

    pages.post(path, {**untouched(pages.get(path)), field: second.pk})
    assert list(item.layout_assignments.values_list("layout", flat=True)) == [second.pk]

    pages.post(path, {**untouched(pages.get(path)), field: ""})
    assert not item.layout_assignments.exists()


def test_what_a_colleague_assigned_meanwhile_stays(pages: Client, event: Event, base: str) -> None:
    mine, theirs = make_item(event), make_item(event)
    layout = make_layout(event)
    web = event.organizer.sales_channels.get()
    path = f"{base}layouts/assignments/"
    form = untouched(pages.get(path))
    layout.item_assignments.create(item=theirs, sales_channel=web)

    pages.post(path, {**form, f"layout-{mine.pk}-{web.pk}": layout.pk})

    assert {each.item for each in layout.item_assignments.all()} == {mine, theirs}


def test_a_layout_of_another_event_is_no_choice(pages: Client, event: Event, base: str) -> None:
    item, web = make_item(event), event.organizer.sales_channels.get()
    foreign = make_layout(make_event(event.organizer))

    answer = pages.post(f"{base}layouts/assignments/", {f"layout-{item.pk}-{web.pk}": foreign.pk})

    assert answer.status_code == 422
    assert not item.layout_assignments.exists()
