"""Every operation answers as docs/openapi.yaml says, whatever it is asked.

Requests are drawn from the description by schemathesis: fitting ones and others. ``make test``
draws a few for each operation, always the same; ``COUNTERFOIL_EXAMPLES=50`` (``make fuzz``) draws
that many, and others each time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accesstable import ROUTES, Ids
from counterfoil.api.framework.schema import described
from counterfoil.api.urls import all_routes
from counterfoil.catalog.models import Event
from makers import (
    make_device,
    make_event,
    make_item,
    make_layout,
    make_order,
    make_subevent,
    make_tax_rule,
    make_team,
    make_token,
)

#: For each operation: 3 in the tests of every day.
EXAMPLES = int(os.environ.get("COUNTERFOIL_EXAMPLES", "1"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DESCRIPTION = Path(__file__).parents[3] / "docs" / "openapi.yaml"
_PARAMETER = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")
_HANDLER = WSGIHandler()


def application(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    """Answer at once, and close what the answer was read from: the client does not."""
    answer = _HANDLER(environ, start_response)
    with closing(answer):
        yield b"".join(answer)


@cache
def schema() -> Any:
    """Return the description. Every process collects the tests, but few need it."""
    made = schemathesis.openapi.from_dict(described())
    made.app = application
    return made


def labels() -> list[str]:
    """Return the operations of the committed description, which another test keeps true."""
    found, path = [], ""
    for line in DESCRIPTION.read_text(encoding="utf-8").splitlines():
        if begun := re.fullmatch(r"  (/\S*):", line):
            path = begun[1]
        elif method := re.fullmatch(r"    (get|post|put|patch|delete):", line):
            found.append(f"{method[1].upper()} {path}")
    return found


def test_every_operation_is_asked() -> None:
    every = [operation.ok().label for operation in schema().get_all_operations()]

    assert sorted(labels()) == sorted(every)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Leave the test's connection open between requests."""
    signals = [request_started, request_finished]
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def event(db: None) -> Event:
    """An event with some of everything, so that references can be good."""
    event = make_event()
    item = make_item(event, quota=50)
    make_order(event, items=[item])
    make_layout(event)
    make_tax_rule(event)
    make_item(event, category=event.categories.create(name={"en": "Tickets"}))
    event.checkin_lists.create(name="Gate", all_products=True)
    return event


@pytest.fixture
def references(event: Event) -> dict[str, Any]:
    """What a request may refer to, by the name of its field."""
    item, position = event.items.first(), event.orders.get().positions.get()
    found = {
        "item": item.pk,
        "items": [item.pk],
        "limit_products": [item.pk],
        "category": event.categories.get().pk,
        "tax_rule": event.tax_rules.get().pk,
        "layout": event.ticket_layouts.get().pk,
        "orderposition": position.pk,
        "position": position.pk,
        "secret": position.secret,
        "lists": [event.checkin_lists.get().pk],
        "sales_channel": "web",
        "variation": None,
        "subevent": None,
        "date_from": "2027-06-12T20:00:00+02:00",
    }
    series = make_event(event.organizer, has_subevents=True)
    return {**found, "foreign": make_subevent(series).pk}


@pytest.mark.parametrize("label", labels())
def test_it_answers_as_described(label, event, references, settings_of_hypothesis) -> None:
    method, path = label.split()
    operation = schema()[path][method]
    header = _header(operation, event)
    known = _path(operation, event)

    @settings_of_hypothesis
    @given(case=_cases(operation), good=st.booleans())
    def answer(case: schemathesis.Case, good: bool) -> None:
        case.path_parameters = {**case.path_parameters, **known(good)}
        if good:
            case.body = _with_references(case.body, references)
        with transaction.atomic():
            answered = case.call(headers=header)
            transaction.set_rollback(True)
        case.validate_response(answered, checks=CHECKS, headers=header)

    answer()


@pytest.fixture
def settings_of_hypothesis() -> Any:
    return settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES < 10,
        suppress_health_check=list(HealthCheck),
    )


def _cases(operation: Any) -> Any:
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    try:
        others = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    except Exception:  # noqa: BLE001 - nothing about it can be wrong
        return fitting
    return st.one_of(fitting, others)


def _header(operation: Any, event: Event) -> dict[str, str]:
    if "/device/" in operation.path:
        return {"Authorization": make_device(event.organizer)[1]}
    return {"Authorization": make_token(make_team(event.organizer))[1]}


def _path(operation: Any, event: Event) -> Any:
    """Return what fills an operation's path: the event and, if wanted, ids of something there."""
    names = _PARAMETER.findall(operation.path)
    by_shape = {_PARAMETER.sub("*", str(route.pattern)): route for route in all_routes()}
    route = by_shape[_PARAMETER.sub("*", operation.path).removeprefix("/api/v1/")]
    among = ROUTES[str(route.name)].among
    ids: Ids = among(event) if among else {}
    asked = _PARAMETER.findall(str(route.pattern))
    found = {name: str(ids[old]) for name, old in zip(names, asked, strict=True) if old in ids}
    place = {"organizer": event.organizer.slug, "event": event.slug}
    here = {name: value for name, value in place.items() if name in names}
    return lambda good: {**(found if good else {}), **here}


def _with_references(body: Any, references: dict[str, Any]) -> Any:
    if isinstance(body, list):
        return [_with_references(inner, references) for inner in body]
    if not isinstance(body, dict):
        return body
    return {
        name: references[name] if name in references else _with_references(value, references)
        for name, value in body.items()
    }
