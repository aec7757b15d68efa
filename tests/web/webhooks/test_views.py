"""Webhooks on the pages: set up, their secret shown once, their messages seen and sent again."""

from __future__ import annotations

import html

import pytest
from django.test import Client

from counterfoil.catalog.models import Event
from counterfoil.webhooks.models import Delivery, Webhook
from makers import make_delivery, make_webhook


@pytest.fixture
def path(event: Event) -> str:
    return f"/organizers/{event.organizer.slug}/webhooks/"


def shown(pages: Client, path: str) -> str:
    answer = pages.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_webhook_is_made_and_its_secret_is_shown_once(
    pages: Client, event: Event, path: str
) -> None:
    answer = pages.post(
        f"{path}add/",
        {
            "target_url": "https://example.org/hook",
            "enabled": "on",
            "action_types": ["pretix.event.checkin"],
            "limit_events": [event.pk],
        },
    )

    webhook = Webhook.objects.get()
    assert webhook.secret in html.unescape(answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    assert list(webhook.limit_events.all()) == [event]
    assert webhook.secret not in shown(pages, f"{path}{webhook.pk}/")
    assert "https://example.org/hook" in shown(pages, path)


def test_a_private_address_is_refused_at_its_field(pages: Client, path: str) -> None:
    answer = pages.post(
        f"{path}add/",
        {
            "target_url": "http://10.0.0.1/",
            "action_types": ["pretix.event.checkin"],
            "all_events": "on",
        },
    )

    assert answer.status_code == 422
    assert "10.0.0.1 is not a public address" in answer.content.decode()
    assert not Webhook.objects.exists()


def test_a_changed_webhook_keeps_actions_that_the_form_does_not_show(
    pages: Client, event: Event, path: str
) -> None:
    hidden = "pretix.event.order.refund.created"
    webhook = make_webhook(event.organizer, action_types=[hidden, "pretix.event.checkin"])

    pages.post(
        f"{path}{webhook.pk}/edit/",
        {
            "target_url": "https://example.org/other",
            "all_events": "on",
            "action_types": ["pretix.event.order.placed"],
        },
    )

    webhook.refresh_from_db()
    assert webhook.action_types == ["pretix.event.order.placed", hidden]
    assert (webhook.target_url, webhook.enabled) == ("https://example.org/other", False)


def test_a_new_secret_is_made_after_a_question(pages: Client, event: Event, path: str) -> None:
    webhook = make_webhook(event.organizer)
    before = webhook.secret
    shown(pages, f"{path}{webhook.pk}/secret/")

    answer = pages.post(f"{path}{webhook.pk}/secret/")

    webhook.refresh_from_db()
    assert webhook.secret != before
    assert webhook.secret in html.unescape(answer.content.decode())


def test_messages_are_listed_and_sent_again(pages: Client, event: Event, path: str) -> None:
    webhook = make_webhook(event.organizer)
    failed = make_delivery(
        webhook, state="failed", attempt=3, status_code=500, problem="status", response="<b>no"
    )
    one = f"{path}{webhook.pk}/"

    page = shown(pages, one)
    answer = pages.post(f"{one}deliveries/{failed.pk}/repeat/")

    assert "Order paid" in page
    assert "The server answered 500." in page
    assert "<b>no" not in pages.get(one).content.decode()
    assert answer["Location"] == one
    assert Delivery.objects.get().state == "waiting"
    assert str(failed.pk) not in shown(pages, f"{one}?state=failed")


def test_a_message_of_a_webhook_that_is_off_is_not_sent_again(
    pages: Client, event: Event, path: str
) -> None:
    delivery = make_delivery(make_webhook(event.organizer, enabled=False), state="failed")

    pages.post(f"{path}{delivery.webhook_id}/deliveries/{delivery.pk}/repeat/")

    assert Delivery.objects.get().state == "failed"
    assert "switched off" in shown(pages, f"{path}{delivery.webhook_id}/")


def test_a_webhook_is_deleted_after_a_question(pages: Client, event: Event, path: str) -> None:
    webhook = make_webhook(event.organizer)
    assert "https://example.org/hook" in shown(pages, f"{path}{webhook.pk}/delete/")

    pages.post(f"{path}{webhook.pk}/delete/")

    assert not Webhook.objects.exists()
