from __future__ import annotations

import base64
import io
import json
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.layouts.backgrounds import store_background
from counterfoil.layouts.builtin import built_in_layout
from counterfoil.layouts.models import Background, TicketLayout
from counterfoil.layouts.services import LayoutContent
from makers import (
    make_event,
    make_item,
    make_layout,
    make_order,
    make_user,
    qr_element,
    text_element,
)
from pageclient import signed_in
from samplepdfs import NOT_A_PDF, pdf_of

DESIGN = "event.settings.general:write"
HOLOGRAM = {"type": "hologram", "left": "1.00", "glitter": [1, None]}


@pytest.fixture
def layout(event: Event) -> TicketLayout:
    return make_layout(event, name="Ticket")


def ask(pages: Client, path: str, /, **body: Any) -> Any:
    return pages.post(path, json.dumps(body), content_type="application/json")


def picture_of(pages: Client, base: str, /, *elements: Any, **given: Any) -> Any:
    body = {"elements": list(elements), "background": None, "ticket": "sample", "dpi": 50, **given}
    return ask(pages, f"{base}layouts/picture/", **body)


def image_in(answer: Any) -> Image.Image:
    assert answer["picture"].startswith("data:image/png;base64,")
    return Image.open(io.BytesIO(base64.b64decode(answer["picture"].partition(",")[2])))


def save(pages: Client, base: str, layout: TicketLayout, **given: Any) -> Any:
    body = {
        "name": layout.name,
        "elements": layout.layout,
        "background": None,
        "version": LayoutContent.of(layout).version,
        **given,
    }
    return ask(pages, f"{base}layouts/{layout.pk}/save/", **body)


class TestThePage:
    def data(self, pages: Client, base: str, layout: TicketLayout) -> Any:
        answer = pages.get(f"{base}layouts/{layout.pk}/edit/")
        assert answer.status_code == 200
        return answer.context["data"]

    def test_it_brings_along_the_layout_as_it_is_stored(
        self, pages: Client, base: str, layout: TicketLayout
    ) -> None:
        data = self.data(pages, base, layout)

        assert data["layout"] == {
            "id": layout.pk,
            "name": "Ticket",
            "elements": layout.layout,
            "background": {"id": None, "pages": [{"width": 210.0, "height": 297.0}]},
        }
        assert data["version"] == LayoutContent.of(layout).version

    def test_it_says_what_can_be_put_on_a_ticket(
        self, pages: Client, base: str, layout: TicketLayout, event: Event
    ) -> None:
        data = self.data(pages, base, layout)

        assert {each["type"] for each in data["descriptions"]} >= {"textcontainer", "barcodearea"}
        helps = [a["help"] for each in data["descriptions"] for a in each["attributes"]]
        assert not [text for text in helps if "other_i18n" in text or "meta:NAME" in text]
        variables = {each["key"]: each for each in data["variables"]}
        assert variables["event_name"]["sample"] == str(event)
        assert variables["attendee_name"]["sample"] == "Ada Lovelace"
        fonts = {each["family"]: each["faces"] for each in data["fonts"]}
        assert len(fonts["Open Sans"]) == 4
        assert [each["code"] for each in data["languages"]] == ["en", "de"]

    def test_it_knows_the_sizes_of_the_background(
        self, pages: Client, base: str, event: Event
    ) -> None:
        background = store_background(event=event, pdf=pdf_of((595.276, 209.764), (100, 100)))
        layout = make_layout(event, background=background)

        told = self.data(pages, base, layout)["layout"]["background"]

        assert told["id"] == background.pk
        assert told["pages"][0] == {"width": 210.0, "height": 74.0}
        assert len(told["pages"]) == 2

    def test_a_background_that_cannot_be_used_does_not_keep_it_shut(
        self, pages: Client, base: str, event: Event
    ) -> None:
        broken = store_background(event=event, pdf=NOT_A_PDF, keep_unusable=True)
        layout = make_layout(event, background=broken)

        told = self.data(pages, base, layout)["layout"]["background"]

        assert told == {"id": broken.pk, "pages": []}

    def test_whoever_sees_no_orders_is_offered_no_real_tickets(
        self, base: str, event: Event, layout: TicketLayout
    ) -> None:
        designer = signed_in(make_user(event.organizer, permissions=[DESIGN]))

        data = self.data(designer, base, layout)

        assert (data["writable"], data["orders"]) == (True, False)

    @pytest.mark.parametrize("number", ["0", "99999999999999999999", "٣"])
    def test_numbers_that_no_layout_has_are_not_found(
        self, pages: Client, base: str, number: str
    ) -> None:
        assert pages.get(f"{base}layouts/{number}/edit/").status_code == 404


class TestPictures:
    def test_a_picture_shows_the_page_and_tells_where_everything_is(
        self, pages: Client, base: str
    ) -> None:
        answer = picture_of(pages, base, text_element(rotation=90, bottom="250"), qr_element())

        assert answer.status_code == 200
        told = answer.json()
        assert image_in(told).size == (414, 585)
        assert told["ticket"] == "Sample"
        text, code = told["elements"]
        assert (text["rotation"], text["width"], text["pivot"]["x"]) == (90, 60, 20)
        assert code == {
            "page": 1,
            "left": 20,
            "bottom": 60,
            "width": 40,
            "height": 40,
            "rotation": 0,
            "pivot": {"x": 20, "y": 100},
            "findings": [],
        }

    def test_hidden_elements_are_not_drawn_but_told(self, pages: Client, base: str) -> None:
        without = picture_of(pages, base, text_element()).json()
        shown = picture_of(pages, base, text_element(), qr_element()).json()
        hidden = picture_of(pages, base, text_element(), qr_element(), hidden=[1]).json()

        assert hidden["picture"] == without["picture"] != shown["picture"]
        assert hidden["elements"] == shown["elements"]

    def test_an_empty_layout_shows_the_built_in_elements_that_print_on_it(
        self, pages: Client, base: str, event: Event
    ) -> None:
        paper = store_background(event=event, pdf=pdf_of((595.276, 841.89))).pk
        built_in = picture_of(pages, base, *built_in_layout(), background=paper).json()

        empty = picture_of(pages, base, background=paper).json()

        assert empty["picture"] == built_in["picture"]
        assert empty["elements"] == []

    def test_an_element_on_a_page_that_is_not_there_is_nowhere_and_says_so(
        self, pages: Client, base: str
    ) -> None:
        told = picture_of(pages, base, {"type": "?"}, qr_element(page=2), qr_element()).json()

        assert told["elements"][1] is None
        assert told["elements"][2] is not None
        assert told["problems"][1] == {
            "pointer": "/1",
            "message": "There is no page 2, so this is never printed.",
        }

    def test_what_cannot_be_read_is_told_with_its_place_and_the_rest_is_drawn(
        self, pages: Client, base: str
    ) -> None:
        answer = picture_of(
            pages, base, qr_element(size="x"), HOLOGRAM, qr_element(), text_element(fontsize=0)
        )

        assert answer.status_code == 422
        told = answer.json()
        assert [each["pointer"] for each in told["problems"]] == [
            "/0/size",
            "/1/type",
            "/3/fontsize",
        ]
        assert told["elements"][0] is told["elements"][1] is told["elements"][3] is None
        assert told["picture"] == picture_of(pages, base, qr_element()).json()["picture"]

    def test_what_this_ticket_cannot_print_is_told_at_its_element(
        self, pages: Client, base: str
    ) -> None:
        ean = qr_element(symbology="ean13", content="event_name")

        answer = picture_of(pages, base, HOLOGRAM, qr_element(), ean)

        assert answer.status_code == 422
        told = answer.json()
        assert [each["pointer"] for each in told["problems"]] == ["/0/type", "/2"]
        assert told["elements"][2]["findings"][0]["severity"] == "error"
        assert told["picture"] == picture_of(pages, base, qr_element()).json()["picture"]

    def test_preflight_warns_at_the_element(self, pages: Client, base: str) -> None:
        told = picture_of(pages, base, qr_element(), qr_element(size="5.00", left="150")).json()

        fine, small = told["elements"]
        assert fine["findings"] == []
        assert small["findings"][0]["severity"] == "warning"
        assert "below 0.33 mm many gates fail" in small["findings"][0]["message"]

    def test_the_longest_texts_can_be_asked_for(self, pages: Client, base: str) -> None:
        element = text_element(content="attendee_name")

        longest = picture_of(pages, base, element, ticket="longest").json()

        assert longest["ticket"] == "Longest texts"
        assert longest["picture"] != picture_of(pages, base, element).json()["picture"]

    def test_a_page_of_a_background_of_the_event_is_shown(
        self, pages: Client, base: str, event: Event
    ) -> None:
        background = store_background(event=event, pdf=pdf_of((100, 200), (720, 144)))

        told = picture_of(pages, base, background=background.pk, page=2).json()

        assert image_in(told).size == (500, 100)

    def test_pages_and_sizes_that_are_none_mean_the_nearest(self, pages: Client, base: str) -> None:
        told = picture_of(pages, base, page=99, dpi=1e5)

        assert image_in(told.json()).size == (2481, 3508)

    def test_a_field_of_paper_is_drawn_with_fewer_dots(
        self, pages: Client, base: str, event: Event
    ) -> None:
        background = store_background(event=event, pdf=pdf_of((14_000, 14_000)))

        told = picture_of(pages, base, background=background.pk, dpi=300)

        width, height = image_in(told.json()).size
        assert width * height <= 18_000_000

    def test_other_events_backgrounds_do_not_exist(self, pages: Client, base: str) -> None:
        foreign = store_background(event=make_event(), pdf=pdf_of())

        answer = picture_of(pages, base, background=foreign.pk)

        assert answer.status_code == 422
        assert answer.json()["problems"][0]["pointer"] == "/background"

    def test_a_background_that_cannot_be_used_is_a_problem(
        self, pages: Client, base: str, event: Event
    ) -> None:
        broken = store_background(event=event, pdf=NOT_A_PDF, keep_unusable=True)

        answer = picture_of(pages, base, background=broken.pk)

        assert answer.status_code == 422
        assert "This is not a PDF file." in answer.json()["problems"][0]["message"]

    @pytest.mark.parametrize("width", ["1" * 400, 1e308, -5, 0, None, True, [1], {"a": 1}])
    def test_impossible_sizes_are_problems(self, pages: Client, base: str, width: object) -> None:
        answer = picture_of(pages, base, text_element(width=width))

        assert answer.status_code == 422
        assert answer.json()["problems"][0]["pointer"] == "/0/width"


class TestRealTickets:
    @pytest.fixture
    def position(self, event: Event) -> Any:
        order = make_order(event, items=[make_item(event), make_item(event)], code="A1B2C")
        return order.positions.get(positionid=2)

    def test_a_ticket_is_found_by_its_code_its_orders_code_and_its_secret(
        self, pages: Client, base: str, position: Any
    ) -> None:
        element = text_element(content="order_positionid")
        searches: list[dict[str, Any]] = [
            {"search": " a1b2c-2 "},
            {"search": position.secret},
            {"search": "a1b2c"},
        ]

        labels = [
            picture_of(pages, base, element, ticket=search).json()["ticket"] for search in searches
        ]

        assert labels == ["A1B2C-2", "A1B2C-2", "A1B2C-1"]

    @pytest.mark.parametrize(
        "search",
        [
            {"search": "nobody"},
            {"search": ""},
            {"search": "-"},
            {"search": "A1B2C-99999999999999999999"},
            {"search": "A1B2C-²"},
            {"search": 5},
            {},
        ],
    )
    def test_what_is_no_ticket_is_not_found(
        self, pages: Client, base: str, position: Any, search: Any
    ) -> None:
        answer = picture_of(pages, base, ticket=search)

        assert answer.status_code == 404
        assert answer.json() == {"message": "No ticket of this event matches."}

    def test_tickets_of_other_events_do_not_exist(
        self, pages: Client, base: str, event: Event
    ) -> None:
        other = make_event(event.organizer)
        foreign = make_order(other, items=[make_item(other)]).positions.get()

        answer = picture_of(pages, base, ticket={"search": foreign.secret})

        assert answer.status_code == 404

    def test_whoever_sees_no_orders_sees_no_tickets(
        self, base: str, event: Event, position: Any
    ) -> None:
        designer = signed_in(make_user(event.organizer, permissions=[DESIGN]))

        assert picture_of(designer, base).status_code == 200
        assert picture_of(designer, base, ticket={"search": position.secret}).status_code == 403


class TestSaving:
    def test_a_design_is_saved_and_written_down(
        self, pages: Client, base: str, layout: TicketLayout, event: Event, user: User
    ) -> None:
        background = store_background(event=event, pdf=pdf_of())
        elements = [text_element(left=12.5)]

        answer = save(
            pages, base, layout, name=" New ", elements=elements, background=background.pk
        )

        layout.refresh_from_db()
        told = answer.json()
        assert told == {
            "version": LayoutContent.of(layout).version,
            "name": "New",
            "printed": 0,
        }
        assert (layout.name, layout.layout, layout.background) == ("New", elements, background)
        entry = LogEntry.objects.get(action="counterfoil.ticketlayout.changed")
        assert (entry.user, entry.object_id) == (user, str(layout.pk))

    def test_somebody_elses_change_is_told_and_not_overwritten(
        self, pages: Client, base: str, layout: TicketLayout, event: Event
    ) -> None:
        other = make_user(event.organizer, email="ada@example.org")
        theirs = [qr_element(size="30.00")]
        seen = LayoutContent.of(layout).version
        save(signed_in(other), base, layout, elements=theirs)

        answer = save(pages, base, layout, elements=[], version=seen)

        layout.refresh_from_db()
        assert answer.status_code == 409
        told = answer.json()
        assert told["by"] == "ada@example.org"
        assert told["when"]
        assert told["layout"]["elements"] == theirs == layout.layout
        assert save(pages, base, layout, elements=[], version=told["version"]).status_code == 200

    def test_ones_own_other_window_is_told_as_such(
        self, pages: Client, base: str, layout: TicketLayout
    ) -> None:
        seen = LayoutContent.of(layout).version
        save(pages, base, layout, elements=[qr_element(size="30.00")])

        told = save(pages, base, layout, elements=[], version=seen).json()

        assert told["by"] == "You (in another window)"

    def test_who_made_it_the_default_has_not_changed_it(
        self, pages: Client, base: str, layout: TicketLayout, event: Event, user: User
    ) -> None:
        seen = LayoutContent.of(layout).version
        save(pages, base, layout, elements=[qr_element()])
        other = signed_in(make_user(event.organizer, email="ada@example.org"))
        other.post(f"{base}layouts/{layout.pk}/default/")

        told = save(other, base, layout, elements=[], version=seen).json()

        assert told["by"] == str(user)

    def test_a_change_through_the_api_is_a_change(
        self, pages: Client, base: str, layout: TicketLayout
    ) -> None:
        seen = LayoutContent.of(layout).version
        TicketLayout.objects.update(name="Renamed")

        answer = save(pages, base, layout, elements=[], version=seen)

        assert answer.status_code == 409
        assert answer.json()["layout"]["name"] == "Renamed"
        assert answer.json()["by"] == ""

    def test_sending_the_same_again_succeeds_again(
        self, pages: Client, base: str, layout: TicketLayout
    ) -> None:
        """The first answer may have been lost."""
        seen = LayoutContent.of(layout).version

        answers = [save(pages, base, layout, elements=[], version=seen) for _ in range(2)]

        assert [each.status_code for each in answers] == [200, 200]
        assert LogEntry.objects.count() == 1

    def test_the_default_stays_the_default(self, pages: Client, base: str, event: Event) -> None:
        layout = make_layout(event, default=True)

        save(pages, base, layout, elements=[])

        layout.refresh_from_db()
        assert layout.default

    def test_what_cannot_be_printed_is_not_saved(
        self, pages: Client, base: str, layout: TicketLayout
    ) -> None:
        answer = save(pages, base, layout, elements=[qr_element(), qr_element(size=0), HOLOGRAM])

        assert answer.status_code == 422
        assert [each["pointer"] for each in answer.json()["problems"]] == ["/1/size", "/2/type"]
        layout.refresh_from_db()
        assert LayoutContent.of(layout).version == save(pages, base, layout).json()["version"]

    def test_what_nobody_here_knows_is_kept_where_it_was_stored_before(
        self, pages: Client, base: str, event: Event
    ) -> None:
        layout = make_layout(event, layout=[HOLOGRAM, qr_element()])

        answer = save(pages, base, layout, elements=[qr_element(size=30), HOLOGRAM])

        assert answer.status_code == 200
        layout.refresh_from_db()
        assert layout.layout == [qr_element(size=30), HOLOGRAM]

    def test_numbers_that_javascript_cannot_keep_come_back_as_they_were(
        self, pages: Client, base: str, event: Event
    ) -> None:
        odd = {**HOLOGRAM, "left": 12.0, "id": 12345678901234567891}
        layout = make_layout(event, layout=[odd])
        seen = json.loads(json.dumps(odd), parse_float=lambda text: int(float(text)))

        save(pages, base, layout, elements=[qr_element(), {**seen, "id": 12345678901234567000}])

        layout.refresh_from_db()
        assert json.dumps(layout.layout[1]["left"]) == "12.0"
        assert layout.layout[1]["id"] == 12345678901234567891

    @pytest.mark.parametrize("name", ["", "  ", None, 5, "x" * 191])
    def test_a_layout_needs_a_name(
        self, pages: Client, base: str, layout: TicketLayout, name: object
    ) -> None:
        answer = save(pages, base, layout, name=name)

        assert answer.status_code == 422
        assert answer.json()["problems"][0]["pointer"] == "/name"

    def test_a_deleted_layout_is_not_saved(
        self, pages: Client, base: str, layout: TicketLayout
    ) -> None:
        TicketLayout.objects.all().delete()

        assert save(pages, base, layout).status_code == 404

    def test_a_copy_is_a_layout_of_its_own_and_needs_no_other(
        self, pages: Client, base: str, event: Event
    ) -> None:
        make_layout(event, default=True)
        design = {"name": "Copy", "elements": [qr_element()], "background": None}

        answer = ask(pages, f"{base}layouts/copy/", **design)

        assert answer.status_code == 201
        copy = event.ticket_layouts.get(name="Copy")
        assert answer.json() == {"id": copy.pk, "url": f"{base}layouts/{copy.pk}/edit/"}
        assert (copy.layout, copy.default) == ([qr_element()], False)


class TestBackgrounds:
    def send(self, pages: Client, base: str, pdf: bytes) -> Any:
        file = SimpleUploadedFile("paper.pdf", pdf, "application/pdf")
        return pages.post(f"{base}layouts/background/", {"file": file})

    def test_a_pdf_becomes_a_background(self, pages: Client, base: str, event: Event) -> None:
        answer = self.send(pages, base, pdf_of((595.276, 841.89)))

        background = Background.objects.get(event=event)
        assert answer.json() == {"id": background.pk, "pages": [{"width": 210.0, "height": 297.0}]}

    def test_what_is_no_background_is_refused_with_the_reason(
        self, pages: Client, base: str
    ) -> None:
        locked = io.BytesIO()
        with pikepdf.new() as pdf:
            pdf.add_blank_page()
            pdf.save(locked, encryption=pikepdf.Encryption(owner="secret", user="secret"))

        answers = [self.send(pages, base, data) for data in (NOT_A_PDF, locked.getvalue())]

        assert [each.status_code for each in answers] == [422, 422]
        assert answers[0].json() == {"message": "This is not a PDF file."}
        assert "password" in answers[1].json()["message"]
        assert not Background.objects.exists()

    def test_empty_paper_of_a_size_can_be_had(self, pages: Client, base: str) -> None:
        answer = ask(pages, f"{base}layouts/background/", width=85.6, height=54, pages=2)

        assert answer.json()["pages"] == [{"width": 85.6, "height": 54.0}] * 2

    @pytest.mark.parametrize(
        "size",
        [
            {"width": 0, "height": 54},
            {"width": -1, "height": 54},
            {"width": 1e5, "height": 54},
            {"width": 85, "height": 54, "pages": 0},
            {"width": 85, "height": 54, "pages": 1000},
            {},
        ],
    )
    def test_paper_that_there_is_not_is_refused(
        self, pages: Client, base: str, size: dict[str, Any]
    ) -> None:
        answer = ask(pages, f"{base}layouts/background/", **size)

        assert answer.status_code == 422
        assert answer.json()["message"]

    @pytest.mark.parametrize("width", ["85", None, True, [1]])
    def test_sizes_that_are_no_numbers_are_refused(
        self, pages: Client, base: str, width: object
    ) -> None:
        answer = ask(pages, f"{base}layouts/background/", width=width, height=54)

        assert answer.status_code == 400

    def test_without_a_file_nothing_happens(self, pages: Client, base: str) -> None:
        assert pages.post(f"{base}layouts/background/").status_code == 400


class TestOddBodies:
    PATHS = ("layouts/picture/", "layouts/{layout}/save/", "layouts/copy/")

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"\xff",
            b'{"elements": NaN}',
            b'{"elements": [{"type": "line", "left": Infinity}]}',
            b'{"elements": [{"type": "line", "left": 1e999}]}',
            b'{"elements": [{"type": "\\u0000"}]}',
            b'{"elements": [{"type": "\\ud800"}]}',
            b'{"elements": ' + b"[" * 100_000,
            b'{"elements": [' + b"9" * 10_000 + b"]}",
            b'{"name": "x", "elements": [1]}',
            b'{"name": "x", "elements": {}}',
            b'{"name": "x"}',
        ],
    )
    def test_they_are_refused_in_words(
        self, pages: Client, base: str, layout: TicketLayout, path: str, body: bytes
    ) -> None:
        where = base + path.format(layout=layout.pk)

        answer = pages.post(where, body, content_type="application/json")

        assert answer.status_code in {400, 422}
        assert answer.json().get("message") or answer.json()["problems"]

    def test_a_backslash_is_no_null_character(self, pages: Client, base: str) -> None:
        element = text_element(content="other", text="C:\\u0000")

        assert picture_of(pages, base, element).status_code == 200

    def test_ten_megabytes_are_too_large(self, pages: Client, base: str) -> None:
        body = b'{"elements": [], "x": "' + b"x" * 10 * 1024 * 1024 + b'"}'

        answer = pages.post(f"{base}layouts/picture/", body, content_type="application/json")

        assert answer.status_code == 413

    def test_thousands_of_elements_are_too_many(
        self, pages: Client, base: str, layout: TicketLayout
    ) -> None:
        elements = [qr_element()] * 1001

        assert picture_of(pages, base, *elements).status_code == 422
        assert save(pages, base, layout, elements=elements).status_code == 422


class TestProof:
    def test_a_proof_is_the_pdf_of_what_is_not_saved_yet(
        self, pages: Client, base: str, event: Event
    ) -> None:
        body = {"elements": [text_element(content="event_name")], "background": None}

        answer = ask(pages, f"{base}layouts/proof/", **body, ticket="sample")

        head, _comma, data = answer.json()["pdf"].partition(",")
        assert head == "data:application/pdf;base64"
        with pypdfium2.PdfDocument(base64.b64decode(data)) as document:
            assert str(event) in document[0].get_textpage().get_text_range()

    def test_a_layout_that_cannot_be_printed_has_none(self, pages: Client, base: str) -> None:
        body = {"elements": [{"type": "hologram"}], "background": None, "ticket": "sample"}

        answer = ask(pages, f"{base}layouts/proof/", **body)

        assert answer.status_code == 422
        assert answer.json()["problems"][0]["pointer"] == "/0/type"
