from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client

from batches.making import ask, work
from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from counterfoil.batches.models import BatchRequest
from counterfoil.catalog.models import Event, Item
from counterfoil.jobs.models import Job
from makers import (
    make_event,
    make_item,
    make_layout,
    make_quota,
    make_subevent,
    make_user,
    make_variation,
    text_element,
)
from pageclient import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def event(transactional_db: None) -> Event:
    return make_event()


@pytest.fixture
def item(event: Event) -> Item:
    return make_item(event, quota=5, name={"en": "Balcony"})


def wish(event: Event, product: Item, **given: Any) -> dict[str, Any]:
    """What a browser sends."""
    web = event.organizer.sales_channels.get(identifier="web")
    defaults = {"form": str(uuid.uuid4()), "item": product.pk, "amount": 3, "sales_channel": web.pk}
    return {**defaults, **given}


def text_of(answer: Any) -> str:
    page: str = answer.content.decode()
    return page


def test_what_cannot_be_had_is_not_offered(pages: Client, event: Event, base: str) -> None:
    make_item(event, name={"en": "Switched off"}, active=False)
    make_item(event, name={"en": "Never counted"}, quota=False)
    make_item(event, name={"en": "All gone"}, quota=0)
    rows = make_item(event, name={"en": "Stalls"})
    make_variation(rows, value={"en": "Front row"})
    make_variation(rows, value={"en": "Back row"}, active=False)

    kiosk = make_item(event, name={"en": "At the kiosk"}, all_sales_channels=False)

    page = text_of(pages.get(f"{base}batches/new/"))

    options, explained = re.findall(r"<option[^>]*>([^<]*)", page), _explained(page)
    assert not {"Switched off", "Never counted", "Stalls - Back row"} & set(options)
    assert re.search(r"<option[^>]* disabled>All gone \(0 left\)", page)
    assert re.search(rf'<option value="{kiosk.pk}" disabled>', page)
    assert "Stalls - Front row" in options
    assert explained == {
        "Switched off": "This product is not active.",
        "Never counted": "It belongs to no quota.",
        "All gone": "Sold out.",
        "Stalls - Back row": "This variation is not active.",
        "At the kiosk": "It is not sold through this sales channel.",
    }
    (remedy,) = re.findall(r'href="([^"]*quotas/new/[^"]*)"', page)
    assert pages.get(remedy).context["form"]["products"].value() == [
        f"i{event.items.get(name__en='Never counted').pk}"
    ]


def _explained(page: str) -> dict[str, str]:
    return dict(re.findall(r"<li><strong>([^<]*)</strong>: ([^<]*?)(?: <a|</li>)", page))


def test_a_product_of_another_channel_is_refused_at_its_field(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event, all_sales_channels=False)

    answer = pages.post(f"{base}batches/new/", wish(event, item))

    assert answer.status_code == 422
    assert "not sold through that sales channel" in text_of(answer)


def test_a_batch_is_asked_for(
    pages: Client, user: User, event: Event, item: Item, base: str
) -> None:
    layout = make_layout(event)
    sent = wish(event, item, layout=layout.pk, comment="At the door", testmode="on")

    answer = pages.post(f"{base}batches/new/", sent)

    asked = BatchRequest.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"{base}batches/requests/{asked.pk}/"
    assert asked.requested_by == f"user:{user.pk}"
    batch = work(asked).batch
    assert batch is not None
    assert (batch.amount, batch.layout, batch.comment, batch.testmode) == (
        3,
        layout,
        "At the door",
        True,
    )
    entry = LogEntry.objects.get(action="counterfoil.batchrequest.added")
    assert entry.user == user


def test_a_form_sent_twice_asks_once(pages: Client, event: Event, item: Item, base: str) -> None:
    sent = wish(event, item)

    first = pages.post(f"{base}batches/new/", sent)
    second = pages.post(f"{base}batches/new/", sent)

    assert first["Location"] == second["Location"]
    assert BatchRequest.objects.count() == 1


def test_a_form_that_was_changed_asks_again(
    pages: Client, event: Event, item: Item, base: str
) -> None:
    sent = wish(event, item)

    pages.post(f"{base}batches/new/", sent)
    pages.post(f"{base}batches/new/", {**sent, "amount": 1})

    assert BatchRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"amount": 6}, "Only 5 tickets are left."),
        ({"amount": 0}, "greater than or equal to 1"),
        ({"amount": 10_001}, "less than or equal to 10000"),
        ({"amount": "many"}, "Enter a whole number."),
        ({"amount": "²"}, "Enter a whole number."),
        ({"item": "999999"}, "not one of the available choices"),
        ({"item": ""}, "This field is required."),
        ({"sales_channel": "x"}, "not one of the available choices"),
        ({"layout": "9" * 30}, "not one of the available choices"),
        ({"form": "x"}, "Enter a valid UUID."),
        ({"comment": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    pages: Client, event: Event, item: Item, base: str, given: dict[str, Any], told: str
) -> None:
    answer = pages.post(f"{base}batches/new/", wish(event, item, **given))

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not BatchRequest.objects.exists()


def test_rows_of_another_event_cannot_be_chosen(pages: Client, event: Event, base: str) -> None:
    other = make_event(event.organizer)
    item = make_item(event)

    for given in ({"item": make_item(other).pk}, {"layout": make_layout(other).pk}):
        assert pages.post(f"{base}batches/new/", wish(event, item, **given)).status_code == 422


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("2", "3 will be left after this batch."),
        ("6", "That is fewer than the amount you entered."),
        ("20000", "A batch can have at most 10000 tickets."),
        ("", "<strong>5</strong> are left."),
        ("x", "<strong>5</strong> are left."),
    ],
)
def test_what_is_left_is_told_while_an_amount_is_typed(
    pages: Client, item: Item, base: str, amount: str, told: str
) -> None:
    answer = pages.get(f"{base}batches/new/", {"item": item.pk, "amount": amount}, headers=HTMX)

    assert "<html" not in text_of(answer)
    assert told in text_of(answer)


def test_the_layout_that_will_print_is_shown(
    pages: Client, event: Event, item: Item, base: str
) -> None:
    make_layout(event, name="Main", default=True)
    chosen = make_layout(event, name="Other")
    path = f"{base}batches/new/"

    automatic = text_of(pages.get(path, {"item": item.pk}, headers=HTMX))
    own = text_of(pages.get(path, {"item": item.pk, "layout": chosen.pk}, headers=HTMX))

    assert "layout “Main”" in automatic
    assert "layout “Other”" in own
    picture = re.search(r'src="([^"]*layouts/sample.png[^"]*)"', own)
    assert picture is not None
    drawn = pages.get(picture[1].replace("&amp;", "&"))
    assert drawn.content.startswith(b"\x89PNG")


def test_own_layouts_that_do_not_print_are_warned_of(
    pages: Client, event: Event, item: Item, base: str
) -> None:
    path = f"{base}batches/new/?item={item.pk}"
    none = text_of(pages.get(path))
    make_layout(event, name="Made by a client of the API")

    forgotten = text_of(pages.get(path))

    assert "print with the built-in one" not in none
    assert "print with the built-in one" in forgotten
    assert f'href="{base}layouts/assignments/"' in forgotten


def test_tickets_that_could_not_be_told_apart_are_warned_of(
    pages: Client, event: Event, base: str
) -> None:
    row = make_variation(make_item(event), value={"en": "Front row"})
    path = f"{base}batches/new/?item={row.item_id}-{row.pk}"
    layout = make_layout(event, default=True, layout=[text_element(content="item")])

    alike = text_of(pages.get(path))
    layout.layout = [text_element(content="other", text="{item}: {variation}")]
    layout.save()

    assert "tickets of different variations look the same" in alike
    assert "look the same" not in text_of(pages.get(path))


class TestSeries:
    @pytest.fixture
    def event(self, transactional_db: None) -> Event:
        return make_event(has_subevents=True)

    def test_a_date_says_what_it_offers(self, pages: Client, event: Event, base: str) -> None:
        item, other = make_item(event, name={"en": "Balcony"}), make_item(event)
        date = make_subevent(event)
        make_subevent(event, name={"en": "Called off"}, active=False)
        make_quota(event, size=7, items=[item], subevent=date)

        before = text_of(pages.get(f"{base}batches/new/"))
        chosen = text_of(pages.get(f"{base}batches/new/", {"subevent": date.pk}))

        assert "Called off" not in "".join(re.findall(r"<option[^>]*>([^<]*)", before))
        assert "This date is not active." in _explained(before).values()
        assert str(other) in before
        assert "Balcony (7 left)" in chosen
        assert _explained(chosen)[str(other)] == "It belongs to no quota."

    def test_a_batch_is_for_a_date(self, pages: Client, event: Event, base: str) -> None:
        item, date = make_item(event), make_subevent(event)
        make_quota(event, size=7, items=[item], subevent=date)

        for sent in ({}, {"subevent": "x"}, {"subevent": make_subevent(event).pk}):
            answer = pages.post(f"{base}batches/new/", wish(event, item, **sent))
            assert answer.status_code == 422
        answer = pages.post(f"{base}batches/new/", wish(event, item, subevent=date.pk))

        assert answer.status_code == 302
        assert BatchRequest.objects.get().subevent_id == date.pk

    def test_a_product_that_is_off_on_a_date_is_not_offered(
        self, pages: Client, event: Event, base: str
    ) -> None:
        item, date = make_item(event), make_subevent(event)
        make_quota(event, size=7, items=[item], subevent=date)
        date.item_overrides.create(item=item, disabled=True)

        page = text_of(pages.get(f"{base}batches/new/", {"subevent": date.pk}))

        assert _explained(page)[str(item)] == "It is not sold on this date."


def test_a_request_shows_how_it_stands_and_looks_again_by_itself(
    pages: Client, item: Item, base: str
) -> None:
    asked = ask(item, comment="At the door")
    path = f"{base}batches/requests/{asked.pk}/"

    page = text_of(pages.get(path))
    part = text_of(pages.get(path, headers=HTMX))

    assert "At the door" in page
    assert "<progress" in part
    assert 'hx-trigger="every 1s"' in part
    assert "<html" not in part


def test_who_was_signed_out_meanwhile_is_asked_to_sign_in(
    client: Client, item: Item, base: str
) -> None:
    path = f"{base}batches/requests/{ask(item).pk}/"

    answer = client.get(path, headers=HTMX)

    assert answer["HX-Redirect"] == f"/signin/?next={path}"


def test_a_request_goes_on_to_its_batch(pages: Client, item: Item, base: str) -> None:
    asked = work(ask(item))
    path, batch = f"{base}batches/requests/{asked.pk}/", f"{base}batches/{asked.batch_id}/"

    assert pages.get(path)["Location"] == batch
    moved_on = json.loads(pages.get(path, headers=HTMX)["HX-Trigger"])
    assert moved_on == {"page-replaced": {"path": batch}}


def test_a_request_that_failed_says_why_and_can_be_changed(
    pages: Client, item: Item, base: str
) -> None:
    asked = work(ask(item, 9, comment="a&b"))

    part = text_of(pages.get(f"{base}batches/requests/{asked.pk}/", headers=HTMX))

    assert "has 5 left, but 9 are needed" in part
    assert "hx-trigger" not in part
    link = re.search(r'href="([^"]*/new/[^"]*)"', part)
    assert link is not None
    form = text_of(pages.get(link[1].replace("&amp;", "&")))
    assert 'value="9"' in form
    assert "a&amp;b" in form
    assert re.search(rf'<option value="{item.pk}" selected>', form)


def test_a_request_is_cancelled_once(pages: Client, user: User, item: Item, base: str) -> None:
    asked = ask(item)
    path = f"{base}batches/requests/{asked.pk}/"

    assert pages.post(f"{path}cancel/")["Location"] == path
    assert Job.objects.get().state == Job.State.CANCELLED
    assert "This batch was cancelled" in text_of(pages.get(path))
    assert LogEntry.objects.get(action="counterfoil.batchrequest.cancelled").user == user
    again = pages.post(f"{path}cancel/", follow=True)
    assert "can no longer be cancelled" in text_of(again)


def test_who_only_reads_is_not_offered_to_write(event: Event, item: Item, base: str) -> None:
    pages = signed_in(make_user(event.organizer, permissions=["event.orders:read"]))
    asked = ask(item)

    assert "batches/new/" not in text_of(pages.get(f"{base}batches/"))
    assert '<button class="button" id="cancel">' not in text_of(
        pages.get(f"{base}batches/requests/{asked.pk}/")
    )
    assert pages.get(f"{base}batches/new/").status_code == 403


def test_who_makes_tickets_and_sees_none_is_told_how_it_goes(
    event: Event, item: Item, base: str
) -> None:
    pages = signed_in(make_user(event.organizer, permissions=["event.orders:write"]))

    asked = pages.post(f"{base}batches/new/", wish(event, item), follow=True)
    work(BatchRequest.objects.get())
    made = pages.get(asked.request["PATH_INFO"])

    assert "is waiting to be created" in text_of(asked)
    assert "The batch has been created." in text_of(made)
    assert f'href="{base}batches/"' not in text_of(made)


@pytest.mark.parametrize("testmode", [True, False])
def test_a_batch_is_asked_for_again_as_it_was(
    pages: Client, event: Event, item: Item, base: str, testmode: bool
) -> None:
    event.testmode = True
    event.save()
    asked = work(ask(item, 9, testmode=testmode))

    page = text_of(pages.get(f"{base}batches/requests/{asked.pk}/"))

    link = re.search(r'href="([^"]*/new/[^"]*)"', page)
    assert link is not None
    form = pages.get(link[1].replace("&amp;", "&")).context["form"]
    assert bool(form["testmode"].value()) is testmode
