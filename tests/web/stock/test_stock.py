"""The pages of paper tickets: stock of a batch, actions, the counter, and the log of a ticket."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apiclient import Api
from batches.making import make
from counterfoil.accounts.devices import create_device, revoke_device
from counterfoil.accounts.models import Device
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.services import redeem
from counterfoil.jobs.models import Job
from counterfoil.orders.queries import availability
from counterfoil.printing.models import Print, RenderRequest
from counterfoil.stock.models import SingleTicket, StockEvent
from counterfoil.stock.queries import uninformed_scanners
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


def test_what_cannot_be_void_is_not_reported_lost_either(
    pages: Client, base: str, event: Event, batch: OfflineSalesBatch
) -> None:
    pages.post(f"{base}batches/{batch.pk}/activate/", {"first": "2"})
    secret = batch.tickets.get(number=2).position.secret
    assert redeem(scan=Scan(lists=[make_list(event)], secret=secret), actor=None).admitted
    sent = {"action": "lost", "tickets": "1-3", "also_void": "on", "lower_quota": "on"}

    answer = pages.post(f"{base}batches/{batch.pk}/stock/act/", {**sent, "typed": "3"})

    assert (answer.status_code, "was scanned" in _text(answer)) == (422, True)
    assert set(batch.tickets.values_list("place", flat=True)) == {"stock"}
    assert batch.item.quotas.get().size == 50


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
    scanned = {**sent, "amount": batch.tickets.get(number=11).position.secret}  # into the field
    assert "6 tickets sold" in _text(pages.post(path, scanned, follow=True))
    assert batch.tickets.get(number=11).place == "sold"
    pages.post(path, {"undo": str(StockEvent.objects.latest("number").number)})
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

    make_print(batch, tickets="1-2", reason="Too early")
    make_print(batch, tickets="3", reason="Jammed")
    page = _text(pages.get(f"{base}orders/tickets/{ticket.pk}/"))
    assert "Printed with its batch (Jammed)" in page
    assert "Too early" not in page
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


def make_print(batch: OfflineSalesBatch, **given: Any) -> None:
    request = RenderRequest.objects.create(
        job=Job.objects.create(kind="printing.print", state="done"),
        event=batch.event,
        requested_by="token:0",
        purpose="print",
        parts=[],
        layouts=[],
    )
    batch.prints.create(request=request)
    Print.objects.create(request=request, plan={}, layout_version="x", **given)


def _sold(tickets: str) -> dict[str, str]:
    count = {"1": "1", "2-3": "2"}[tickets]
    return {"action": "sold", "tickets": tickets, "reason": "friends", "typed": count}


def test_scanners_that_have_not_synchronized_since_stay_named_until_they_have(
    pages: Client, base: str, event: Event, batch: OfflineSalesBatch
) -> None:
    event_path = f"/organizers/{event.organizer.slug}/events/{event.slug}"
    apis = {}
    for name in ("North gate", "South gate"):
        device = create_device(organizer=event.organizer, name=name, all_events=True)
        sent = {"token": device.initialization_token, **dict.fromkeys(FACTS, "1")}
        access = Api(None).post("/device/initialize", json=sent).json()
        apis[name] = Api(f"Device {access['api_token']}")
    create_device(organizer=event.organizer, name="Never set up", all_events=True)
    elsewhere = make_event(event.organizer)
    create_device(organizer=event.organizer, name="Elsewhere", limit_events=[elsewhere])

    def read(name: str, *lists: str) -> None:
        for each in lists or ("revokedsecrets/", "blockedsecrets/"):
            assert apis[name].get(f"{event_path}/{each}").status_code == 200

    def behind() -> list[str]:
        names = [each.name for each in uninformed_scanners(batch)]
        page = _text(pages.get(f"{base}batches/{batch.pk}/stock/act/?action=lost"))
        assert ("not synchronized since" in page) == bool(names)
        assert all(name in page for name in names)
        return names

    assert behind() == ["North gate", "South gate"]  # tickets are made inactive
    read("North gate")
    read("South gate")
    assert behind() == []
    sent = {"action": "lost", "books": "2", "also_void": "on", "typed": "4"}
    pages.post(f"{base}batches/{batch.pk}/stock/act/", sent)
    assert behind() == ["North gate", "South gate"]
    read("North gate", "blockedsecrets/", "revokedsecrets/?secret=x")
    assert behind() == ["North gate", "South gate"]
    read("North gate", "revokedsecrets/?page_size=3")
    assert behind() == ["North gate", "South gate"]  # it has seen the first page only
    make_more = {"action": "void", "tickets": "1", "typed": "1"}
    pages.post(f"{base}batches/{batch.pk}/stock/act/", make_more)
    read("North gate", "revokedsecrets/?page_size=3&page=2")
    assert behind() == ["North gate", "South gate"]  # it began before the last one
    read("North gate", "revokedsecrets/?page_size=3", "revokedsecrets/?page_size=3&page=2")
    assert behind() == ["South gate"]
    revoke_device(device=Device.objects.get(name="South gate"))
    assert behind() == []
    assert "synchronized since" not in _text(pages.get(f"{base}batches/{batch.pk}/stock/"))


FACTS = (
    *("hardware_brand", "hardware_model", "os_name", "os_version"),
    *("software_brand", "software_version"),
)
