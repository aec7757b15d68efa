"""Check-in lists count who came, and let people in by hand."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from counterfoil.catalog.models import Event
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.orders.models import OrderPosition
from makers import make_event, make_item, make_order, make_user
from pageclient import signed_in


@pytest.fixture
def gate(event: Event) -> CheckinList:
    return CheckinList.objects.create(event=event, name="North gate")


@pytest.fixture
def position(event: Event) -> OrderPosition:
    return make_order(event, items=[make_item(event)]).positions.get()


def test_lists_count_tickets_and_who_came(
    pages: Client, event: Event, base: str, gate: CheckinList, position: OrderPosition
) -> None:
    make_order(event, items=[position.item])
    Checkin.objects.create(position=position, list=gate, datetime=position.order.datetime)

    page = pages.get(f"{base}checkin/")

    assert '<progress max="2" value="1"' in page.text


def test_counting_takes_the_same_queries_for_many_lists(
    pages: Client, event: Event, base: str, django_assert_max_num_queries: Any
) -> None:
    item = make_item(event)
    for number in range(10):
        gate = CheckinList.objects.create(event=event, name=str(number), all_products=False)
        gate.limit_products.add(item)

    with django_assert_max_num_queries(16):
        pages.get(f"{base}checkin/")


def test_a_list_is_made_and_changed(pages: Client, event: Event, base: str) -> None:
    item = make_item(event)

    pages.post(f"{base}checkin/new/", {"name": "Gate", "limit_products": [item.pk]})
    gate = CheckinList.objects.get(event=event)
    assert (gate.name, gate.all_products, list(gate.limit_products.all())) == (
        "Gate",
        False,
        [item],
    )

    pages.post(f"{base}checkin/{gate.pk}/edit/", {"name": "South", "all_products": "on"})
    gate.refresh_from_db()
    assert (gate.name, gate.all_products) == ("South", True)


def test_a_list_of_no_products_is_refused_at_the_field(
    pages: Client, event: Event, base: str
) -> None:
    answer = pages.post(f"{base}checkin/new/", {"name": "Gate"})

    assert answer.status_code == 422
    assert "Select at least one product" in answer.text


def test_a_product_of_another_event_is_no_choice(pages: Client, event: Event, base: str) -> None:
    foreign = make_item(make_event(event.organizer))

    answer = pages.post(f"{base}checkin/new/", {"name": "Gate", "limit_products": [foreign.pk]})

    assert answer.status_code == 422
    assert not CheckinList.objects.filter(event=event).exists()


def test_a_ticket_is_let_in_once(
    pages: Client, base: str, gate: CheckinList, position: OrderPosition
) -> None:
    path = f"{base}checkin/{gate.pk}/scan/"

    first = pages.post(path, {"secret": position.secret}, follow=True)
    again = pages.post(path, {"secret": position.secret}, follow=True)

    assert "has been checked in" in first.text
    assert "already checked in" in again.text
    assert Checkin.objects.filter(position=position, successful=True).count() == 1


def test_who_was_let_in_is_let_out(
    pages: Client, base: str, gate: CheckinList, position: OrderPosition
) -> None:
    path = f"{base}checkin/{gate.pk}/scan/"
    pages.post(path, {"secret": position.secret})

    pages.post(path, {"secret": position.secret, "type": "exit"})

    assert Checkin.objects.filter(type="exit", successful=True).count() == 1
    assert "<dt>Inside now</dt><dd>0</dd>" in pages.get(f"{base}checkin/{gate.pk}/").text


def test_who_was_let_out_can_be_let_in_again(
    pages: Client, base: str, gate: CheckinList, position: OrderPosition
) -> None:
    path = f"{base}checkin/{gate.pk}/"
    offered = []
    for type_ in ("entry", "exit"):
        pages.post(f"{path}scan/", {"secret": position.secret, "type": type_})
        offered.append(f"Check in {position}" in pages.get(path).text)

    assert offered == [False, True]


def test_a_scan_goes_back_to_what_was_shown(
    pages: Client, base: str, gate: CheckinList, position: OrderPosition
) -> None:
    path = f"{base}checkin/{gate.pk}/"
    shown = pages.get(path, {"q": position.order.code, "state": "missing"}).text
    (scan, *_others) = re.findall(r'action="([^"]*/scan/[^"]*)"', shown)

    answer = pages.post(html.unescape(scan), {"secret": position.secret})

    assert answer["Location"] == f"{path}?q={position.order.code}&state=missing"


def test_who_may_only_scan_is_offered_no_page_of_a_ticket(
    event: Event, base: str, gate: CheckinList, position: OrderPosition
) -> None:
    pages = signed_in(make_user(event.organizer, permissions=["event.orders:checkin"]))

    page = pages.get(f"{base}checkin/{gate.pk}/").text

    assert str(position) in page
    assert "orders/tickets/" not in page


@pytest.mark.parametrize("secret", ["", "unknown", "x" * 5000, "a\0b"])
def test_an_unknown_code_is_refused_in_words(
    pages: Client, base: str, gate: CheckinList, secret: str
) -> None:
    answer = pages.post(f"{base}checkin/{gate.pk}/scan/", {"secret": secret}, follow=True)

    assert "unknown code" in answer.text


@pytest.mark.parametrize(("state", "shown"), [("came", False), ("missing", True), ("odd", True)])
def test_tickets_are_filtered_by_whether_they_came(
    pages: Client,
    base: str,
    gate: CheckinList,
    position: OrderPosition,
    state: str,
    shown: bool,
) -> None:
    page = pages.get(f"{base}checkin/{gate.pk}/", {"state": state})

    assert (str(position) in page.text) is shown


def test_deleting_a_list_asks_first(
    pages: Client, base: str, gate: CheckinList, position: OrderPosition
) -> None:
    path = f"{base}checkin/{gate.pk}/delete/"

    assert "North gate" in pages.get(path).text
    pages.post(path)

    assert not CheckinList.objects.filter(pk=gate.pk).exists()
    assert OrderPosition.objects.filter(pk=position.pk).exists()


class TestScanningPage:
    @pytest.fixture
    def path(self, base: str, gate: CheckinList) -> str:
        return f"{base}checkin/{gate.pk}/gate/"

    def test_a_plate_says_who_comes_in_and_who_came_before(
        self, pages: Client, path: str, position: OrderPosition
    ) -> None:
        first, second = (
            pages.post(path, {"secret": position.secret}, headers={"HX-Request": "true"})
            for _time in range(2)
        )

        assert "<html" not in first.text
        assert 'data-outcome="good"' in first.text
        assert str(position.item) in first.text
        assert str(position) in first.text
        assert "1 of 1 checked in" in first.text
        assert 'data-outcome="warn"' in second.text
        assert "First scanned on" in second.text
        assert "North gate" in second.text

    def test_nonsense_is_an_unknown_code(self, pages: Client, path: str) -> None:
        answer = pages.post(path, {"secret": "x" * 300})

        assert "<html" in answer.text
        assert 'data-outcome="bad"' in answer.text
        assert "Unknown code" in answer.text

    def test_an_exit_is_one(self, pages: Client, path: str, position: OrderPosition) -> None:
        pages.post(path, {"secret": position.secret})

        answer = pages.post(path, {"secret": position.secret, "type": "exit"})

        assert "Checked out" in answer.text
        assert '<option value="exit" selected>' in answer.text

    def test_what_staff_shall_know_stands_on_the_plate(
        self, pages: Client, path: str, position: OrderPosition
    ) -> None:
        position.item.checkin_text = "Ask for the card."
        position.item.save()

        assert "Ask for the card." in pages.post(path, {"secret": position.secret}).text


def test_a_copy_of_a_list_has_its_settings_and_no_scans(
    pages: Client, event: Event, base: str, gate: CheckinList, position: OrderPosition
) -> None:
    gate.all_products, gate.allow_multiple_entries = False, True
    gate.save()
    gate.limit_products.add(position.item)
    Checkin.objects.create(position=position, list=gate, datetime=position.order.datetime)

    pages.post(f"{base}checkin/{gate.pk}/copy/")

    copy = CheckinList.objects.get(event=event, name="North gate (copy)")
    assert (copy.allow_multiple_entries, copy.all_products) == (True, False)
    assert list(copy.limit_products.all()) == [position.item]
    assert not copy.checkins.exists()
