"""Walks through long lists: each page goes on after the last row of the one before."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apiclient import Api, at
from batches.making import make
from gate import Gate, make_gate
from makers import make_order, make_team, make_token

pytestmark = pytest.mark.django_db

TICKETS = 510
PAGES = 11
#: Only what tells rows apart, lest the rest cost more than the test.
LEAN = "include=code&include=id"


@pytest.fixture
def gate() -> Gate:
    gate = make_gate()
    make(gate.item, TICKETS)  # they share a time: only their ids order them
    return gate


@pytest.fixture
def api(gate: Gate) -> Api:
    return Api(make_token(make_team(gate.event.organizer))[1])


def _key(row: dict[str, Any]) -> Any:
    return row.get("id") or row["code"]


def _walk(api: Api, link: str | None) -> list[dict[str, Any]]:
    pages = []
    while link:
        pages.append(api.get(link.removeprefix("http://testserver")).json())
        link = pages[-1]["next"]
    return pages


def _keys(pages: list[dict[str, Any]]) -> list[Any]:
    return [_key(row) for page in pages for row in page["results"]]


@pytest.mark.parametrize(
    "path",
    [
        "orders/",
        "orders/?ordering=-last_modified",
        "orders/?ordering=code&status=p",
        "orders/?ordering=status,-code",
        "orderpositions/",
        "orderpositions/?ordering=-order__code",
        "orderpositions/?ordering=positionid,-order__datetime",
        "checkinlists/{list}/positions/",
        "checkinlists/{list}/positions/?ordering=last_checked_in",
    ],
)
def test_a_walk_shows_every_row_once_in_its_order(gate: Gate, api: Api, path: str) -> None:
    path = at(gate.event, path.format(list=gate.list.pk))
    path += ("&" if "?" in path else "?") + LEAN

    pages = _walk(api, path)

    for number in (2, 4, PAGES - 2):
        by_number = api.get(f"{path}&page={number}").json()
        assert _keys([by_number]) == _keys(pages[number - 1 : number])
    assert len(pages) == PAGES
    assert len(set(_keys(pages))) == TICKETS
    assert {page["count"] for page in pages} == {TICKETS}
    assert _keys([api.get(f"{path}&page=last").json()]) == _keys(pages[-1:])
    for number, page in enumerate(pages[:-1], start=2):
        assert parse_qs(urlsplit(page["next"]).query)["page"] == [str(number)]
    assert "cursor" not in str(pages[2]["previous"])


def test_what_is_sold_or_deleted_during_a_walk_moves_no_other_row(gate: Gate, api: Api) -> None:
    first = api.get(at(gate.event, f"orders/?ordering=-datetime&{LEAN}")).json()
    shown = _keys([first])

    new = make_order(gate.event, items=[gate.item])
    gate.event.orders.filter(code=shown[0]).update(status="c")
    gate.event.orders.filter(pk=new.pk).update(datetime="2099-01-01T00:00:00Z")
    rest = _walk(api, first["next"])

    assert len(shown + _keys(rest)) == len({*shown, *_keys(rest)}) == TICKETS
    assert new.code not in _keys(rest)


def test_the_count_is_taken_once(gate: Gate, api: Api) -> None:
    first = api.get(at(gate.event, f"orders/?testmode=false&{LEAN}")).json()

    with CaptureQueriesContext(connection) as queries:
        second = api.get(first["next"].removeprefix("http://testserver")).json()

    assert second["count"] == TICKETS
    statements = [query["sql"].upper() for query in queries]
    assert not [sql for sql in statements if "COUNT(" in sql or "OFFSET" in sql]


@pytest.mark.parametrize("cursor", ["", "x", "W10", "WzIsNjIwLFsieCIsInkiXV0", "=" * 9, "é"])
def test_a_cursor_that_cannot_be_read_is_ignored(gate: Gate, api: Api, cursor: str) -> None:
    plain = api.get(at(gate.event, f"orders/?page=2&{LEAN}")).json()

    assert api.get(at(gate.event, f"orders/?page=2&{LEAN}&cursor={cursor}")).json() == plain


def test_a_cursor_belongs_to_its_page(gate: Gate, api: Api) -> None:
    first = api.get(at(gate.event, f"orders/?{LEAN}")).json()
    (cursor,) = parse_qs(urlsplit(first["next"]).query)["cursor"]

    other = api.get(at(gate.event, f"orders/?page=5&{LEAN}&cursor={cursor}")).json()

    assert other == api.get(at(gate.event, f"orders/?page=5&{LEAN}")).json()


def test_short_lists_have_plain_links(gate: Gate, api: Api) -> None:
    for _ in range(3):
        make_order(gate.event, items=[gate.item], status="n")

    page = api.get(at(gate.event, "orders/?status=n&page_size=2")).json()

    assert page["next"].endswith("/orders/?page=2&page_size=2&status=n")
