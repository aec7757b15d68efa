from __future__ import annotations

import io
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from apiclient import Api, at, upload
from counterfoil.catalog.models import Event
from counterfoil.layouts.backgrounds import store_background
from counterfoil.layouts.models import Background, TicketLayout
from makers import (
    make_event,
    make_item,
    make_layout,
    make_order,
    make_team,
    make_token,
    qr_element,
    text_element,
)
from samplepdfs import NOT_A_PDF, pdf_of

ELEMENTS = [qr_element(left="20.00", bottom=20.5, size=30)]


def new(api: Api, event: Event, **given: Any) -> Any:
    return api.post(at(event, "ticketlayouts/"), json={"name": "Ticket", "layout": [], **given})


def test_a_layout_comes_back_as_it_was_sent(api: Api, event: Event) -> None:
    answer = new(api, event, layout=ELEMENTS, default=True, id=7, item_assignments=[{"item": 1}])

    assert answer.status_code == 201
    layout = TicketLayout.objects.get()
    assert answer.json() == {
        "id": layout.pk,
        "name": "Ticket",
        "default": True,
        "layout": ELEMENTS,
        "background": None,
        "item_assignments": [],
    }
    assert list(answer.json()) == [
        "id",
        "name",
        "default",
        "layout",
        "background",
        "item_assignments",
    ]
    assert api.get(at(event, f"ticketlayouts/{layout.pk}/")).json() == answer.json()


def test_layouts_are_listed_by_name_with_what_prints_with_them(api: Api, event: Event) -> None:
    make_layout(event, name="B")
    layout, item = make_layout(event, name="A"), make_item(event)
    layout.item_assignments.create(item=item, sales_channel=event.organizer.sales_channels.get())

    results = api.get(at(event, "ticketlayouts/")).json()["results"]

    assert [result["name"] for result in results] == ["A", "B"]
    assert results[0]["item_assignments"] == [{"item": item.pk, "sales_channel": "web"}]


@pytest.mark.parametrize("amount", [1, 20])
def test_a_list_of_any_length_takes_the_same_queries(
    api: Api, event: Event, amount: int, django_assert_max_num_queries: Any
) -> None:
    web = event.organizer.sales_channels.get()
    for _ in range(amount):
        make_layout(event).item_assignments.create(item=make_item(event), sales_channel=web)

    with django_assert_max_num_queries(10):
        api.get(at(event, "ticketlayouts/"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"name": True}, "name"),
        ({"name": "x" * 191}, "name"),
        ({"layout": None}, "layout"),
        ({"layout": {}}, "layout"),
        ({"layout": "[]"}, "layout"),
        ({"layout": 5}, "layout"),
        ({"layout": ["a"]}, "layout"),
        ({"layout": [{"type": "hologram"}]}, "layout"),
        ({"default": None}, "default"),
        ({"default": "maybe"}, "default"),
        ({"background": ""}, "background"),
        ({"background": "hello"}, "background"),
        ({"background": "https://example.org/x.pdf"}, "background"),
        ({"background": "file:29891ede-196f-4942-9e26-d055a36e98b8"}, "background"),
        ({"background": ["file:x"]}, "background"),
    ],
)
def test_what_is_no_layout_is_refused_with_the_fields_name(
    api: Api, event: Event, given: dict[str, Any], field: str
) -> None:
    answer = new(api, event, **given)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not TicketLayout.objects.exists()


def test_a_second_default_is_refused_and_the_first_told_again_is_not(
    api: Api, event: Event
) -> None:
    first = new(api, event, default=True).json()["id"]

    assert new(api, event, default=True).json().keys() == {"non_field_errors"}
    again = api.patch(at(event, f"ticketlayouts/{first}/"), json={"default": True})
    assert (again.status_code, again.json()["default"]) == (200, True)


def test_put_resets_what_is_left_out_and_patch_leaves_it(api: Api, event: Event) -> None:
    background = upload(api, pdf_of())
    made = new(api, event, layout=ELEMENTS, default=True, background=background).json()
    path = at(event, f"ticketlayouts/{made['id']}/")

    assert api.patch(path, json={}).json() == made
    patched = api.patch(path, json={"name": "New"}).json()
    assert patched == {**made, "name": "New"}
    put = api.put(path, json={"name": "Put", "layout": []}).json()

    assert put == {**made, "name": "Put", "layout": [], "default": False, "background": None}
    assert api.put(path, json={"name": "Put"}).json().keys() == {"layout"}


def test_a_background_is_set_fetched_and_taken_away(api: Api, event: Event) -> None:
    pdf = pdf_of((100, 200))
    made = new(api, event, background=upload(api, pdf)).json()

    assert made["background"].startswith("http://testserver/api/v1/")
    fetched = api.get(made["background"].removeprefix("http://testserver"))
    assert b"".join(fetched.streaming_content) == pdf
    assert fetched["Content-Type"] == "application/pdf"

    path = at(event, f"ticketlayouts/{made['id']}/")
    assert api.patch(path, json={"background": None}).json()["background"] is None
    assert api.get(made["background"].removeprefix("http://testserver")).status_code == 404


def test_an_unusable_pdf_is_refused_and_says_why(api: Api, event: Event) -> None:
    answer = new(api, event, background=upload(api, NOT_A_PDF))

    assert answer.status_code == 400
    assert list(answer.json()) == ["background"]
    assert not Background.objects.exists()


def test_another_tokens_upload_is_no_file(api: Api, event: Event) -> None:
    other = Api(make_token(make_team(event.organizer))[1])

    assert new(api, event, background=upload(other, pdf_of())).status_code == 400


def test_a_picture_is_no_background(api: Api, event: Event) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (1, 1)).save(picture, "PNG")

    name = upload(api, picture.getvalue(), "x.png", "image/png")

    assert new(api, event, background=name).json().keys() == {"background"}


def test_a_deleted_layout_is_gone(api: Api, event: Event) -> None:
    path = at(event, f"ticketlayouts/{make_layout(event).pk}/")

    assert api.delete(path).status_code == 204
    assert api.delete(path).status_code == 404


def test_layouts_of_other_events_are_not_found(api: Api, event: Event) -> None:
    other = make_layout(make_event(event.organizer))

    assert api.get(at(event, f"ticketlayouts/{other.pk}/")).status_code == 404
    assert api.patch(at(event, f"ticketlayouts/{other.pk}/"), json={}).status_code == 404


def test_writing_needs_the_permission_and_reading_none(event: Event) -> None:
    reader = Api(make_token(make_team(event.organizer, permissions=[]))[1])
    layout = make_layout(event)

    assert reader.get(at(event, f"ticketlayouts/{layout.pk}/")).status_code == 200
    assert new(reader, event).status_code == 403
    assert reader.delete(at(event, f"ticketlayouts/{layout.pk}/")).status_code == 403


class TestPreview:
    def test_a_sample_is_shown_as_pdf_or_as_png(self, api: Api, event: Event) -> None:
        path = at(event, f"ticketlayouts/{make_layout(event).pk}/preview/")

        pdf = api.get(path)
        png = api.get(path, headers={"Accept": "image/png"})

        assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
        assert pdf.content.startswith(b"%PDF")
        assert (png.status_code, png["Content-Type"]) == (200, "image/png")
        assert png.content.startswith(b"\x89PNG")
        assert api.get(path + "?format=png")["Content-Type"] == "image/png"

    def test_a_real_ticket_needs_the_right_to_read_orders(self, api: Api, event: Event) -> None:
        layout = make_layout(event, layout=[text_element(content="order")])
        order = make_order(event, items=[make_item(event)])
        path = at(event, f"ticketlayouts/{layout.pk}/preview/?position={order.positions.get().pk}")
        designer = make_team(event.organizer, permissions=["event.settings.general:write"])

        shown = api.get(path)

        assert order.code in text_of(shown.content)
        assert Api(make_token(designer)[1]).get(path).status_code == 403

    def test_an_unsaved_layout_is_shown_on_a_saved_ones_background(
        self, api: Api, event: Event
    ) -> None:
        saved = new(api, event, background=upload(api, pdf_of((150, 90)))).json()["id"]
        body = {"layout": [text_element(content="other", text="Unsaved")], "ticket_layout": saved}

        shown = api.post(at(event, "ticketlayouts/preview/"), json=body)

        assert shown.status_code == 200, shown.content
        with pypdfium2.PdfDocument(shown.content) as document:
            assert document[0].get_size() == (150, 90)
        assert TicketLayout.objects.count() == 1

    def test_an_empty_layout_is_shown_as_it_prints_with_the_built_in_elements(
        self, api: Api, event: Event
    ) -> None:
        saved = api.get(at(event, f"ticketlayouts/{make_layout(event, layout=[]).pk}/preview/"))
        unsaved = api.post(at(event, "ticketlayouts/preview/"), json={"layout": []})

        for shown in (saved, unsaved):
            with pypdfium2.PdfDocument(shown.content) as document:
                assert document[0].get_textpage().get_text_bounded()

    def test_a_background_that_cannot_be_used_is_told_with_its_layouts_name(
        self, api: Api, event: Event
    ) -> None:
        broken = store_background(event=event, pdf=NOT_A_PDF, keep_unusable=True)
        layout = make_layout(event, name="Wristband", background=broken)

        saved = api.get(at(event, f"ticketlayouts/{layout.pk}/preview/"))
        unsaved = api.post(
            at(event, "ticketlayouts/preview/"), json={"layout": [], "ticket_layout": layout.pk}
        )

        assert saved.status_code == unsaved.status_code == 400
        assert saved.json() == unsaved.json()
        assert saved.json()["background"][0].startswith("The background of layout “Wristband” ")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "layout"),
            ({"layout": [{"type": "hologram"}]}, "layout"),
            ({"layout": [], "background": "file:x"}, "background"),
            ({"layout": [], "ticket_layout": 10**9}, "ticket_layout"),
            ({"layout": [], "position": 10**9}, "position"),
        ],
    )
    def test_what_cannot_be_shown_is_refused_in_json(
        self, api: Api, event: Event, body: dict[str, Any], field: str
    ) -> None:
        answer = api.post(
            at(event, "ticketlayouts/preview/"), json=body, headers={"Accept": "image/png"}
        )

        assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
        assert list(answer.json()) == [field]


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return str(document[0].get_textpage().get_text_range())
