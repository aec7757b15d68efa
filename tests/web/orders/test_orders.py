"""Orders are found by what people know of them, or hold before a reader."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from batches.making import make
from counterfoil.catalog.models import Event
from counterfoil.orders.models import Order
from makers import (
    make_event,
    make_item,
    make_order,
    make_position,
    make_subevent,
    make_user,
    make_variation,
)
from pageclient import signed_in


def test_the_list_shows_what_was_sold(pages: Client, event: Event, base: str) -> None:
    item = make_item(event, name={"en": "Balcony"})
    order = make_order(event, items=[item])

    page = pages.get(f"{base}orders/")

    assert order.code in page.text
    assert "Balcony" in page.text


def test_the_list_takes_the_same_queries_for_many_orders(
    pages: Client, event: Event, base: str, django_assert_max_num_queries: Any
) -> None:
    item = make_item(event)
    for _number in range(20):
        make_order(event, items=[item, item])

    with django_assert_max_num_queries(14):
        pages.get(f"{base}orders/")


@pytest.mark.parametrize("words", ["ABC", "abcd", "lovelace", "ada@example", "Analytical"])
def test_an_order_is_found_by_code_name_mail_or_company(
    pages: Client, event: Event, base: str, words: str
) -> None:
    item = make_item(event)
    order = make_order(event, items=[], code="ABCDE", email="ada@example.org")
    make_position(
        order,
        item,
        attendee_name_parts={"full_name": "Ada Lovelace"},
        company="Analytical Engines",
    )
    other = make_order(event, items=[item], code="ZZZZZ")

    page = pages.get(f"{base}orders/", {"q": words})

    assert order.code in page.text
    assert other.code not in page.text


def test_what_a_reader_types_leads_straight_to_the_ticket(
    pages: Client, event: Event, base: str
) -> None:
    position = make_order(event, items=[make_item(event)]).positions.get()

    answer = pages.get(f"{base}orders/", {"q": f" {position.secret} "})

    assert answer["Location"] == f"{base}orders/tickets/{position.pk}/"


def test_a_ticket_of_another_event_is_not_found(pages: Client, event: Event, base: str) -> None:
    other = make_event(event.organizer)
    position = make_order(other, items=[make_item(other)]).positions.get()

    page = pages.get(f"{base}orders/", {"q": position.secret})

    assert "No orders match" in page.text


def test_the_list_is_narrowed_by_state_product_and_batch(
    pages: Client, event: Event, base: str
) -> None:
    first, second = make_item(event), make_item(event)
    pending = make_order(event, items=[first], status="n")
    paid = make_order(event, items=[second])
    batch = make(first, amount=2)
    of_batch = batch.tickets.first().position.order.code  # type: ignore[union-attr]

    def codes(**query: Any) -> set[str]:
        text = pages.get(f"{base}orders/", query).text
        return {code for code in (pending.code, paid.code, of_batch) if code in text}

    assert codes(status="n") == {pending.code}
    assert codes(item=second.pk) == {paid.code}
    assert codes(batch=batch.pk) == {of_batch}


def test_dates_of_one_name_are_told_apart(db: None) -> None:
    event = make_event(has_subevents=True)
    name = {"en": "Guided tour"}
    make_subevent(event, name=name, date_from=datetime(2027, 6, 12, 8, 0, tzinfo=UTC))
    make_subevent(event, name=name, date_from=datetime(2027, 6, 13, 8, 0, tzinfo=UTC))
    pages = signed_in(make_user(event.organizer))

    shown = pages.get(f"/organizers/{event.organizer.slug}/events/{event.slug}/orders/").text

    assert "Sat, 12 Jun 2027, 10:00 · Guided tour" in shown
    assert "Sun, 13 Jun 2027, 10:00 · Guided tour" in shown


@pytest.mark.parametrize(
    "query", [{"status": "x"}, {"item": "abc"}, {"item": "9" * 30}, {"batch": "0"}, {"q": "a\0b"}]
)
@pytest.mark.parametrize("page", ["abc", "-1", "999999999999999999999"])
def test_odd_questions_find_nothing_and_break_nothing(
    pages: Client, event: Event, base: str, query: dict[str, str], page: str
) -> None:
    make_order(event, items=[make_item(event)])

    assert pages.get(f"{base}orders/", {**query, "page": page}).status_code == 200


def test_an_order_shows_its_tickets_payments_and_history(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event, name={"en": "Balcony"})
    variation = make_variation(item, value={"en": "Front row"})
    order = make_order(event, items=[])
    make_position(order, item, variation=variation)

    page = pages.get(f"{base}orders/{order.code}/")

    assert "Front row" in page.text
    assert "€23.00" in page.text


def test_a_test_order_is_deleted_after_a_question(pages: Client, event: Event, base: str) -> None:
    order = make_order(event, items=[make_item(event)], testmode=True)
    path = f"{base}orders/{order.code}/delete/"

    assert pages.get(path).status_code == 200
    assert pages.post(path)["Location"] == f"{base}orders/"
    assert not Order.objects.filter(pk=order.pk).exists()


def test_a_real_order_is_not_deleted(pages: Client, event: Event, base: str) -> None:
    order = make_order(event, items=[make_item(event)])

    answer = pages.post(f"{base}orders/{order.code}/delete/")

    assert answer.status_code == 403
    assert "Only test orders can be deleted." in answer.text
    assert Order.objects.filter(pk=order.pk).exists()


def test_a_payment_is_told_in_the_language_of_the_page(
    pages: Client, event: Event, base: str
) -> None:
    order = make_order(event, items=[make_item(event)])
    for number, state in enumerate(("refunded", "unheard_of"), start=1):
        order.payments.create(local_id=number, state=state, amount=23, created=order.datetime)

    page = pages.get(f"{base}orders/{order.code}/", headers={"Accept-Language": "de"})

    assert "<td>erstattet</td>" in page.text
    assert "<td>unheard_of</td>" in page.text


def test_all_test_orders_are_deleted_after_a_question(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event)
    for _ in range(2):
        make_order(event, items=[item], testmode=True)
    real = make_order(event, items=[item])
    path = f"{base}orders/test-orders/delete/"
    assert path in pages.get(f"{base}orders/").text

    assert "Delete 2 test orders?" in pages.get(path).text
    answer = pages.post(path, follow=True)

    assert "2 test orders have been deleted." in answer.text
    assert path not in answer.text
    assert event.orders.get() == real
