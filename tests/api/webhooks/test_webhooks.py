"""Webhooks over the API: set up by whoever may, signed with a secret that is shown once."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from apiclient import Api
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.webhooks.delivery import deliver
from counterfoil.webhooks.models import Delivery, Webhook
from makers import make_delivery, make_event, make_team, make_token, make_webhook
from receiver import receiver

MANAGE = "organizer.settings.general:write"


@pytest.fixture
def path(event: Event) -> str:
    return f"/organizers/{event.organizer.slug}/webhooks/"


def new(event: Event, **given: Any) -> dict[str, Any]:
    return {
        "target_url": "https://example.org/hook",
        "limit_events": [event.slug],
        "action_types": ["pretix.event.order.paid"],
        **given,
    }


def client_of(event: Event, *, permissions: list[str], **given: Any) -> Api:
    team = make_team(
        event.organizer,
        all_event_permissions=False,
        event_permissions=permissions,
        all_organizer_permissions=False,
        organizer_permissions=[MANAGE],
        **given,
    )
    return Api(make_token(team)[1])


def test_a_webhook_is_made_with_the_documented_keys(api: Api, event: Event, path: str) -> None:
    answer = api.post(path, json=new(event))

    assert answer.status_code == 201
    assert answer.json() == {
        "id": Webhook.objects.get().pk,
        "enabled": True,
        "target_url": "https://example.org/hook",
        "all_events": False,
        "limit_events": [event.slug],
        "action_types": ["pretix.event.order.paid"],
        "comment": None,
    }
    entry = LogEntry.objects.get()
    assert (entry.action, entry.organizer) == ("counterfoil.webhook.added", event.organizer)
    assert entry.data == {"fields": ["action_types", "limit_events", "target_url"]}
    assert entry.object_repr == "example.org"


def test_a_webhook_is_changed_and_deleted(api: Api, event: Event, path: str) -> None:
    webhook = make_webhook(event.organizer)
    make_delivery(webhook)

    changed = api.patch(f"{path}{webhook.pk}/", json={"enabled": False, "comment": "Shop"})
    deleted = api.delete(f"{path}{webhook.pk}/")

    assert (changed.json()["enabled"], changed.json()["comment"]) == (False, "Shop")
    assert deleted.status_code == 204
    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("target_url", "http://127.0.0.1/"),
        ("target_url", "javascript:alert(1)"),
        ("target_url", 7),
        ("action_types", ["no.such.action"]),
        ("action_types", "pretix.event.order.paid"),
        ("action_types", [["pretix.event.order.paid"]]),
        ("limit_events", ["nowhere"]),
        ("enabled", "perhaps"),
        ("comment", "x" * 256),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    api: Api, event: Event, path: str, field: str, value: Any
) -> None:
    answer = api.post(path, json=new(event, **{field: value}))

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Webhook.objects.exists()


def test_actions_of_pretix_that_never_happen_here_can_be_chosen(
    api: Api, event: Event, path: str
) -> None:
    chosen = ["pretix.event.order.refund.created", "pretix.event.order.placed"]

    answer = api.post(path, json=new(event, action_types=[*chosen, *chosen]))

    assert answer.json()["action_types"] == chosen


def test_the_secret_is_shown_when_it_is_made_and_nowhere_else(
    api: Api, event: Event, path: str
) -> None:
    webhook = make_webhook(event.organizer)
    first = webhook.secret

    answer = api.post(f"{path}{webhook.pk}/secret/", headers={"X-Idempotency-Key": "once"})

    webhook.refresh_from_db()
    assert answer.json() == {"secret": webhook.secret}
    assert answer["Cache-Control"] == "no-store"
    assert webhook.secret != first
    assert webhook.secret not in api.get(f"{path}{webhook.pk}/").content.decode()
    entry = LogEntry.objects.get()
    assert entry.action == "counterfoil.webhook.secret_renewed"
    assert webhook.secret not in str(entry.data)


def test_deliveries_are_shown_and_repeated(
    api: Api, event: Event, path: str, settings: Settings
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    with receiver() as server:
        server.answers(500, b"broken")
        webhook = make_webhook(event.organizer, target_url=server.address)
        delivery = make_delivery(webhook)
        deliver(delivery.pk)
        below = f"{path}{webhook.pk}/deliveries/"
        shown = api.get(below).json()["results"][0]
        server.answers(200)

        repeated = api.post(f"{below}{delivery.pk}/repeat/")
        deliver(delivery.pk)

        assert len({message.body for message in server.messages}) == 1
        assert len({message.headers["Webhook-Id"] for message in server.messages}) == 1
    assert (shown["state"], shown["attempts"], shown["status_code"]) == ("waiting", 1, 500)
    assert (shown["response"], shown["error"]) == ("broken", "The server answered 500.")
    assert shown["payload"] == delivery.payload
    assert shown["next_attempt"] > shown["last_attempt"]
    assert repeated.status_code == 200
    after = api.get(f"{below}{delivery.pk}/").json()
    assert (after["state"], after["attempts"], after["error"]) == ("delivered", 2, "")
    assert after["next_attempt"] is None
    assert api.get(f"{below}?state=waiting").json()["count"] == 0
    assert LogEntry.objects.get().action == "counterfoil.webhook.delivery_repeated"


def test_what_was_delivered_or_given_up_can_be_repeated(api: Api, event: Event, path: str) -> None:
    webhook = make_webhook(event.organizer)
    made = [make_delivery(webhook, state=state) for state in ("delivered", "failed")]

    for each in made:
        answer = api.post(f"{path}{webhook.pk}/deliveries/{each.pk}/repeat/")
        assert answer.json()["state"] == "waiting"


def test_nothing_is_repeated_to_a_webhook_that_is_off(api: Api, event: Event, path: str) -> None:
    delivery = make_delivery(make_webhook(event.organizer, enabled=False), state="failed")

    answer = api.post(f"{path}{delivery.webhook_id}/deliveries/{delivery.pk}/repeat/")

    assert answer.status_code == 409
    assert Delivery.objects.get().state == "failed"


def test_an_organizer_cannot_have_any_number_of_them(api: Api, event: Event, path: str) -> None:
    for _number in range(50):
        make_webhook(event.organizer)

    assert api.post(path, json=new(event)).status_code == 409


# --- Nobody hears more through a webhook than they may read ------------------------------------


def test_a_webhook_tells_of_no_event_that_its_maker_does_not_see(event: Event, path: str) -> None:
    other = make_event(event.organizer)
    api = client_of(event, permissions=["event.orders:read"], all_events=False)
    team = event.organizer.teams.get()
    team.limit_events.set([event])

    everywhere = api.post(path, json=new(event, all_events=True))
    elsewhere = api.post(path, json=new(event, limit_events=[other.slug]))
    here = api.post(path, json=new(event))

    assert (everywhere.status_code, list(everywhere.json())) == (400, ["all_events"])
    assert (elsewhere.status_code, list(elsewhere.json())) == (400, ["limit_events"])
    assert here.status_code == 201


@pytest.mark.parametrize("all_events", [True, False])
def test_a_webhook_tells_of_no_orders_that_its_maker_may_not_read(
    event: Event, path: str, all_events: bool
) -> None:
    api = client_of(event, permissions=["event.items:write"], all_events=True)

    answer = api.post(path, json=new(event, all_events=all_events))

    assert answer.status_code == 400
    assert list(answer.json()) == ["all_events" if all_events else "limit_events"]


def test_webhooks_that_tell_of_other_events_do_not_exist_for_a_limited_token(
    event: Event, path: str
) -> None:
    api = client_of(event, permissions=["event.orders:read"], all_events=False)
    event.organizer.teams.get().limit_events.set([event])
    other = make_event(event.organizer)
    mine = make_webhook(event.organizer, limit_events=[event])
    hidden = [
        make_webhook(event.organizer),
        make_webhook(event.organizer, limit_events=[other]),
        make_webhook(event.organizer, limit_events=[event, other]),
    ]

    shown = [each["id"] for each in api.get(path).json()["results"]]

    assert shown == [mine.pk]
    for webhook in hidden:
        one = f"{path}{webhook.pk}/"
        changed = api.patch(one, json={"target_url": "https://evil.example/"})
        assert changed.status_code == api.delete(one).status_code == 404
        assert api.post(f"{one}secret/").status_code == 404
        assert api.get(f"{one}deliveries/").status_code == 404
