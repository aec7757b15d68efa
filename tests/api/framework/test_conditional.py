"""Conditional lists: what changed since, and whether it did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.audit.models import LogEntry
from counterfoil.audit.services import record
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from makers import make_event

CHANGED = datetime(2026, 10, 1, 12, 0, 0, 500_000, tzinfo=UTC)
BEFORE, AFTER = "Thu, 01 Oct 2026 11:59:59 GMT", "Thu, 01 Oct 2026 12:00:00 GMT"
KINDS = {
    "items": "item",
    "categories": "category",
    "questions": "question",
    "quotas": "quota",
    "taxrules": "taxrule",
    "subevents": "subevent",
}


def log(event: Event, kind: str, moment: datetime = CHANGED) -> None:
    record(actor=None, action=f"counterfoil.{kind}.changed", obj=event, event=event)
    LogEntry.objects.update(datetime=moment)


def ask(api: Api, event: Event, resource: str = "items", **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.get(at(event, f"{resource}/"), headers=sent)


@pytest.mark.parametrize(("resource", "kind"), KINDS.items())
def test_a_list_tells_when_its_kind_last_changed(api: Api, event: Event, resource, kind) -> None:
    log(event, kind)

    assert ask(api, event, resource)["Last-Modified"] == AFTER
    assert ask(api, event, resource, If_Modified_Since=AFTER).status_code == 304
    assert ask(api, event, resource, If_Modified_Since=BEFORE).status_code == 200
    assert ask(api, event, resource, If_Unmodified_Since=BEFORE).status_code == 412
    assert ask(api, event, resource, If_Unmodified_Since=AFTER).status_code == 200


def test_a_second_change_within_a_second_is_not_missed(api: Api, event: Event) -> None:
    log(event, "item")
    first = ask(api, event)["Last-Modified"]
    record(actor=None, action="counterfoil.item.changed", obj=event, event=event)
    LogEntry.objects.update(datetime=CHANGED)

    second = ask(api, event, If_Modified_Since=first)

    assert second.status_code == 200
    assert ask(api, event, If_Unmodified_Since=first).status_code == 412
    assert ask(api, event, If_Modified_Since=second["Last-Modified"]).status_code == 304

    record(actor=None, action="counterfoil.item.changed", obj=event, event=event)
    newest = LogEntry.objects.latest("pk").pk
    LogEntry.objects.filter(pk=newest).update(datetime=CHANGED + timedelta(seconds=1))
    assert ask(api, event, If_Modified_Since=second["Last-Modified"]).status_code == 200


def test_while_a_second_lasts_its_changes_are_shown_again(api: Api, event: Event) -> None:
    for _ in range(2):
        log(event, "item", clock.now())

    answer = ask(api, event)

    assert ask(api, event, If_Modified_Since=answer["Last-Modified"]).status_code == 200


def test_an_answer_that_is_not_sent_is_empty(api: Api, event: Event) -> None:
    log(event, "item")

    unchanged = ask(api, event, If_Modified_Since=AFTER)
    changed = ask(api, event, If_Unmodified_Since=BEFORE)

    assert (unchanged.content, changed.content) == (b"", b"")
    assert "Content-Type" not in unchanged
    assert "Content-Type" not in changed


def test_without_any_change_there_is_no_date(api: Api, event: Event) -> None:
    log(make_event(event.organizer), "item")
    log(event, "quota")

    answer = ask(api, event, If_Modified_Since=AFTER)

    assert answer.status_code == 200
    assert "Last-Modified" not in answer


def test_a_client_that_asks_again_at_once_is_up_to_date(api: Api, event: Event) -> None:
    api.post(at(event, "categories/"), json={"name": "A"})
    seen = ask(api, event, "categories")["Last-Modified"]

    assert ask(api, event, "categories", If_Modified_Since=seen).status_code == 304
    assert ask(api, event, "categories", If_Unmodified_Since=seen).status_code == 200


def test_changes_by_the_api_are_seen(api: Api, event: Event) -> None:
    api.post(at(event, "categories/"), json={"name": "A"})

    assert "Last-Modified" in ask(api, event, "categories")
    assert "Last-Modified" not in ask(api, event, "items")


def test_a_date_that_cannot_be_read_is_ignored(api: Api, event: Event) -> None:
    log(event, "item")

    assert ask(api, event, If_Modified_Since="yesterday").status_code == 200
