"""What one request may cost the others: sizes that are refused, and locks that are not taken."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from apiclient import Api, at, upload
from counterfoil.accounts import idempotency
from counterfoil.accounts.idempotency import KeyUse
from counterfoil.catalog.models import Event, ItemCategory
from counterfoil.core import heavy
from counterfoil.layouts.backgrounds import precompiled, store_background
from counterfoil.orders.models import Order, OrderPosition
from makers import make_event, make_item, make_team, make_token
from samplepdfs import NOT_A_PDF, pdf_of

TEXT = {
    "type": "textcontainer", "left": "10", "bottom": "10", "width": "50", "height": "20",
    "content": "other", "fontsize": "10", "fontfamily": "Open Sans", "bold": False,
    "italic": False, "align": "left", "color": [0, 0, 0, 1], "verticalalign": "top",
}  # fmt: skip


@contextmanager
def _writer_at_work() -> Iterator[None]:
    """Have somebody else hold SQLite's only write lock."""
    with sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
    other.close()


@contextmanager
def _busy() -> Iterator[None]:
    """Have others do as much heavy work as is allowed, and wait for their turn."""
    over = threading.Event()
    begun = threading.Semaphore(0)

    def hold() -> None:
        with heavy.slot():
            begun.release()
            over.wait()

    threads = [threading.Thread(target=hold) for _ in range(settings.HEAVY_REQUESTS)]
    for thread in threads:
        thread.start()
        assert begun.acquire(timeout=60)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _order(item: int, count: int, **more: Any) -> dict[str, Any]:
    return {"positions": [{"item": item}] * count, **more}


def test_an_order_has_a_limited_number_of_positions(api: Api, event: Event) -> None:
    item = make_item(event, quota=5000)
    most = settings.ORDER_POSITIONS

    refused = api.post(at(event, "orders/"), json=_order(item.pk, most + 1))
    made = api.post(at(event, "orders/"), json=_order(item.pk, most))

    assert refused.status_code == 400
    assert f"no more than {most} elements" in str(refused.json()["positions"])
    assert made.status_code == 201
    assert OrderPosition.objects.count() == most


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_simulating_an_order_waits_for_no_writer() -> None:
    event = make_event()
    api = Api(make_token(make_team(event.organizer))[1])
    item = make_item(event, quota=10)

    with _writer_at_work():
        good = api.post(at(event, "orders/"), json=_order(item.pk, 3, simulate=True))
        sold_out = api.post(at(event, "orders/"), json=_order(item.pk, 11, simulate=True))

    assert good.status_code == 201
    assert [each["positionid"] for each in good.json()["positions"]] == [1, 2, 3]
    assert sold_out.status_code == 400
    assert not Order.objects.exists()


def test_a_simulated_order_looks_like_the_one_that_is_made(api: Api, event: Event) -> None:
    item = make_item(event, quota=10)
    body = {
        "positions": [
            {"item": item.pk, "attendee_name": "Jane Doe", "price": "11.90"},
            {"item": item.pk, "addon_to": 1},
        ],
        "status": "p",
        "payment_provider": "cash",
    }

    simulated = api.post(at(event, "orders/"), json={**body, "simulate": True}).json()
    made = api.post(at(event, "orders/"), json=body).json()

    drawn = {"id", "order", "secret", "pseudonymization_id", "addon_to", "downloads"}
    assert list(simulated) == list(made)
    for one, other in zip(simulated["positions"], made["positions"], strict=True):
        assert {k: v for k, v in one.items() if k not in drawn} == {
            k: v for k, v in other.items() if k not in drawn
        }
    assert simulated["total"] == made["total"]
    assert simulated["payments"][0]["amount"] == made["payments"][0]["amount"]
    assert [each["addon_to"] is None for each in simulated["positions"]] == [True, False]


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_request_with_a_key_stops_no_writer_before_it_writes() -> None:
    event = make_event()
    use = KeyUse.of("token:1", "a-key")

    with idempotency.held(use):
        assert Event.objects.filter(pk=event.pk).exists()
        with _writer_at_work():  # would wait, and fail, if the request held the lock
            pass
        _add_category(event)
        with pytest.raises(sqlite3.OperationalError), _writer_at_work():
            pass

    assert event.categories.count() == 1


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_key_that_another_process_used_meanwhile_acts_once() -> None:
    event = make_event()
    use = KeyUse.of("token:1", "a-key")
    elsewhere = threading.Thread(target=_keep_elsewhere, args=(use,))

    with idempotency.held(use):
        assert idempotency.stored_answer(use) is None
        elsewhere.start()
        elsewhere.join()
        with pytest.raises(idempotency.AnsweredMeanwhile):
            _add_category(event)

    assert event.categories.count() == 0
    assert idempotency.stored_answer(use) is not None


def _add_category(event: Event) -> None:
    ItemCategory.objects.create(event=event, name={"en": "A"})


def _keep_elsewhere(use: KeyUse) -> None:
    try:
        idempotency.keep_answer(use, idempotency.Answer(201))
    finally:
        connection.close()


def test_a_layout_with_too_long_a_text_is_refused_at_its_place(api: Api, event: Event) -> None:
    most = settings.TEXT_CHARACTERS
    layout = [{**TEXT, "text": "x"}, {**TEXT, "text": "x" * (most + 1)}]

    answer = api.post(at(event, "ticketlayouts/"), json={"name": "A", "layout": layout})

    words = f"/1/text: The text has {most + 1} characters, and {most} are allowed."
    assert (answer.status_code, answer.json()) == (400, {"layout": [words]})


def test_a_layout_has_a_limited_number_of_characters(api: Api, event: Event) -> None:
    most = settings.LAYOUT_CHARACTERS
    texts = most // settings.TEXT_CHARACTERS + 1
    layout = [{**TEXT, "text": "x" * settings.TEXT_CHARACTERS}] * texts

    answer = api.post(at(event, "ticketlayouts/"), json={"name": "A", "layout": layout})

    assert answer.status_code == 400
    assert f"and {most} are allowed." in answer.json()["layout"][0]


def test_a_preview_that_takes_too_long_names_the_element(
    api: Api, event: Event, settings: Any
) -> None:
    settings.PREVIEW_CPU_S = 0.05
    mixed = "abc אבג 12 (ﷺ) " * 600
    layout = [{**TEXT, "text": "x"}, {**TEXT, "text": mixed, "autoresize": True}]

    answer = api.post(at(event, "ticketlayouts/preview/"), json={"layout": layout})

    assert answer.status_code == 400
    assert answer.json()["layout"][0].startswith("/1: The ticket takes more than 0.05 seconds")


@pytest.mark.slow
def test_more_previews_than_slots_are_asked_to_come_again(api: Api, event: Event) -> None:
    with _busy():
        answer = api.post(at(event, "ticketlayouts/preview/"), json={"layout": []})
        alive = Client().get("/healthz")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert alive.status_code == 200
    again = api.post(at(event, "ticketlayouts/preview/"), json={"layout": []})
    assert again.status_code == 200


@pytest.mark.slow
def test_a_large_body_is_asked_to_come_again_while_others_are_read(api: Api, event: Event) -> None:
    body = {"name": "A", "comment": "x" * 300_000}

    with _busy():
        answer = api.post(at(event, "categories/"), json=body)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert not event.categories.exists()


@pytest.mark.slow
def test_a_background_is_not_compiled_while_all_slots_are_taken(api: Api, event: Event) -> None:
    body = {"name": "A", "layout": [], "background": upload(api, pdf_of())}

    with _busy():
        answer = api.post(at(event, "ticketlayouts/"), json=body)

    assert answer.status_code == 503
    assert not event.ticket_layouts.exists()


def test_backgrounds_that_were_compiled_before_a_transaction_are_only_stored_in_it(
    event: Event,
) -> None:
    good, bad = pdf_of(), NOT_A_PDF

    with precompiled([good, bad, good]), _busy():
        stored = store_background(event=event, pdf=good)
        unusable = store_background(event=event, pdf=bad, keep_unusable=True)

    assert stored.compiled
    assert unusable.refusal


def test_an_order_carries_a_limited_amount_of_data(api: Api, event: Event) -> None:
    item = make_item(event, quota=10)

    meta = api.post(at(event, "orders/"), json=_order(item.pk, 1, api_meta={"x": "y" * 100_000}))
    comment = api.post(at(event, "orders/"), json=_order(item.pk, 1, comment="y" * 100_001))

    words = ["Ensure this field has no more than 100000 characters."]
    assert (meta.status_code, meta.json()) == (400, {"api_meta": words})
    assert (comment.status_code, comment.json()) == (400, {"comment": words})
