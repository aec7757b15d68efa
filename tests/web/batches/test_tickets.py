from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from batches.making import make
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import Checkin, CheckinList, RevokedSecret
from counterfoil.core import clock
from counterfoil.orders.models import Order, OrderPosition
from makers import make_event, make_item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event(transactional_db: None) -> Event:
    return make_event()


@pytest.fixture
def batch(event: Event) -> OfflineSalesBatch:
    return make(make_item(event), 4)


@pytest.fixture
def tickets(batch: OfflineSalesBatch, event: Event) -> list[BatchTicket]:
    """Of four tickets the first came in, the second and its order were cancelled."""
    first, second, *others = batch.tickets.select_related("position__order").order_by("number")
    gate = CheckinList.objects.create(event=event, name="Gate")
    Checkin.objects.create(position=first.position, list=gate, datetime=clock.now())
    refused: dict[str, Any] = {"successful": False, "error_reason": "unpaid"}
    Checkin.objects.create(position=others[0].position, list=gate, datetime=clock.now(), **refused)
    Order.objects.filter(pk=second.position.order_id).update(status=Order.Status.CANCELED)
    return [first, second, *others]


def found(pages: Client, base: str, batch: OfflineSalesBatch, **asked: Any) -> list[int]:
    """The numbers of the tickets on a page."""
    answer = pages.get(f"{base}batches/{batch.pk}/tickets/", asked)
    assert answer.status_code == 200
    return [ticket.number for ticket in answer.context["tickets"]]


@pytest.mark.parametrize(
    ("state", "numbers"),
    [("in", [1]), ("cancelled", [2]), ("out", [3, 4]), ("", [1, 2, 3, 4]), ("odd", [1, 2, 3, 4])],
)
def test_tickets_are_found_by_what_became_of_them(
    pages: Client,
    base: str,
    batch: OfflineSalesBatch,
    tickets: list[BatchTicket],
    state: str,
    numbers: list[int],
) -> None:
    assert found(pages, base, batch, state=state) == numbers


def test_tickets_are_found_by_code_secret_and_number(
    pages: Client, base: str, batch: OfflineSalesBatch, tickets: list[BatchTicket]
) -> None:
    third = tickets[2].position

    assert found(pages, base, batch, q=third.order.code.lower()) == [3]
    assert found(pages, base, batch, q=third.secret) == [3]
    assert found(pages, base, batch, q=third.secret[4:20]) == [3]
    assert 3 in found(pages, base, batch, q="3")


@pytest.mark.parametrize("odd", ["²", "9" * 40, "no such ticket", "%", "'\"<>"])
def test_odd_searches_find_nothing(
    pages: Client, base: str, batch: OfflineSalesBatch, odd: str
) -> None:
    assert found(pages, base, batch, q=odd) == []


def test_odd_pages_are_the_nearest(pages: Client, base: str, batch: OfflineSalesBatch) -> None:
    assert found(pages, base, batch, page="abc") == [1, 2, 3, 4]
    assert found(pages, base, batch, page="99") == [1, 2, 3, 4]


def test_fifty_tickets_take_no_more_queries_than_four(
    pages: Client, base: str, event: Event, batch: OfflineSalesBatch
) -> None:
    large = make(make_item(event), 60)

    with CaptureQueriesContext(connection) as few:
        found(pages, base, batch)
    with CaptureQueriesContext(connection) as many:
        assert len(found(pages, base, large)) == 50

    assert len(many) == len(few)


class TestBulk:
    @pytest.fixture
    def batch(self, event: Event) -> OfflineSalesBatch:
        return make(make_item(event), 4)

    def keys(self, batch: OfflineSalesBatch, count: int) -> list[int]:
        return list(batch.tickets.order_by("number").values_list("position", flat=True)[:count])

    def test_selected_tickets_are_blocked_and_unblocked(
        self, pages: Client, batch: OfflineSalesBatch, base: str
    ) -> None:
        sent = {"ticket": self.keys(batch, 3), "back": f"{base}batches/{batch.pk}/tickets/"}
        answer = pages.post(f"{base}orders/tickets/", {**sent, "action": "block"}, follow=True)
        assert "3 tickets changed." in answer.text
        assert self.blocked() == [["admin"]] * 3

        pages.post(f"{base}orders/tickets/", {**sent, "action": "unblock"})
        assert self.blocked() == []

    def blocked(self) -> list[list[str]]:
        named = OrderPosition.objects.values_list("blocked", flat=True)
        return [names for names in named if names]

    def test_revoking_asks_first(self, pages: Client, batch: OfflineSalesBatch, base: str) -> None:
        sent = {"ticket": self.keys(batch, 2), "action": "revoke"}

        asked = pages.post(f"{base}orders/tickets/", sent)
        assert "Revoke 2 tickets?" in asked.text
        assert not RevokedSecret.objects.exists()

        pages.post(f"{base}orders/tickets/", {**sent, "confirmed": "yes"})
        assert RevokedSecret.objects.count() == 2

    def test_tickets_are_checked_in_and_those_that_cannot_be_are_named(
        self, pages: Client, event: Event, batch: OfflineSalesBatch, base: str
    ) -> None:
        gate = CheckinList.objects.create(event=event, name="Gate")
        keys = self.keys(batch, 2)
        sent = {"ticket": keys, "action": "checkin", "list": gate.pk}
        pages.post(f"{base}orders/tickets/", {**sent, "ticket": keys[:1]})

        answer = pages.post(f"{base}orders/tickets/", sent, follow=True)

        assert "1 ticket changed." in answer.text
        assert "already checked in" in answer.text
        assert Checkin.objects.filter(list=gate, successful=True).count() == 2

    def test_tickets_of_another_event_are_none_of_this(
        self, pages: Client, event: Event, base: str
    ) -> None:
        other = make(make_item(make_event(event.organizer)), 1)

        pages.post(f"{base}orders/tickets/", {"ticket": self.keys(other, 1), "action": "block"})

        assert self.blocked() == []


def test_a_list_is_sorted_by_its_heads_and_shows_as_many_rows_as_wanted(
    pages: Client, event: Event, base: str
) -> None:
    make(make_item(event), 30)

    def codes(query: str) -> list[str]:
        return [order.code for order in pages.get(f"{base}orders/?{query}").context["rows"]]

    assert codes("sort=code") == sorted(codes("sort=code"))
    assert codes("sort=-code&rows=100") == sorted(codes("rows=100"), reverse=True)
    assert (len(codes("rows=25")), len(codes("rows=7"))) == (25, 30)
    assert codes("sort=password") == codes("")
    page = pages.get(f"{base}orders/?sort=code&rows=25").text
    assert 'aria-sort="ascending"' in page
    assert "sort=-code&amp;" in page or "sort=-code" in page
