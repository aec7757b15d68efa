"""Messages to a real server, from real processes, whatever dies."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from receiver import Receiver, receiver
from servers import World, eventually

pytestmark = pytest.mark.slow

ALLOWED = {"COUNTERFOIL_WEBHOOK_ALLOWED_NETWORKS": "127.0.0.1/32"}

SEED = {
    "organizers": [
        {
            "slug": "demo",
            "name": "Demo",
            "sales_channels": [{"identifier": "web", "label": {"en": "Online shop"}}],
            "teams": [
                {
                    "name": "All",
                    "all_events": True,
                    "all_event_permissions": True,
                    "all_organizer_permissions": True,
                    "tokens": ["all"],
                }
            ],
            "events": [
                {
                    "slug": "night",
                    "name": {"en": "Night"},
                    "currency": "EUR",
                    "timezone": "UTC",
                    "date_from": "2030-06-12T20:00:00Z",
                    "items": [{"name": {"en": "Ticket"}, "default_price": "0.00"}],
                    "quotas": [{"name": "All", "size": 500, "items": ["Ticket"], "variations": []}],
                }
            ],
        }
    ]
}


@pytest.fixture
def token(embedded: World) -> str:
    embedded.settings = "counterfoil.config.settings"
    seed, tokens = embedded.folder / "seed.json", embedded.folder / "tokens.json"
    seed.write_text(json.dumps(SEED))
    embedded.begin()
    done = embedded.run("apply", str(seed), "--tokens", str(tokens))
    assert done.returncode == 0, done.stderr
    return str(next(iter(json.loads(tokens.read_text()).values())))


def client(address: str, token: str) -> httpx.Client:
    base = f"{address.rstrip('/')}/api/v1/organizers/demo/"
    header = token if " " in token else f"Token {token}"
    return httpx.Client(base_url=base, headers={"Authorization": header}, timeout=60)


def hook(demo: httpx.Client, server: Receiver) -> int:
    sent = {
        "target_url": server.address,
        "all_events": True,
        "action_types": ["pretix.event.order.placed", "counterfoil.offlinesalesbatch.added"],
    }
    made = demo.post("webhooks/", json=sent)
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


def place(demo: httpx.Client) -> dict[str, Any]:
    item = demo.get("events/night/items/").json()["results"][0]["id"]
    sent = {"status": "p", "positions": [{"item": item}]}
    made = demo.post("events/night/orders/", json=sent)
    assert made.status_code == 201, made.text
    order: dict[str, Any] = made.json()
    return order


def test_a_message_that_was_being_sent_when_the_worker_died_is_sent_again(
    embedded: World, token: str
) -> None:
    served = embedded.serve(COUNTERFOIL_FAILPOINTS="webhooks.sent=kill", **ALLOWED)
    with receiver() as server, client(served.address, token) as demo:
        hook(demo, server)
        order = place(demo)
        eventually(lambda: server.messages, "the first message came", lambda: served.said)
        embedded.rows("UPDATE webhooks_delivery SET due = created")  # the lease is over

        eventually(lambda: len(server.messages) > 1, "it came again", lambda: served.said)

        first, second = server.messages[:2]
        assert first.payload["code"] == order["code"]
        assert first.body == second.body
        assert first.headers["Webhook-Id"] == second.headers["Webhook-Id"]
        eventually(
            lambda: embedded.rows("SELECT 1 FROM webhooks_delivery WHERE state = 'delivered'"),
            "it is marked as delivered",
        )


def test_a_batch_is_one_message_and_a_private_address_gets_none(
    embedded: World, token: str
) -> None:
    served = embedded.serve(**ALLOWED)
    with receiver() as server, client(served.address, token) as demo:
        hook(demo, server)
        item = demo.get("events/night/items/").json()["results"][0]["id"]
        wish = {"item": item, "amount": 200, "sales_channel": "web"}
        asked = demo.post("events/night/offlinesalesbatches/", json=wish)
        assert asked.status_code == 202, asked.text

        eventually(lambda: server.messages, "the message came", lambda: served.said)

        (message,) = server.messages
        assert message.payload["action"] == "counterfoil.offlinesalesbatch.added"
        assert message.payload["amount"] == 200
        refused = demo.post(
            "webhooks/", json={"target_url": "http://169.254.169.254/", "action_types": []}
        )
        assert (refused.status_code, list(refused.json())) == (400, ["target_url"])
        assert base64.b64decode(message.headers["Webhook-Signature"].removeprefix("v1,"))
