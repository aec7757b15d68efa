"""What there may be only one of, asked for by several in the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from apiclient import Api
from makers import make_event, make_team, make_token

MANY = 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("events/", {"slug": "x", "name": "x", "date_from": "2027-06-12T10:00:00Z"}, "slug"),
        ("saleschannels/", {"identifier": "api.x", "type": "api", "label": "x"}, "identifier"),
        (
            "events/{event}/questions/",
            {"identifier": "X", "question": "x", "type": "S"},
            "identifier",
        ),
    ],
)
def test_a_name_asked_for_at_once_is_given_once(
    path: str, body: dict[str, Any], field: str
) -> None:
    statuses, fields = _sent_at_once(path, body)

    assert statuses == {201: 1, 400: MANY - 1}
    assert fields == {field}


@pytest.mark.django_db(transaction=True)
def test_of_default_tax_rules_made_at_once_the_last_stays_it() -> None:
    path = "events/{event}/taxrules/"

    statuses, _ = _sent_at_once(path, {"name": "VAT", "rate": "19.00", "default": True})

    assert statuses == {201: MANY}


def _sent_at_once(path: str, body: dict[str, Any]) -> tuple[Counter[int], set[str]]:
    """Send the same from many threads; return how often each status came, and what was wrong."""
    event = make_event()
    token = make_token(make_team(event.organizer))[1]
    url = f"/organizers/{event.organizer.slug}/{path.format(event=event.slug)}"
    start = threading.Barrier(MANY)

    def send(_number: int) -> Any:
        start.wait()
        try:
            return Api(token).post(url, json=body)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(send, range(MANY)))
    wrong = {name for answer in answers if answer.status_code != 201 for name in answer.json()}
    return Counter(answer.status_code for answer in answers), wrong
