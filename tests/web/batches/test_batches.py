from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from batches.making import ask, make, work
from counterfoil.accounts.actors import UserActor
from counterfoil.batches.models import BatchRequest
from counterfoil.batches.services import request_print
from counterfoil.catalog.models import Event
from counterfoil.jobs import services as jobs
from counterfoil.jobs.runner import run
from makers import make_event, make_item, make_quota, make_subevent, make_user, make_variation
from pageclient import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event(transactional_db: None) -> Event:
    return make_event()


def shown(pages: Client, path: str, **asked: Any) -> str:
    answer = pages.get(path, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_batches_the_list_says_what_one_is(pages: Client, base: str) -> None:
    assert "No batches yet" in shown(pages, f"{base}batches/")


def test_the_list_shows_what_is_made_under_way_and_failed(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event, quota=3)
    made = make(item, 2, comment="At the door")
    work(ask(item, 9, comment="Far too many"))
    ask(item, 1, comment="In a moment")

    page = shown(pages, f"{base}batches/")

    assert f'href="{base}batches/{made.pk}/"' in page
    assert page.index("In a moment") < page.index("Far too many") < page.index("At the door")
    assert "has 1 left, but 9 are needed" in page
    assert 'hx-trigger="every 2s"' in page


def test_a_list_at_rest_does_not_look_again(pages: Client, event: Event, base: str) -> None:
    make(make_item(event))

    assert "hx-trigger" not in shown(pages, f"{base}batches/")


def test_a_list_tells_when_a_batch_was_printed(
    pages: Client, event: Event, base: str, user: Any
) -> None:
    batch = make(make_item(event), 1)
    assert "not yet" in shown(pages, f"{base}batches/")

    run(request_print(actor=UserActor(user), batch=batch).pk)

    assert "not yet" not in shown(pages, f"{base}batches/")


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ({"q": "door"}, {"At the door"}),
        ({"q": "DOOR"}, {"At the door"}),
        ({"state": "done"}, {"At the door", "By post"}),
        ({"state": "under_way"}, {"Later"}),
        ({"state": "failed"}, set()),
        ({"state": "nonsense"}, {"At the door", "By post", "Later"}),
        ({"item": "abc"}, {"At the door", "By post", "Later"}),
        ({"item": "9" * 40}, {"At the door", "By post", "Later"}),
        ({"item": "9" * 15}, set()),
        ({"page": "abc"}, {"At the door", "By post", "Later"}),
        ({"q": "\0"}, {"At the door", "By post", "Later"}),
    ],
)
def test_the_list_is_narrowed_down(
    pages: Client, event: Event, base: str, asked: dict[str, str], there: set[str]
) -> None:
    item = make_item(event)
    make(item, 1, comment="At the door")
    make(make_item(event), 1, comment="By post")
    ask(item, 1, comment="Later")

    page = shown(pages, f"{base}batches/", **asked)

    assert {name for name in ("At the door", "By post", "Later") if name in page} == there


def test_the_list_is_narrowed_down_to_a_product_or_an_order(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event)
    batch = make(item, 1, comment="At the door")
    make(make_item(event), 1, comment="By post")
    code = batch.tickets.get().position.order.code

    of_item = shown(pages, f"{base}batches/", item=item.pk)
    of_order = shown(pages, f"{base}batches/", q=code.lower())

    assert "At the door" in of_item
    assert "By post" not in of_item
    assert "At the door" in of_order
    assert "By post" not in of_order


def test_a_series_is_narrowed_down_to_a_date() -> None:
    event = make_event(has_subevents=True)
    pages = signed_in(make_user(event.organizer))
    item = make_item(event)
    dates = [make_subevent(event, name={"en": name}) for name in ("Friday", "Saturday")]
    for date in dates:
        make_quota(event, size=None, items=[item], subevent=date)
        make(item, 1, subevent=date, comment=f"For {date}")

    base = f"/organizers/{event.organizer.slug}/events/{event.slug}/"
    page = shown(pages, f"{base}batches/", subevent=dates[0].pk)

    assert "For Friday" in page
    assert "For Saturday" not in page


def test_a_longer_list_takes_no_more_queries(pages: Client, event: Event, base: str) -> None:
    item = make_item(event)
    variation = make_variation(make_item(event))
    ask(item)
    with CaptureQueriesContext(
        connection,
    ) as few:
        shown(pages, f"{base}batches/")

    for _ in range(6):
        ask(item)
        ask(variation.item, variation=variation)

    with CaptureQueriesContext(connection) as many:
        shown(pages, f"{base}batches/")
    assert len(many) <= len(few) + 1  # the one for variations


def test_fifty_are_on_a_page(pages: Client, event: Event, base: str) -> None:
    asked = ask(make_item(event))
    for _ in range(50):
        job = jobs.submit(kind=asked.job.kind, total=3)
        BatchRequest.objects.create(job=job, event=event, requested_by="user:1", amount=3)

    assert shown(pages, f"{base}batches/").count('<th scope="row"') == 50
    assert shown(pages, f"{base}batches/", page=2).count('<th scope="row"') == 1


def test_a_batch_shows_its_facts_and_first_tickets(pages: Client, event: Event, base: str) -> None:
    batch = make(make_item(event, name={"en": "Balcony"}), 12, comment="Box office")

    page = shown(pages, f"{base}batches/{batch.pk}/")

    codes = [each.position.order.code for each in batch.tickets.order_by("number")]
    assert "Balcony" in page
    assert "Box office" in page
    assert all(code in page for code in codes[:10])
    assert codes[10] not in page
    assert "Show all 12 tickets" in page


@pytest.mark.parametrize(("kind", "content_type"), [("csv", "text/csv"), ("xlsx", "spreadsheet")])
def test_the_tickets_of_a_batch_are_fetched_as_a_table(
    pages: Client, event: Event, base: str, kind: str, content_type: str
) -> None:
    batch = make(make_item(event))
    path = f"/api/v1{base}offlinesalesbatches/{batch.pk}/tickets/?format={kind}"

    assert path in shown(pages, f"{base}batches/{batch.pk}/")
    answer = pages.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert answer.status_code == 200
    assert content_type in answer["Content-Type"]
    answer.close()


def test_a_batch_of_an_odd_number_does_not_exist(pages: Client, base: str) -> None:
    assert pages.get(f"{base}batches/{'9' * 30}/").status_code == 404
