"""A server that dies between the commit and the answer: the repeated key finds both or neither."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import httpx
import pytest

from servers import World, eventually

SETUP = {
    "organizers": [
        {
            "slug": "org",
            "name": "Org",
            "teams": [
                {
                    "name": "Full",
                    "all_events": True,
                    "all_event_permissions": True,
                    "all_organizer_permissions": True,
                    "tokens": ["full"],
                }
            ],
            "events": [
                {
                    "slug": "event",
                    "name": {"en": "Event"},
                    "date_from": "2027-06-12T09:00:00+02:00",
                    "timezone": "Europe/Berlin",
                }
            ],
        }
    ]
}
OURS = {"COUNTERFOIL_SETTINGS_MODULE": "counterfoil.config.settings"}
CATEGORIES = "/api/v1/organizers/org/events/event/categories/"


def set_up(world: World) -> str:
    """Make an event, and give the header of a token for it."""
    document, tokens = world.folder / "setup.json", world.folder / "tokens.json"
    document.write_text(json.dumps(SETUP), encoding="utf-8")
    world.begin()
    done = world.run("apply", str(document), "--tokens", str(tokens), **OURS)
    assert done.returncode == 0, done.stderr
    header: str = json.loads(tokens.read_text(encoding="utf-8"))["full"]
    return header


@pytest.mark.slow
def test_work_that_was_committed_is_not_done_again(anywhere: World) -> None:
    header = {"Authorization": set_up(anywhere), "X-Idempotency-Key": "once"}
    server = anywhere.serve(COUNTERFOIL_FAILPOINTS="idempotency.committed=kill", **OURS)
    url = server.address + CATEGORIES

    def send() -> Any:
        return httpx.post(url, json={"name": "A"}, headers=header, timeout=30)

    with contextlib.suppress(httpx.TransportError):
        assert send().status_code == 0, "it was to die before it answered"

    def answered() -> Any:
        with contextlib.suppress(httpx.TransportError):
            return send()

    answer = eventually(answered, "it answers again")
    assert answer.status_code == 201
    assert answer.json()["name"] == {"en": "A"}
    assert anywhere.rows("SELECT count(*) FROM catalog_itemcategory") == [(1,)]
