from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image

from counterfoil.catalog.models import Event, Question
from counterfoil.core.refusals import Invalid
from counterfoil.files import services as files
from counterfoil.layouts.backgrounds import store_background
from counterfoil.orders.models import OrderPosition, QuestionAnswer
from counterfoil.printing import previews
from counterfoil.printing.samples import samples
from counterfoil.render import Concern, Plan, inspect
from makers import text_element
from samplepdfs import NOT_A_PDF, pdf_of


def plan_showing(*contents: str) -> Plan:
    elements = [
        text_element(content=content, bottom=str(100 + 20 * place), width="150")
        for place, content in enumerate(contents)
    ]
    return previews.preview_plan(elements=elements, background=None)


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return str(document[0].get_textpage().get_text_range())


def test_a_real_ticket_shows_what_its_order_holds(position: OrderPosition) -> None:
    plan = plan_showing("order", "item")

    pdf = previews.draw_pdf(plan, previews.real_ticket(plan, position), title="x")

    assert position.order.code in text_of(pdf)
    assert str(position.item) in text_of(pdf)


def test_a_condition_may_ask_for_a_picture_that_nothing_shows(position: OrderPosition) -> None:
    question = Question.objects.create(
        event=position.order.event, identifier="PHOTO", question={"en": "You?"}, type="F"
    )
    with files.publish("answers", "photo.png") as stream:
        Image.new("L", (1, 1)).save(stream, "PNG")
    QuestionAnswer.objects.create(
        position=position, question=question, answer="file://x.png", file="answers/photo.png"
    )
    element = text_element(content="other", text="With photo") | {
        "condition": {"variable": "question_PHOTO", "empty": False}
    }
    plan = previews.preview_plan(elements=[element], background=None)

    pdf = previews.draw_pdf(plan, previews.real_ticket(plan, position), title="x")

    assert "With photo" in text_of(pdf)


def test_a_sample_shows_the_event_as_it_is_and_a_ticket_of_nobody(event: Event) -> None:
    plan = plan_showing("event_name", "attendee_name")

    text = text_of(previews.draw_pdf(plan, previews.sample_ticket(plan, event), title="x"))

    assert str(event) in text
    assert "Ada Lovelace" in text


def test_a_sample_knows_the_pictures_that_an_event_asks_for(event: Event) -> None:
    Question.objects.create(event=event, identifier="PHOTO", question={"en": "You?"}, type="F")
    pictures = [
        {"type": "imagearea", "left": 1, "bottom": 1, "width": 9, "height": 9, "content": content}
        for content in ("question_PHOTO", "item")
    ]
    plan = previews.preview_plan(elements=pictures, background=None)

    shown, unknown = inspect(plan, previews.sample_ticket(plan, event))

    assert shown.findings == ()
    assert [each.concern for each in unknown.findings] == [Concern.UNKNOWN_VARIABLE]


def test_a_sample_may_show_the_longest_values(event: Event) -> None:
    plan = plan_showing("attendee_name")

    ticket = previews.sample_ticket(plan, event, longest=True)

    assert "Wolfeschlegelsteinhausen" in text_of(previews.draw_pdf(plan, ticket, title="x"))


def test_a_picture_has_the_dots_asked_for(event: Event) -> None:
    plan = plan_showing("event_name")

    png = previews.draw_png(plan, previews.sample_ticket(plan, event), page=1, dpi=72)

    assert Image.open(io.BytesIO(png)).size == (596, 842)


@pytest.mark.parametrize(("page", "dpi"), [(2, 72), (0, 72), (1, 0), (1, 10_000)])
def test_pages_and_sizes_that_are_none_are_refused(event: Event, page: int, dpi: int) -> None:
    plan = plan_showing("event_name")

    with pytest.raises(Invalid):
        previews.draw_png(plan, previews.sample_ticket(plan, event), page=page, dpi=dpi)


def test_a_field_of_paper_is_drawn_with_fewer_dots(event: Event) -> None:
    field = store_background(event=event, pdf=pdf_of((14_400, 14_400)))
    plan = previews.preview_plan(elements=[], background=field.pk)

    assert 20 < previews.finest_dpi(plan, 1) < 22
    with pytest.raises(Invalid, match="1 to 21 dots"):
        previews.draw_png(plan, previews.sample_ticket(plan, event), page=1, dpi=22)


def test_samples_of_all_variables_can_be_listed(event: Event) -> None:
    listed = {variable.key: sample for variable, sample in samples(event)}

    assert listed["event_name"] == str(event)
    assert listed["attendee_name"] == "Ada Lovelace"


def test_what_cannot_be_printed_is_refused_with_its_place(event: Event) -> None:
    with pytest.raises(Invalid, match="/0/type"):
        previews.preview_plan(elements=[{"type": "hologram"}], background=None)

    background = store_background(event=event, pdf=NOT_A_PDF, keep_unusable=True)
    with pytest.raises(Invalid) as refused:
        previews.preview_plan(elements=[], background=background.pk)
    assert list(refused.value.problems) == ["background"]
