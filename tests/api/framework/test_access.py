"""A walk over every route and method of the API: who is let in, and who is not.

The table is in tests/accesstable.py. A route that nobody listed there fails the first test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern

from accesstable import DEVICE, PUBLIC, ROUTES, Ids, Row, no_ids
from apiclient import BASE, Api
from counterfoil.accounts.permissions import (
    DEVICE_PERMISSIONS,
    EVENT_PERMISSIONS,
    ORGANIZER_PERMISSIONS,
)
from counterfoil.api.framework.device_profiles import profile_allows
from counterfoil.api.framework.permissions import required_permissions_of
from counterfoil.api.urls import all_routes
from counterfoil.catalog.models import Event
from makers import make_device, make_event, make_organizer, make_team, make_token

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
#: What Python reads as a digit is one mistake; these are others.
_OTHER_SPELLINGS = [
    pytest.param(spelling, marks=pytest.mark.endurance) for spelling in ("0_", "+", "%20", "0x")
]
_WRITING = {"POST", "PUT", "PATCH", "DELETE"}

Call = tuple[str, str, Row, URLPattern]


def routes() -> dict[str, URLPattern]:
    return {str(route.name): route for route in all_routes()}


def methods_of(route: URLPattern) -> set[str]:
    actions: dict[str, str] | None = getattr(route.callback, "actions", None)
    if actions is None:
        return {"GET"}
    known = route.callback.cls.http_method_names  # type: ignore[attr-defined]
    return {name.upper() for name in actions if name in known} - {"HEAD"}


def calls(*, below: str = "", special: bool = False) -> Iterator[Call]:
    """Go through all routes and methods; the special ones only when asked to."""
    for name, route in routes().items():
        row = ROUTES[name]
        if below in str(route.pattern) and (special or not row.special):
            for method in sorted(methods_of(route)):
                yield name, method, row, route


def parameters(route: URLPattern) -> set[str]:
    return set(_PARAMETER.findall(str(route.pattern)))


def path_of(route: URLPattern, event: Event, ids: Ids | None = None) -> str:
    asked = ids or no_ids(parameters(route))
    known = {**asked, "organizer": event.organizer.slug, "event": event.slug}
    return f"{BASE}/{_PARAMETER.sub(lambda found: str(known[found[1]]), str(route.pattern))}"


def status_of(header: str | None, method: str, path: str) -> int:
    """Ask, and undo whatever it did."""
    with transaction.atomic():
        content = b"" if method in {"GET", "DELETE"} else b"{}"
        answer: Any = Api(header).send(method, path, content=content)
        transaction.set_rollback(True)
    status: int = answer.status_code
    return status


def header_with(event: Event, permissions: list[str] | None, **of_team: Any) -> str:
    return make_token(make_team(event.organizer, permissions=permissions, **of_team))[1]


def test_every_route_and_method_is_listed() -> None:
    found = {name: methods_of(route) for name, route in routes().items()}

    assert found == {name: set(row.needs) for name, row in ROUTES.items()}


def test_every_route_has_a_name_of_its_own() -> None:
    names = [route.name for route in all_routes()]

    assert None not in names
    assert len(set(names)) == len(names)


def test_every_view_declares_what_the_table_says() -> None:
    declared, listed = {}, {}
    for name, method, row, route in calls():
        view = route.callback.cls()  # type: ignore[attr-defined]
        view.action = route.callback.actions[method.lower()]  # type: ignore[attr-defined]
        declared[name, method] = set(required_permissions_of(view, method))
        listed[name, method] = set(row.needs[method])

    assert declared == listed


@pytest.mark.parametrize("header", [None, "Token unknown"])
def test_strangers_are_let_in_nowhere(event: Event, header) -> None:
    found = {}
    for name, method, row, route in calls(special=True):
        if row.special != PUBLIC:
            status = status_of(header, method, path_of(route, event))
            found[name, method] = (status, row.closed)

    assert {call: pair for call, pair in found.items() if pair[0] != pair[1]} == {}


def test_tokens_that_were_taken_away_open_nothing(event: Event) -> None:
    inactive = make_token(make_team(event.organizer), active=False)[1]
    revoked = make_device(event.organizer, revoked=True)[1]
    found = {}
    for name, method, row, route in calls():
        for header in (inactive, revoked):
            status = status_of(header, method, path_of(route, event))
            found[name, method, header[:6]] = (status, 401 if header == revoked else row.closed)

    assert {call: pair for call, pair in found.items() if pair[0] != pair[1]} == {}


def test_a_teams_token_is_no_device(event: Event) -> None:
    header = header_with(event, None)

    found = {
        (name, method): status_of(header, method, path_of(route, event))
        for name, method, row, route in calls(special=True)
        if row.special == DEVICE
    }

    assert set(found.values()) == {401}


def test_another_organizers_token_sees_nothing(event: Event) -> None:
    foreign = header_with(make_event(make_organizer()), None)

    found = {
        (name, method): status_of(foreign, method, path_of(route, event))
        for name, method, _row, route in calls(below="<str:organizer>")
    }

    assert {call: status for call, status in found.items() if status != 403} == {}


def test_another_events_token_sees_nothing(event: Event) -> None:
    header = header_with(event, None, all_events=False)

    found = {
        (name, method): status_of(header, method, path_of(route, event))
        for name, method, _row, route in calls(below="<str:event>")
    }

    assert {call: status for call, status in found.items() if status != 403} == {}


def test_each_call_needs_its_permission(event: Event) -> None:
    every = {*EVENT_PERMISSIONS, *ORGANIZER_PERMISSIONS}
    headers: dict[tuple[str, ...], str] = {}
    found = {}
    for name, method, row, route in calls():
        needs = row.needs[method]
        if needs:
            if needs not in headers:
                headers[needs] = header_with(event, sorted(every - set(needs)))
            found[name, method] = status_of(headers[needs], method, path_of(route, event))

    assert {call: status for call, status in found.items() if status != 403} == {}


def test_each_permission_is_enough_by_itself(event: Event) -> None:
    headers: dict[str, str] = {}
    found = {}
    for name, method, row, route in calls():
        for need in row.needs[method] or ("",):
            if need not in headers:
                headers[need] = header_with(event, [need] if need else [])
            status = status_of(headers[need], method, path_of(route, event))
            found[name, method, need] = status

    assert {call: s for call, s in found.items() if s in {401, 403, 405} or s >= 500} == {}


def test_a_token_that_reads_orders_changes_nothing(event: Event) -> None:
    header = header_with(event, ["event.orders:read"])
    found = {}
    for name, method, row, route in calls():
        needs = row.needs[method]
        if method in _WRITING and needs and "event.orders:read" not in needs:
            found[name, method] = status_of(header, method, path_of(route, event))

    assert {call: status for call, status in found.items() if status != 403} == {}


def test_a_device_may_do_what_devices_may(event: Event) -> None:
    header = make_device(event.organizer)[1]
    wrong = {}
    for name, method, row, route in calls():
        needs = row.needs[method]
        may = not needs or bool(DEVICE_PERMISSIONS & set(needs))
        status = status_of(header, method, path_of(route, event))
        if (status == 403) is may or status in {401, 405}:
            wrong[name, method] = status

    assert wrong == {}


def test_a_scanner_may_call_only_what_its_profile_lists(event: Event) -> None:
    header = make_device(event.organizer, security_profile="pretixscan")[1]
    wrong = {}
    for name, method, _row, route in calls(special=True):
        if not profile_allows("pretixscan", method, name) and ROUTES[name].special != PUBLIC:
            status = status_of(header, method, path_of(route, event))
            if status != 403:
                wrong[name, method] = status

    assert wrong == {}


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD"])
def test_every_route_answers_the_quiet_methods(event: Event, method) -> None:
    header = header_with(event, None)
    wrong = {}
    for name, route in routes().items():
        status = status_of(header, method, path_of(route, event))
        if status >= 500 or (method == "OPTIONS" and status not in {200, 401, 404, 405}):
            wrong[name] = status

    assert wrong == {}


def test_routes_below_an_object_say_how_to_make_one() -> None:
    own = {"organizer", "event", "device_id"}

    missing = {
        name for name, _method, row, route in calls() if parameters(route) - own and not row.among
    }

    assert missing == set()


def test_ids_of_another_event_are_found_nowhere(event: Event) -> None:
    header = header_with(event, None)
    wrong = {}
    for name, method, row, route in calls():
        if row.among:
            other = make_event(event.organizer, has_subevents=True)
            path = path_of(route, event, row.among(other))
            status = status_of(header, method, path)
            if status != 404:
                wrong[name, method] = status

    assert wrong == {}


@pytest.mark.parametrize("spell", ["\N{ARABIC-INDIC DIGIT ZERO}", *_OTHER_SPELLINGS])
def test_an_id_is_written_in_one_way(event: Event, spell: str) -> None:
    header = header_with(event, None)
    wrong = {}
    for name, method, row, route in calls():
        pattern = str(route.pattern)
        if row.among and "<id:" in pattern and method in {"GET", "POST"}:
            ids = {key: _spelled(key, value, pattern, spell) for key, value in _own(row, event)}
            status = status_of(header, method, path_of(route, event, ids))
            if status != 404:
                wrong[name, method] = status

    assert wrong == {}


def _own(row: Row, event: Event) -> list[tuple[str, Any]]:
    assert row.among is not None
    return list(row.among(event).items())


def _spelled(key: str, value: Any, pattern: str, spell: str) -> str:
    """Write an id so that Python, but nobody else, reads the same number from it."""
    return f"{spell}{value}" if f"<id:{key}>" in pattern else str(value)
