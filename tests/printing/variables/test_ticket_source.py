from __future__ import annotations

import errno
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files import File
from django.core.files.storage import FileSystemStorage

from counterfoil.catalog.models import Event, ItemCategory, Question, QuestionOption
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.core.refusals import Gone
from counterfoil.files import services as files
from counterfoil.orders.models import OrderPosition, QuestionAnswer
from counterfoil.printing.variables.ticket_source import TicketSource
from counterfoil.render import Ticket
from counterfoil.render.values import Key
from makers import (
    make_event,
    make_item,
    make_order,
    make_organizer,
    make_position,
    make_subevent,
    make_variation,
)

RECORDED = json.loads((Path(__file__).parent / "recorded_values.json").read_text("utf-8"))
NOW = datetime(2026, 11, 22, 0, 58, tzinfo=UTC)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0"
    "000003010100c9fe92ef0000000049454e44ae426082"
)


def told(position: OrderPosition, *needs: Key, images: Iterable[str] = ()) -> Ticket:
    source = TicketSource(position.order.event, needs=needs, images=images, now=NOW)
    return next(source.tickets([position.pk]))


def value(position: OrderPosition, key: Key) -> str | None:
    return told(position, key).values[key]


def ask(event: Event, kind: str, identifier: str = "ASKED") -> Question:
    return Question.objects.create(
        event=event, identifier=identifier, question={"en": "Well?"}, type=kind
    )


@pytest.fixture
def festival(db: None) -> OrderPosition:
    """A ticket with nearly everything that a ticket can have."""
    event = make_event(
        make_organizer(name="Peer Org"),
        name={"en": "Sommerfest der Brückenbauer 2027"},
        date_from=datetime(2027, 6, 12, 16, tzinfo=UTC),
        date_to=datetime(2027, 6, 14, 20, 30, tzinfo=UTC),
        date_admission=datetime(2027, 6, 12, 15, tzinfo=UTC),
        location={"en": "Alte Kongresshalle\nAm Bavariapark 14\n80339 München"},
        settings={"name_scheme": "title_given_family"},
    )
    category = ItemCategory.objects.create(event=event, name={"en": "Tickets"})
    item = make_item(
        event,
        name={"en": "Weekend ticket"},
        description={"en": "Access on all days"},
        category=category,
    )
    address: dict[str, Any] = {
        "company": "ACME GmbH",
        "street": "Hauptstr. 0",
        "zipcode": "10115",
        "city": "Berlin",
        "country": "DE",
    }
    order = make_order(
        event,
        items=[],
        code="B00000",
        email="guest0@example.org",
        datetime=datetime(2027, 1, 5, 9, 30, tzinfo=UTC),
        invoice_address={
            **address,
            "name_parts": {"given_name": "Ada", "family_name": "Müller 0"},
        },
    )
    position = make_position(
        order,
        item,
        variation=make_variation(item, value={"en": "Early bird"}),
        price=Decimal("49.50"),
        secret="zgnw9kmy3wj66zs5wug2t62ce56jnrd7",
        pseudonymization_id="Y777QNNPJZ",
        attendee_name_parts={"given_name": "Guest", "family_name": "Nr 0 Öztürk"},
        attendee_email="guest0@example.org",
        **address,
    )
    question = ask(event, "C", "SHIRT")
    option = QuestionOption.objects.create(question=question, identifier="XL", answer={"en": "XL"})
    QuestionAnswer.objects.create(position=position, question=question, answer="XL").options.add(
        option
    )
    return position


@pytest.mark.parametrize("language", RECORDED)
def test_every_variable_reads_as_recorded(festival: OrderPosition, language: str) -> None:
    expected = {**RECORDED["en"], **RECORDED[language]}

    ticket = told(festival, *((key, language) for key in expected))

    assert {key: ticket.values[key, language] for key in expected} == expected
    assert not ticket.broken


def test_a_ticket_speaks_its_orders_language_as_in_the_events_region(
    position: OrderPosition,
) -> None:
    Event.objects.update(region="US")
    position.order.event.refresh_from_db()

    ticket = told(position, "event_begin_time", ("event_begin_time", "de"))

    assert ticket.locale == "en-us"
    assert ticket.values == {"event_begin_time": "6 p.m.", ("event_begin_time", "de"): "18:00"}


def test_a_ticket_is_named_after_its_order_position(position: OrderPosition) -> None:
    assert told(position).label == f"{position.order.code}-1"


def test_unknown_variables_are_left_out_for_preflight_to_warn_of(position: OrderPosition) -> None:
    assert told(position, "no_such_variable", "item").values == {"item": str(position.item)}


def test_values_of_the_date_come_before_those_of_the_series(db: None) -> None:
    event = make_event(
        has_subevents=True, meta_data={"stage": "Main", "sponsor": "ACME"}, settings={}
    )
    item = make_item(event)
    date = make_subevent(event, name={"en": "Friday"}, meta_data={"stage": "Small"})
    position = make_position(make_order(event, items=[]), item, subevent=date)

    ticket = told(
        position, "event_name", "event_series_name", "meta:stage", "meta:sponsor", "meta:x"
    )

    assert ticket.values == {
        "event_name": "Friday",
        "event_series_name": str(event),
        "meta:stage": "Small",
        "meta:sponsor": "ACME",
        "meta:x": "",
    }


def test_properties_of_the_variation_come_before_those_of_the_product(event: Event) -> None:
    Event.objects.update(item_meta_properties={"colour": "white", "door": "A"})
    event.refresh_from_db()
    item = make_item(event, meta_data={"colour": "red"})
    variation = make_variation(item, meta_data={"colour": "blue"})
    order = make_order(event, items=[item])
    varied = make_position(order, item, variation=variation, positionid=2)

    assert value(order.positions.get(positionid=1), "itemmeta:colour") == "red"
    assert value(varied, "itemmeta:colour") == "blue"
    assert value(varied, "itemmeta:door") == "A"


def test_an_add_on_without_a_name_has_that_of_the_ticket_it_belongs_to(
    position: OrderPosition,
) -> None:
    name = {"_scheme": "full", "full_name": "Ada"}
    OrderPosition.objects.update(attendee_name_parts=name, city="London")
    parking = make_position(
        position.order, position.item, positionid=2, addon_to=position, city="Ockham"
    )

    ticket = told(parking, "attendee_name", "attendee_city", "attendee_address")

    assert ticket.values == {
        "attendee_name": "Ada",
        "attendee_city": "Ockham",
        "attendee_address": "Ockham",
    }


def test_add_ons_are_listed_once_each_and_cancelled_ones_not_at_all(
    position: OrderPosition,
) -> None:
    lunch = make_item(position.order.event, name={"en": "Lunch"})
    vegetarian = make_variation(lunch, value={"en": "Vegetarian"})
    for number, given in enumerate(
        [{"variation": vegetarian}, {}, {"variation": vegetarian}, {"canceled": True}], start=2
    ):
        make_position(
            position.order,
            lunch,
            positionid=number,
            addon_to=position,
            price=Decimal(5),
            is_bundled=number == 3,
            **given,
        )

    ticket = told(position, "addons", "price", "price_with_bundled", "price_with_addons")

    assert ticket.values == {
        "addons": "2x Lunch - Vegetarian\nLunch",
        "price": "€23.00",
        "price_with_bundled": "€28.00",
        "price_with_addons": "€38.00",
    }


def test_the_first_scan_is_the_earliest_that_admitted(position: OrderPosition) -> None:
    gate = CheckinList.objects.create(event=position.order.event, name="Gate")
    for hour, given in [(9, {"successful": False}), (11, {}), (10, {}), (8, {"type": "exit"})]:
        Checkin.objects.create(
            list=gate,
            position=position,
            datetime=datetime(2027, 6, 12, hour, tzinfo=UTC),
            **given,
        )

    assert value(position, "first_scan") == "2027-06-12 12:00"


def test_add_ons_count_as_checked_in_once_they_were_admitted(position: OrderPosition) -> None:
    gate = CheckinList.objects.create(event=position.order.event, name="Gate")
    for number in (2, 3):
        addon = make_position(position.order, position.item, positionid=number, addon_to=position)
    Checkin.objects.create(list=gate, position=addon, datetime=NOW)

    assert value(position, "checked_in_addons") == str(position.item)


@pytest.mark.parametrize(
    ("kind", "answer", "written"),
    [
        ("S", "as it is", "as it is"),
        ("B", "True", "Ja"),
        ("B", "False", "Nein"),
        ("D", "2027-06-12", "12.06.2027"),
        ("H", "20:00", "20:00"),
        ("W", "2027-06-12T18:00:00+00:00", "12.06.2027 20:00"),
        ("W", "2027-06-12T19:30:00", "12.06.2027 19:30"),
        ("CC", "FR", "Frankreich"),
        ("TEL", "+49891234567", "+49 89 1234567"),
        ("C", "never offered", "never offered"),
    ],
)
def test_answers_are_written_as_their_question_is_meant(
    position: OrderPosition, kind: str, answer: str, written: str
) -> None:
    question = ask(position.order.event, kind)
    QuestionAnswer.objects.create(position=position, question=question, answer=answer)

    assert value(position, ("question_ASKED", "de")) == written
    assert value(position, (f"question_{question.pk}", "de")) == written


def test_several_choices_are_joined_in_their_order(position: OrderPosition) -> None:
    question = ask(position.order.event, "M")
    answer = QuestionAnswer.objects.create(position=position, question=question, answer="B, A")
    for number, name in enumerate("AB"):
        answer.options.add(
            QuestionOption.objects.create(
                question=question, identifier=name, position=number, answer={"en": name}
            )
        )

    assert value(position, "question_ASKED") == "A, B"


def test_an_answer_that_is_none_breaks_its_variable_and_no_other(position: OrderPosition) -> None:
    question = ask(position.order.event, "D")
    QuestionAnswer.objects.create(position=position, question=question, answer="tomorrow")

    ticket = told(position, "question_ASKED", "order", "item")

    assert set(ticket.broken) == {"question_ASKED"}
    assert ticket.values == {"order": position.order.code, "item": str(position.item)}


def test_a_picture_is_an_answer_that_is_a_file(position: OrderPosition) -> None:
    question = ask(position.order.event, "F")
    with files.publish("answers", f"{position.secret}.png") as stream:
        stream.write(PIXEL)
    QuestionAnswer.objects.create(
        position=position,
        question=question,
        answer="file://photo.png",
        file=f"answers/{position.secret}.png",
    )

    ticket = told(position, "question_ASKED", images=["question_ASKED", "nothing"])

    image = ticket.images["question_ASKED"]
    assert image is not None
    assert (image.width, image.height) == (1, 1)
    assert ticket.values == {"question_ASKED": ""}


def test_a_picture_that_is_gone_or_no_picture_breaks_only_itself(position: OrderPosition) -> None:
    question = ask(position.order.event, "F")
    QuestionAnswer.objects.create(
        position=position, question=question, answer="file://x.png", file="answers/none.png"
    )

    ticket = told(position, images=["question_ASKED"])

    assert ticket.broken == {"question_ASKED": "The picture is gone."}


class Away(FileSystemStorage):
    """A storage that does not answer."""

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        raise OSError(errno.EIO, "the storage does not answer")


def test_a_storage_that_does_not_answer_breaks_no_picture(
    position: OrderPosition, settings: LazySettings
) -> None:
    away = {**settings.STORAGES["default"], "BACKEND": f"{__name__}.Away"}
    settings.STORAGES = {**settings.STORAGES, "default": away}
    question = ask(position.order.event, "F")
    QuestionAnswer.objects.create(
        position=position, question=question, answer="file://x.png", file="answers/away.png"
    )

    with pytest.raises(OSError, match="does not answer"):  # so that it is tried again
        told(position, images=["question_ASKED"])


def test_no_answer_is_no_picture(position: OrderPosition) -> None:
    ask(position.order.event, "F")

    assert told(position, images=["question_ASKED"]).images == {"question_ASKED": None}


def test_times_of_the_programme_are_listed(position: OrderPosition) -> None:
    position.item.extra = {
        "program_times": [
            {
                "start": "2027-06-12T08:00:00Z",
                "end": "2027-06-12T10:00:00Z",
                "location": {"en": "Room 1"},
            },
            {"start": "2027-06-12T20:00:00Z", "end": "2027-06-13T02:00:00Z", "location": None},
            {"start": None, "end": None, "location": None},
        ]
    }
    position.item.save()

    assert value(position, "program_times") == (
        "2027-06-12 10:00 – 12:00, Room 1\n2027-06-12 22:00 – 2027-06-13 04:00\n"
    )


def test_an_event_may_hide_its_end(event: Event) -> None:
    Event.objects.update(
        date_to=datetime(2027, 6, 14, 12, tzinfo=UTC), settings={"show_date_to": False}
    )
    event.refresh_from_db()
    position = make_order(event, items=[make_item(event)]).positions.get()

    ticket = told(position, "event_end_weekday", "event_date_range")

    assert ticket.values == {"event_end_weekday": "", "event_date_range": "Sat, June 12, 2027"}


def test_tickets_come_in_the_order_asked_for_and_as_often(event: Event) -> None:
    order = make_order(event, items=[make_item(event), make_item(event)])
    first, second = (position.pk for position in order.positions.order_by("positionid"))
    source = TicketSource(event, needs=["positionid"], images=[], now=NOW)

    tickets = source.tickets([second, first, second])

    assert [ticket.values["positionid"] for ticket in tickets] == ["2", "1", "2"]


def test_a_ticket_that_was_deleted_is_named(position: OrderPosition) -> None:
    source = TicketSource(position.order.event, needs=["order"], images=[], now=NOW)
    OrderPosition.objects.all().delete()

    with pytest.raises(Gone, match=str(position.pk)):
        list(source.tickets([position.pk]))


@pytest.mark.parametrize("amount", [1, 40])
def test_any_number_of_tickets_takes_the_same_queries(
    event: Event, amount: int, django_assert_num_queries: Any
) -> None:
    order = make_order(event, items=[make_item(event)] * amount)
    positions = list(order.positions.values_list("pk", flat=True))
    source = TicketSource(
        event, needs=["order", "item", "addons", "first_scan", "price"], images=[], now=NOW
    )

    with django_assert_num_queries(4):  # the product; positions, add-ons, scans
        assert len(list(source.tickets(positions))) == amount
