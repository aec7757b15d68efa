from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest

from counterfoil.accounts.actors import Actor, TokenActor, UserActor
from counterfoil.catalog.models import Event, Question
from counterfoil.files import services as files
from counterfoil.jobs import services as jobs
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job
from counterfoil.jobs.runner import run
from counterfoil.layouts.backgrounds import store_background
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders.models import OrderPosition, QuestionAnswer
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.services import PrintItem, request_render
from makers import make_item, make_layout, make_order, make_user, qr_element, text_element
from samplepdfs import NOT_A_PDF, pdf_of

pytestmark = pytest.mark.django_db(transaction=True)


def ask(
    actor: Actor, *positions: OrderPosition, layout: TicketLayout | None = None
) -> RenderRequest:
    parts = [PrintItem(position.pk, override_layout=layout) for position in positions]
    event = positions[0].order.event
    return request_render(event=event, actor=actor, parts=parts, purpose="test")


def printed(request: RenderRequest) -> bytes:
    """Do the job and return the PDF."""
    run(request.job_id)
    job = Job.objects.get(pk=request.job_id)
    assert job.state == Job.State.DONE, job.message
    assert job.result_file is not None
    with files.open_stored(job.result_file) as stored:
        return stored.read()


def refusal(request: RenderRequest) -> str:
    """Do the job and return why it failed."""
    run(request.job_id)
    job = Job.objects.get(pk=request.job_id)
    assert job.state == Job.State.FAILED
    assert job.attempt == 1
    return job.message


def pages_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_tickets_are_printed_in_the_order_asked_for(event: Event, actor: TokenActor) -> None:
    order = make_order(event, items=[make_item(event), make_item(event)])
    first, second = order.positions.order_by("positionid")

    pages = pages_of(printed(ask(actor, second, first, second)))

    assert [f"{order.code}-{number}" in page for number, page in zip((2, 1, 2), pages, strict=True)]
    assert str(second.item) in pages[0]
    assert str(first.item) in pages[1]


def test_the_result_tells_how_many_pages_there_are_and_what_preflight_says(
    position: OrderPosition, actor: TokenActor
) -> None:
    layout = make_layout(position.order.event, layout=[text_element(content="no_such_variable")])
    request = ask(actor, position, layout=layout)

    printed(request)

    result = Job.objects.get(pk=request.job_id).result
    assert result is not None
    assert (result["tickets"], result["pages"]) == (1, 1)
    (finding,) = result["findings"]
    assert finding["concern"] == "unknown_variable"
    assert finding["pointer"] == "/0"
    assert finding["layout"] == layout.name
    assert finding["first"][0]["ticket"] == f"{position.order.code}-1"


def test_the_same_request_gives_the_same_bytes(position: OrderPosition, actor: TokenActor) -> None:
    requests = [ask(actor, position) for _ in range(2)]
    RenderRequest.objects.update(created=datetime(2027, 1, 1, tzinfo=UTC))

    digests = {hashlib.sha256(printed(request)).digest() for request in requests}

    assert len(digests) == 1


def test_each_ticket_takes_the_size_of_its_background(
    position: OrderPosition, actor: TokenActor
) -> None:
    event = position.order.event
    background = store_background(event=event, pdf=pdf_of((300, 400), (200, 100)))
    layout = make_layout(event, background=background)

    pdf = printed(ask(actor, position, layout=layout))

    with pypdfium2.PdfDocument(pdf) as document:
        assert [page.get_size() for page in document] == [(300, 400), (200, 100)]


def test_an_unusable_background_fails_the_job_in_its_own_words(
    position: OrderPosition, actor: TokenActor
) -> None:
    event = position.order.event
    background = store_background(event=event, pdf=NOT_A_PDF, keep_unusable=True)
    layout = make_layout(event, background=background)

    message = refusal(ask(actor, position, layout=layout))

    assert "This is not a PDF file." in message
    assert layout.name in message


def test_a_ticket_that_cannot_be_printed_is_named_with_its_element(
    position: OrderPosition, actor: TokenActor
) -> None:
    event = position.order.event
    question = Question.objects.create(
        event=event, identifier="DAY", question={"en": "?"}, type="D"
    )
    QuestionAnswer.objects.create(position=position, question=question, answer="tomorrow")
    layout = make_layout(event, layout=[qr_element(), text_element(content="question_DAY")])

    message = refusal(ask(actor, position, layout=layout))

    assert f"{position.order.code}-1" in message
    assert "/1" in message


def test_an_answer_too_long_for_its_code_leaves_out_the_code_and_is_told(
    position: OrderPosition, actor: TokenActor
) -> None:
    event = position.order.event
    question = Question.objects.create(
        event=event, identifier="WISH", question={"en": "?"}, type="T"
    )
    QuestionAnswer.objects.create(position=position, question=question, answer="x" * 3000)
    layout = make_layout(event, layout=[qr_element(), qr_element(content="question_WISH")])
    request = ask(actor, position, layout=layout)

    printed(request)

    result = Job.objects.get(pk=request.job_id).result
    assert result is not None
    (finding,) = result["findings"]
    assert (finding["concern"], finding["pointer"]) == ("code_left_out", "/1")


def test_a_layout_of_other_rules_fails_the_job_with_the_places(
    position: OrderPosition, actor: TokenActor
) -> None:
    layout = make_layout(position.order.event, layout=[{"type": "from the future"}])

    assert "/0/type" in refusal(ask(actor, position, layout=layout))


def test_a_ticket_deleted_meanwhile_fails_the_job(
    position: OrderPosition, actor: TokenActor
) -> None:
    request = ask(actor, position)
    OrderPosition.objects.all().delete()

    assert str(position.pk) in refusal(request)


def test_a_cancelled_print_leaves_no_file(position: OrderPosition, actor: TokenActor) -> None:
    request = ask(actor, position)
    jobs.cancel(request.job)

    run(request.job_id)

    job = Job.objects.get(pk=request.job_id)
    assert (job.state, job.result_file) == (Job.State.CANCELLED, None)


def test_a_layout_changed_after_the_request_is_not_what_is_printed(
    position: OrderPosition, actor: TokenActor
) -> None:
    layout = make_layout(
        position.order.event, default=True, layout=[text_element(content="other", text="Before")]
    )
    request = ask(actor, position)
    layout.layout = [text_element(content="other", text="After")]
    layout.save()

    assert "Before" in pages_of(printed(request))[0]


def test_a_worker_that_lost_its_job_publishes_nothing(
    position: OrderPosition, actor: TokenActor
) -> None:
    request = ask(actor, position)
    claim = Claim.take(request.job_id)
    assert claim is not None
    Job.objects.update(lease_until=datetime(2020, 1, 1, tzinfo=UTC))

    pdf = printed(request)  # another worker's attempt

    assert pdf.startswith(b"%PDF")
    assert Job.objects.get(pk=request.job_id).attempt == 2


def test_whoever_reads_german_is_told_in_german_what_cannot_be_printed(
    position: OrderPosition,
) -> None:
    event = position.order.event
    german = UserActor(make_user(event.organizer, locale="de"))
    elements = [qr_element(content="other", text="x" * 5000)]
    layout = make_layout(event, layout=elements)

    message = refusal(ask(german, position, layout=layout))

    assert message.startswith(f"Layout „{layout.name}“ kann nicht gedruckt werden: /0/text: Ein")


def test_a_ticket_is_the_same_whatever_language_its_printer_reads(
    position: OrderPosition, actor: TokenActor
) -> None:
    event = position.order.event
    question = Question.objects.create(
        event=event, identifier="LUNCH", question={"en": "Lunch?"}, type="B"
    )
    QuestionAnswer.objects.create(position=position, question=question, answer="True")
    names = ("question_LUNCH", "event_date_range", "event_begin_weekday", "price", "purchase_date")
    layout = make_layout(event, layout=[qr_element(), *map(_showing, names)])
    german = UserActor(make_user(event.organizer, locale="de"))
    requests = [ask(requested_by, position, layout=layout) for requested_by in (actor, german)]
    RenderRequest.objects.update(created=datetime(2027, 1, 1, tzinfo=UTC))

    first, second = (printed(request) for request in requests)

    assert "Yes" in pages_of(first)[0]
    assert first == second


def _showing(name: str) -> dict[str, Any]:
    return text_element(content=name)
