"""The pages of paper tickets: stock of a batch, actions, the counter, and the log of a ticket."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from batches.making import make
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.services import redeem
from counterfoil.orders.queries import availability
from counterfoil.stock.models import SingleTicket, StockEvent
from counterfoil.stock.replay import differences
from gate import make_list
from makers import make_event, make_item, make_order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event(transactional_db: None) -> Event:
    return make_event()


@pytest.fixture
def batch(event: Event) -> OfflineSalesBatch:
    return make(make_item(event, quota=50), 12, book_size=4, activation="on_sale")


def _text(answer: Any) -> str:
    text: str = answer.content.decode()
    return " ".join(text.split())


def test_a_lost_book_is_shown_with_its_value_and_the_count_is_typed(
    pages: Client, base: str, batch: OfflineSalesBatch
) -> None:
    path = f"{base}batches/{batch.pk}/stock/act/"
    assert "Stolen or lost" in _text(pages.get(f"{base}batches/{batch.pk}/stock/"))
    sent = {"action": "lost", "books": "2", "also_void": "on", "reason": "stolen car"}

    asked = pages.post(path, sent)
    wrong = pages.post(path, {**sent, "typed": "5"})
    assert "4 tickets worth €92.00" in _text(asked)
    assert "Type 4 to confirm" in _text(asked)
    assert (wrong.status_code, StockEvent.objects.count()) == (422, 0)
    done = pages.post(path, {**sent, "typed": "4", "lower_quota": "on"}, follow=True)

    assert "Done: 4 tickets." in _text(done)
    book = batch.tickets.filter(number__in=range(5, 9))
    assert set(book.values_list("validity", "place")) == {("void", "lost")}
    assert [row.action for row in StockEvent.objects.order_by("number")] == ["lost", "void"]
    assert batch.item.quotas.get().size == 46
    assert "stolen car" in _text(pages.get(f"{base}batches/{batch.pk}/stock/"))
    again = pages.post(path, {**sent, "typed": "4"})
    assert (again.status_code, "5: This ticket is void." in _text(again)) == (422, True)


def test_what_is_left_out_of_the_first_step_stays_out_of_the_second(
    pages: Client, base: str, batch: OfflineSalesBatch
) -> None:
    path = f"{base}batches/{batch.pk}/stock/act/"
    pages.post(path, {"action": "sold", "tickets": "2", "typed": "1"})

    sent = {"action": "lost", "tickets": "1-3", "also_void": "on", "skip": "on", "typed": "2"}
    pages.post(path, sent)

    assert list(batch.tickets.filter(validity="void").values_list("number", flat=True)) == [1, 3]
    assert batch.tickets.get(number=2).place == "sold"


def test_tickets_are_activated_by_number_book_and_scanned_code(
    pages: Client, base: str, batch: OfflineSalesBatch
) -> None:
    path = f"{base}batches/{batch.pk}/activate/"
    codes = dict(batch.tickets.values_list("number", "position__secret"))

    done = pages.post(path, {"first": codes[1], "last": codes[3]}, follow=True)
    assert "3 tickets are active now: 1-3." in _text(done)
    pages.post(path, {"books": "2"})
    pages.post(path, {"first": "12"})
    active = batch.tickets.filter(validity="active").order_by("number")
    assert list(active.values_list("number", flat=True)) == [1, 2, 3, 5, 6, 7, 8, 12]
    for sent in (
        {"first": "3", "last": "1"},
        {"first": "x"},
        {"first": "1-3"},
        {},
        {"first": "1"},
        {"first": "4", "books": "1"},
    ):
        assert pages.post(path, sent).status_code == 422, sent


def test_the_counter_sells_the_next_tickets_once_and_takes_them_back(
    pages: Client, base: str, batch: OfflineSalesBatch
) -> None:
    path = f"{base}counter/"
    assert "It is no till" in _text(pages.get(path))
    sent = {"batch": batch.pk, "amount": "4", "first": "1"}

    sold = pages.post(path, sent, follow=True)
    twice = pages.post(path, sent)

    assert "4 tickets sold, worth €92.00" in _text(sold)
    assert (twice.status_code, batch.tickets.filter(place="sold").count()) == (422, 4)
    assert set(batch.tickets.filter(place="sold").values_list("validity", flat=True)) == {"active"}
    code = batch.tickets.get(number=9).position.secret
    assert "5 tickets sold" in _text(pages.post(path, {"code": code}, follow=True))
    assert pages.post(path, {"code": code}).status_code == 422
    undone = pages.post(path, {"undo": "1"}, follow=True)
    assert "1 ticket sold, worth €23.00" in _text(undone)
    assert batch.tickets.get(number=1).validity == "inactive"
    for wrong in ({"undo": "1"}, {"undo": "x"}, {"amount": "99", "batch": batch.pk}, {"code": "x"}):
        assert pages.post(path, wrong).status_code == 422, wrong


def test_orders_and_batches_are_cancelled_unless_they_were_scanned(
    pages: Client, base: str, event: Event, batch: OfflineSalesBatch
) -> None:
    gate = make_list(event)
    order = make_order(event, items=[batch.item])
    secret = order.positions.get().secret
    assert redeem(scan=Scan(lists=[gate], secret=secret), actor=None).admitted
    path = f"{base}orders/{order.code}/cancel/"

    assert "Cancel it although it was scanned already" in _text(pages.get(path))
    assert pages.post(path, {}).status_code == 422
    assert "has been cancelled" in _text(pages.post(path, {"force": "on"}, follow=True))
    assert pages.get(path).status_code == 404

    cancel = f"{base}batches/{batch.pk}/cancel/"
    pages.post(f"{base}batches/{batch.pk}/stock/act/", _sold("1"))
    ticket = batch.tickets.get(number=1).position
    assert redeem(scan=Scan(lists=[gate], secret=ticket.secret), actor=None).admitted
    assert pages.post(cancel).status_code == 409
    other = make(batch.item, 3)
    assert "Done: 3 tickets." in _text(pages.post(f"{base}batches/{other.pk}/cancel/", follow=True))
    assert other.tickets.filter(validity="void").count() == 3


def test_the_log_of_a_ticket_tells_its_life_in_words(
    pages: Client, base: str, event: Event, batch: OfflineSalesBatch
) -> None:
    pages.post(f"{base}batches/{batch.pk}/stock/act/", _sold("2-3"))
    ticket = batch.tickets.get(number=3).position
    redeem(scan=Scan(lists=[make_list(event)], secret=ticket.secret), actor=None)

    page = _text(pages.get(f"{base}orders/tickets/{ticket.pk}/"))

    words = [f"Made as ticket 3 of batch {batch.pk}", "Sold (friends)", "Entered at"]
    places = [page.index(word) for word in words]
    assert places == sorted(places)
    other = batch.tickets.get(number=4).position
    assert "Sold (friends)" not in _text(pages.get(f"{base}orders/tickets/{other.pk}/"))


def test_a_ticket_that_left_is_replaced_within_its_quota(
    pages: Client, base: str, event: Event
) -> None:
    item = make_item(event, quota=3)
    batch = make(item, 3)
    old = batch.tickets.get(number=2).position
    path = f"{base}orders/tickets/{old.pk}/replace/"

    assert "becomes void" in _text(pages.get(path))
    page = _text(pages.post(path, follow=True))

    assert "This ticket replaces the other one." in page
    new = SingleTicket.objects.get(replaces=old).position
    assert (new.secret != old.secret, new.price, new.order.status) == (True, old.price, "p")
    assert batch.tickets.get(number=2).validity == "void"
    quota = item.quotas.get()
    assert availability([quota])[quota.pk].used == 3
    assert new.order.code in StockEvent.objects.get().note
    assert differences(event) == []
    assert pages.post(path).status_code == 404


def _sold(tickets: str) -> dict[str, str]:
    count = {"1": "1", "2-3": "2"}[tickets]
    return {"action": "sold", "tickets": tickets, "reason": "friends", "typed": count}
