"""What a hostile or broken client sends, to every route: refused by name, and nothing is written.

What single fields refuse is tested beside their resources; these walk through all of them.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import URLPattern

from accesstable import PUBLIC, ROUTES, no_ids
from apiclient import BASE, Api, at
from counterfoil.api.framework.schema import described
from counterfoil.api.urls import all_routes
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.files.models import Upload
from makers import make_device, make_item, make_team, make_token
from samplepdfs import pdf_of

_PARAMETER = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")
_WRITING = {"POST", "PUT", "PATCH"}
#: Every route is asked so many times for each parameter that the rest is tried at leisure.
_AT_LEISURE = pytest.mark.endurance


@pytest.mark.parametrize(
    "value",
    [
        "a\x00b",
        "\ud800",
        10**30,
        {"a": {"b": [None]}},
        pytest.param(-(10**30), marks=_AT_LEISURE),
        pytest.param("9" * 5000, marks=_AT_LEISURE),
        pytest.param([[[]]], marks=_AT_LEISURE),
        pytest.param(json.loads("[" * 100 + "]" * 100), marks=_AT_LEISURE),
    ],
    ids=["nul", "surrogate", "huge", "object", "negative", "long", "list", "deep"],
)
def test_no_bad_value_gets_past_its_field(event: Event, value) -> None:
    calls, found = list(_writes(event)), {}
    before = _rows()
    for method, path, header, fields in calls:
        body = json.dumps(dict.fromkeys(fields, value)).encode()
        found[method, path] = _asked(method, path, header, before, body)

    assert {call: said for call, said in found.items() if said} == {}


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"a":' * 200_000, "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[1, 2]", "application/json"),
        pytest.param(b'"text"', "application/json", marks=_AT_LEISURE),
        (b"a=%00&b=%ff", "application/x-www-form-urlencoded"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        pytest.param(b"nonsense", "multipart/form-data", marks=_AT_LEISURE),
        pytest.param(b"a: 1", "text/yaml", marks=_AT_LEISURE),
        (b"{}", "application/json; charset=no-such"),
        pytest.param(b"{}", "nonsense", marks=_AT_LEISURE),
        (b" " * (10 * 1024 * 1024 + 1), "application/json"),
    ],
)
def test_no_body_breaks_a_route(event: Event, content, content_type) -> None:
    calls = list(_writes(event))
    before = _rows()
    found = {
        (method, path): _asked(method, path, header, before, content, content_type)
        for method, path, header, _ in calls
    }

    assert {call: said for call, said in found.items() if said} == {}


@pytest.mark.parametrize(
    "value",
    [
        "9" * 40,
        "a%00b",
        *(
            pytest.param(value, marks=_AT_LEISURE)
            for value in ("-1", "%ED%A0%80", "2027-01-01T10:00:00")
        ),
    ],
)
def test_no_parameter_breaks_a_list(event: Event, api: Api, value) -> None:
    found = {}
    for path, names in _reads(event):
        for name in names:
            answer = api.get(f"{path}?{name}={value}")
            found[path, name] = answer.status_code

    assert {call: status for call, status in found.items() if status >= 500} == {}
    assert len(found) > 100


@pytest.mark.parametrize("key", ["abc", "-1", "9" * 40, "%00", "%ED%A0%80", "１", "a" * 5000])
def test_odd_ids_are_found_nowhere(event: Event, api: Api, key) -> None:
    found = {}
    for route in all_routes():
        names = set(_PARAMETER.findall(str(route.pattern))) - {"organizer", "event"}
        if names and "GET" in ROUTES[str(route.name)].needs:
            path = _filled(route, event, dict.fromkeys(names, key))
            found[path] = api.get(path).status_code

    assert set(found.values()) == {404}


@pytest.mark.parametrize("path", ["ticketlayouts/", "items/"])
@pytest.mark.parametrize("state", ["foreign", "expired", "unknown", "malformed", "null"])
def test_only_a_living_upload_of_ones_own_can_be_used(event: Event, api: Api, path, state) -> None:
    field = "background" if path == "ticketlayouts/" else "picture"
    body = {"name": "x", "layout": [], "default_price": "1.00", field: _file(event, api, state)}

    answer = api.post(at(event, path), json=body)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not event.ticket_layouts.exists()
    assert not event.items.exists()


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("subevents/", {"date_from": "2027-06-12T10:00:00"}, "date_from"),
        ("", {"currency": "XQZ"}, "currency"),
        ("", {"timezone": "Mars/Olympus"}, "timezone"),
        ("", {"date_from": "2027-06-12T10:00:00"}, "date_from"),
        ("settings/", {"timezone": "Mars/Olympus"}, "timezone"),
        ("items/{item}/", {"available_from": "2027-06-12T10:00:00"}, "available_from"),
        ("items/{item}/", {"default_price": "NaN"}, "default_price"),
        ("items/{item}/", {"default_price": 10**20}, "default_price"),
    ],
)
def test_odd_times_zones_and_money_are_refused_by_name(api: Api, path, body, field, event) -> None:
    place = at(event, path.format(item=make_item(event).pk))
    series = path == "subevents/"
    Event.objects.filter(pk=event.pk).update(has_subevents=series)
    whole = {"name": "x", "active": True, **body} if series else body

    answer = api.send("POST" if series else "PATCH", place, json=whole)

    assert answer.status_code == 400
    assert field in answer.json()


def _writes(event: Event) -> Iterator[tuple[str, str, str, list[str]]]:
    """Go through what can be written: method, path, credential, names of the fields."""
    schema = _schema()
    team, device = make_token(make_team(event.organizer))[1], make_device(event.organizer)[1]
    for route, path, operations in _described(schema):
        row = ROUTES[str(route.name)]
        ids = row.among(event) if row.among and row.special != PUBLIC else {}
        for method in sorted(_WRITING & {name.upper() for name in operations}):
            header = device if "device/" in path and "organizers" not in path else team
            fields = _fields(schema, operations[method.lower()])
            yield method, _filled(route, event, ids), header, fields


def _reads(event: Event) -> Iterator[tuple[str, list[str]]]:
    """Go through what can be read: path, names of the parameters."""
    schema = _schema()
    for route, path, operations in _described(schema):
        if "get" in operations and "/device/" not in path:
            given = operations["get"].get("parameters", [])
            row = ROUTES[str(route.name)]
            ids = row.among(event) if row.among else {}
            names = [parameter["name"] for parameter in given if parameter["in"] == "query"]
            yield _filled(route, event, ids), names


@functools.cache
def _schema() -> dict[str, Any]:
    return described()


def _described(schema: dict[str, Any]) -> Iterator[tuple[URLPattern, str, dict[str, Any]]]:
    by_shape = {_PARAMETER.sub("*", str(route.pattern)): route for route in all_routes()}
    for path, operations in schema["paths"].items():
        yield by_shape[_PARAMETER.sub("*", path).removeprefix("/api/v1/")], path, operations


def _fields(schema: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    form = content.get("application/json", {}).get("schema", {})
    if "$ref" in form:
        form = schema["components"]["schemas"][form["$ref"].rsplit("/", 1)[1]]
    return list(form.get("properties", {"anything": {}}))


def _filled(route: URLPattern, event: Event, ids: dict[str, Any]) -> str:
    names = set(_PARAMETER.findall(str(route.pattern)))
    known = {**no_ids(names), **ids, "organizer": event.organizer.slug, "event": event.slug}
    return f"{BASE}/{_PARAMETER.sub(lambda found: str(known[found[1]]), str(route.pattern))}"


def _asked(
    method: str,
    path: str,
    header: str,
    before: list[tuple[str, int]],
    content: bytes,
    content_type: str = "application/json",
) -> str:
    """Ask, undo whatever it did, and tell what is wrong with the answer."""
    with transaction.atomic():
        answer: Any = Api(header).send(method, path, content=content, content_type=content_type)
        written = answer.status_code >= 400 and _rows() != before
        transaction.set_rollback(True)
    if answer.status_code >= 500:
        return f"{answer.status_code}: {answer.content[:200]!r}"
    if answer.status_code >= 400 and written:
        return f"{answer.status_code}, but something was written"
    if answer.status_code >= 400 and not answer.json():
        return f"{answer.status_code} without a word"
    return ""


def _rows() -> list[tuple[str, int]]:
    """Count the rows of all tables, by one query: this is asked thousands of times."""
    tables = sorted(model._meta.db_table for model in apps.get_models())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{t}', count(*) FROM {t}" for t in tables))
        rows: list[tuple[str, int]] = cursor.fetchall()
    return rows


def _file(event: Event, api: Api, state: str) -> Any:
    """Return a ``file:`` id that is not to be used."""
    if state in {"unknown", "malformed", "null"}:
        return {
            "unknown": "file:1cd99455-1ebd-4cda-b1a2-7a7d2a969ad1",
            "malformed": "file:../../etc/passwd",
            "null": "file:\x00",
        }[state]
    header = make_token(make_team(event.organizer))[1] if state == "foreign" else api.token
    sent = api.post(
        "/upload",
        content=pdf_of(),
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="a.pdf"'},
        token=header,
    )
    if state == "expired":
        Upload.objects.update(expires=clock.now() - timedelta(seconds=1))
    return sent.json()["id"]
