"""What is answered when the rules, the database or the storage say no."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection
from rest_framework.exceptions import NotFound

from apiclient import Api, at
from counterfoil.accounts.idempotency import StillRunning
from counterfoil.api.framework.errors import handle
from counterfoil.catalog.models import Event
from counterfoil.core.refusals import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    Refusal,
    Unavailable,
)
from counterfoil.ops.responses import status_of
from makers import make_team, make_token


def answered(problem: Exception) -> Any:
    return handle(problem, {})


@pytest.mark.parametrize("kind", Refusal.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_refusal_has_a_status(kind: type[Refusal]) -> None:
    assert 400 <= status_of(kind("Said.")) <= 503


@pytest.mark.parametrize(
    ("refusal", "status", "body"),
    [
        (Invalid({"size": ["Too small."]}), 400, {"size": ["Too small."]}),
        (Invalid("They do not fit."), 400, {"non_field_errors": ["They do not fit."]}),
        (Forbidden("It was sold."), 403, {"detail": "It was sold."}),
        (Conflict("Not now."), 409, {"detail": "Not now."}),
        (Gone("It is gone."), 410, {"detail": "It is gone."}),
    ],
)
def test_refusals_are_told_in_their_own_words(refusal, status, body) -> None:
    answer = answered(refusal)

    assert (answer.status_code, answer.data) == (status, body)
    assert "Retry-After" not in answer


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (StillRunning("The first still runs."), 409),
        (Unavailable("The disk is full."), 503),
        (OperationalError("database is locked"), 409),
        (OperationalError("could not connect to server"), 503),
        (InterfaceError("connection already closed"), 503),
        (OSError(28, "No space left on device"), 503),
    ],
)
def test_what_may_work_later_says_when_to_ask_again(problem, status) -> None:
    answer = answered(problem)

    assert answer.status_code == status
    assert answer["Retry-After"] == "5"
    assert answer.data["detail"]


class _Cause(Exception):
    sqlstate = "55P03"


def test_a_lock_that_was_not_had_in_time_is_a_conflict() -> None:
    problem = OperationalError("canceling statement due to lock timeout")
    problem.__cause__ = _Cause()

    assert answered(problem).status_code == 409


@pytest.mark.parametrize("problem", [DataError("out of range"), OverflowError("too large")])
def test_values_that_no_column_holds_are_the_clients(problem) -> None:
    assert answered(problem).status_code == 400


def test_stock_exceptions_keep_their_stock_answers() -> None:
    assert answered(NotFound()).data == {"detail": "Not found."}


def test_our_own_mistakes_are_not_hidden() -> None:
    assert answered(IntegrityError("a constraint of ours")) is None
    assert answered(ZeroDivisionError()) is None


def test_a_server_error_is_told_in_json(api: Api, event: Event, monkeypatch) -> None:
    event.timezone = "Nowhere/AtAll"  # no service lets this in
    event.save()
    api.raises = False

    answer = api.get(at(event, "items/"))

    assert answer.status_code == 500
    assert answer.json() == {"detail": "A server error occurred."}


def test_a_host_that_is_not_ours_is_told_in_json(api: Api, event: Event) -> None:
    answer = api.get("/organizers/", headers={"Host": "elsewhere.example"})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"


def test_the_rate_of_one_token_can_be_limited(api: Api, event: Event, settings) -> None:
    settings.RATE_LIMIT = "2/min"
    _, other = make_token(make_team(event.organizer))

    answers = [api.get(at(event, "items/")) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert api.get(at(event, "items/"), token=other).status_code == 200


def test_a_database_that_is_gone_before_the_api_is_reached_is_told_in_json(event: Event) -> None:
    api = Api(make_token(make_team(event.organizer))[1])
    api.raises = False

    def execute(*given: Any) -> Any:
        raise InterfaceError("connection already closed")

    with connection.execute_wrapper(execute):
        headers = {"X-Idempotency-Key": "k"}
        answer = api.post(at(event, "offlinesalesbatches/"), json={}, headers=headers)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "not available now" in answer.json()["detail"]
