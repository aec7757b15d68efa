"""The same key of the same credential acts once, and is answered alike every time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer

from apiclient import Api, at, upload
from counterfoil.accounts import idempotency
from counterfoil.accounts.actors import TokenActor
from counterfoil.accounts.idempotency import KeyUse
from counterfoil.accounts.models import APIToken, IdempotencyRecord, User
from counterfoil.api.framework.idempotency import after_commit, answer_once, outside
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, ItemCategory
from counterfoil.core import clock
from counterfoil.orders.models import Order
from makers import make_event, make_item, make_team, make_token
from pageclient import signed_in
from samplepdfs import NOT_A_PDF, pdf_of

KEY = {"X-Idempotency-Key": "a-key"}


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of the answer, without the one that names the request."""
    return {name: value for name, value in headers.items() if name != "X-Request-ID"}


def _never(subject: str) -> HttpResponse:
    raise AssertionError(subject)


def test_the_first_answer_is_given_again(api: Api, event: Event) -> None:
    first = api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)
    again = api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)

    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert _kept(again.headers) == _kept(first.headers)
    assert event.categories.count() == 1


def test_whatever_is_sent_with_the_key_gets_that_answer(api: Api, event: Event) -> None:
    first = api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)

    other = api.post(at(event, "items/"), json={"nonsense": True}, headers=KEY)

    assert other.status_code == 201
    assert other.json() == first.json()


def test_another_credential_has_its_own_keys(api: Api, event: Event) -> None:
    _, other = make_token(make_team(event.organizer))
    first = api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)

    second = api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY, token=other)

    assert second.json()["id"] != first.json()["id"]


def test_somebody_else_who_is_signed_in_has_their_own_keys(event: Event) -> None:
    answers = []
    for number in range(2):
        user = User.objects.create(email=f"{number}@example.org")
        make_team(event.organizer).members.add(user)
        pages = signed_in(user)
        path = at(event, "categories/")
        answers.append(
            pages.post(path, {"name": "A"}, content_type="application/json", headers=KEY)
        )

    first, second = (answer.json()["id"] for answer in answers)
    assert first != second


def test_refusals_are_kept_too(api: Api, event: Event) -> None:
    api.post(at(event, "categories/"), json={}, headers=KEY)

    again = api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)

    assert again.status_code == 400
    assert again.json() == {"name": ["This field is required."]}


def test_an_answer_without_a_body_is_kept_as_such(api: Api, event: Event) -> None:
    category = event.categories.create(name={"en": "A"})
    first = api.delete(at(event, f"categories/{category.pk}/"), headers=KEY)

    again = api.delete(at(event, f"categories/{category.pk}/"), headers=KEY)

    assert first.status_code == again.status_code == 204
    assert "Content-Type" not in again


def test_reading_takes_no_key(api: Api, event: Event) -> None:
    api.get(at(event, "categories/"), headers=KEY)

    assert not IdempotencyRecord.objects.exists()


def test_strangers_leave_nothing_behind(api: Api, event: Event) -> None:
    answer = api.post(at(event, "categories/"), headers=KEY, token="Token unknown")

    assert answer.status_code == 401
    assert not IdempotencyRecord.objects.exists()


def test_a_token_that_was_switched_off_is_answered_no_more(api: Api, event: Event) -> None:
    token, header = make_token(make_team(event.organizer))
    api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY, token=header)
    token.active = False
    token.save()

    again = api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY, token=header)

    assert again.status_code == 401


@pytest.mark.parametrize("key", ["k" * 191, "k" * 5000])
def test_a_key_that_is_too_long_is_refused(api: Api, event: Event, key) -> None:
    answer = api.post(
        at(event, "categories/"), json={"name": "A"}, headers={"X-Idempotency-Key": key}
    )

    assert answer.status_code == 400
    assert not event.categories.exists()


def test_a_key_of_190_characters_is_fine(api: Api, event: Event) -> None:
    headers = {"X-Idempotency-Key": "k" * 190}

    assert (
        api.post(at(event, "categories/"), json={"name": "A"}, headers=headers).status_code == 201
    )


def test_the_answer_can_be_asked_for(api: Api, event: Event) -> None:
    first = api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)

    kept = api.get("/idempotency_query?key=a-key")
    unknown = api.get("/idempotency_query?key=other")

    assert kept.status_code == 201
    assert kept.content == first.content
    assert unknown.status_code == 404


def test_answers_are_kept_for_a_day(api: Api, event: Event) -> None:
    api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)
    IdempotencyRecord.objects.update(created=clock.now() - timedelta(hours=25))

    api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)

    assert event.categories.count() == 2
    assert IdempotencyRecord.objects.count() == 1


def test_old_answers_are_forgotten(api: Api, event: Event) -> None:
    api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)

    assert idempotency.forget_old_answers(clock.now()) == 0
    assert idempotency.forget_old_answers(clock.now() + timedelta(hours=25)) == 1


def test_an_answer_that_may_change_is_not_kept_and_its_work_undone(event: Event) -> None:
    use = KeyUse.of("token:1", "key")

    def work() -> HttpResponse:
        event.categories.create(name={"en": "A"})
        return HttpResponse(status=503)

    answer = answer_once(use, work, _never)

    assert answer.status_code == 503
    assert idempotency.stored_answer(use) is None
    assert not event.categories.exists()
    assert not idempotency.is_running(use)


def test_while_the_first_runs_the_second_is_told_to_wait(api: Api, event: Event) -> None:
    assert api.token is not None
    with idempotency.held(KeyUse.of(TokenActor(APIToken.objects.get()).key, "a-key")):
        answer = api.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)
        asked = api.get("/idempotency_query?key=a-key")

    assert answer.status_code == asked.status_code == 409
    assert answer["Retry-After"] == asked["Retry-After"] == "5"
    assert "detail" in answer.json()
    assert not event.categories.exists()


@pytest.mark.django_db(transaction=True)
def test_what_takes_seconds_is_done_before_the_transaction() -> None:
    in_transaction = []

    def work() -> HttpResponse:
        outside("slow", lambda: in_transaction.append(connection.in_atomic_block))
        in_transaction.append(connection.in_atomic_block)
        return HttpResponse(status=201)

    answer = answer_once(KeyUse.of("token:1", "key"), work, _never)

    assert answer.status_code == 201
    assert in_transaction == [False, True]


def test_what_takes_seconds_is_done_without_a_key_too() -> None:
    assert outside("slow", lambda: "found") == "found"


@pytest.mark.django_db(transaction=True)
def test_a_long_answer_is_made_after_the_transaction() -> None:
    in_transaction = []

    def work() -> HttpResponse:
        ItemCategory.objects.create(event=make_event(), name={"en": "A"})
        response = after_commit("5", lambda: in_transaction.append(connection.in_atomic_block))
        response.accepted_renderer, response.accepted_media_type = JSONRenderer(), "text/json"
        response.renderer_context = {}
        return response

    answer_once(KeyUse.of("token:1", "key"), work, _never)

    assert in_transaction == [False]


def _order(api: Api, event: Event, **more: Any) -> Any:
    position = {"item": event.items.get().pk, "attendee_name": "Ada"}
    return api.post(at(event, "orders/"), json={"positions": [position] * 3, **more}, headers=KEY)


def _forget_body(order: Order) -> None:
    """Leave the record as a process does that dies between the commit and the answer."""
    IdempotencyRecord.objects.update(subject=str(order.pk), body=b"", headers={})


def test_an_answer_whose_body_was_not_stored_is_made_again(api: Api, event: Event) -> None:
    make_item(event)
    first = _order(api, event)
    _forget_body(Order.objects.get())

    asked = api.get("/idempotency_query?key=a-key")
    again = [_order(api, event) for _ in range(2)]

    assert asked.status_code == 409
    for answer in again:
        assert answer.status_code == first.status_code == 201
        assert answer.json() == first.json()
        assert answer["Content-Type"] == first["Content-Type"]
    assert Order.objects.count() == 1
    assert api.get("/idempotency_query?key=a-key").json() == first.json()


def test_a_change_whose_body_was_not_stored_is_not_made_twice(api: Api, event: Event) -> None:
    make_item(event)
    path = at(event, f"orders/{_order(api, event).json()['code']}/mark_canceled/")
    IdempotencyRecord.objects.all().delete()
    first = api.post(path, json={}, headers=KEY)
    _forget_body(Order.objects.get())

    again = api.post(path, json={}, headers=KEY)

    assert again.status_code == first.status_code == 200
    assert again.json() == first.json()
    assert LogEntry.objects.filter(action__contains="cancel").count() == 1


def test_an_order_that_is_gone_before_its_answer_was_stored(api: Api, event: Event) -> None:
    make_item(event)
    order = _order(api, event, testmode=True).json()
    _forget_body(Order.objects.get())
    api.delete(at(event, f"orders/{order['code']}/"))

    assert _order(api, event).status_code == 410
    assert not Order.objects.exists()


def test_without_the_right_no_body_is_made(api: Api, event: Event) -> None:
    make_item(event)
    _order(api, event)
    _forget_body(Order.objects.get())
    event.organizer.teams.update(all_event_permissions=False)

    assert _order(api, event).status_code == 403


def test_a_background_that_is_refused_is_refused_the_same_way_again(api: Api, event: Event) -> None:
    def new(background: str) -> Any:
        body = {"name": "A", "layout": [], "background": background}
        return api.post(at(event, "ticketlayouts/"), json=body, headers=KEY)

    first = new(upload(api, NOT_A_PDF))
    again = new(upload(api, pdf_of()))

    assert first.status_code == again.status_code == 400
    assert again.json() == first.json()
    assert list(first.json()) == ["background"]


def test_a_layout_with_a_background_is_made_once(api: Api, event: Event) -> None:
    body = {"name": "A", "layout": [], "background": upload(api, pdf_of())}

    first = api.post(at(event, "ticketlayouts/"), json=body, headers=KEY)
    again = api.post(at(event, "ticketlayouts/"), json=body, headers=KEY)

    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert event.ticket_layouts.get().background is not None


@pytest.mark.django_db(transaction=True)
def test_a_hundred_requests_fifty_at_once_act_once() -> None:
    event = make_event()
    api = Api(make_token(make_team(event.organizer))[1])
    statuses: Counter[int] = Counter()
    at_once = 50  # a server of PostgreSQL has 100 connections, for other tests too
    start = threading.Barrier(at_once)

    def send(_number: int) -> None:
        client = Api(api.token)
        start.wait()
        answer: Any = client.post(at(event, "categories/"), json={"name": "A"}, headers=KEY)
        statuses[answer.status_code] += 1
        connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(send, range(100)))

    assert ItemCategory.objects.count() == 1
    assert set(statuses) <= {201, 409}
    assert statuses[201] >= 1
    assert sum(statuses.values()) == 100
