from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from apiclient import Api, at
from counterfoil.accounts.devices import create_device
from counterfoil.checkin.models import CheckinList
from counterfoil.core import logcontext
from counterfoil.core.environment import Environment
from counterfoil.jobs import runner, services
from counterfoil.jobs.claims import Claim
from counterfoil.ops.logs import logging_settings
from counterfoil.ops.redaction import Redaction
from jobs.jobtools import handling
from makers import make_event, make_item, make_order, make_team, make_token

ENVIRONMENT = {
    "DATABASE_URL": "postgres://me:p%40ssw0rd@db/x",
    "COUNTERFOIL_BROKER_URL": "redis://:brokerword@h",
    "COUNTERFOIL_METRICS_TOKEN": "metricsword",
    "AWS_SECRET_ACCESS_KEY": "awsword",
}


@pytest.fixture
def lines(settings: Any) -> Iterator[io.StringIO]:
    """What is logged, as the product logs it, in JSON."""
    yield from _logged(settings, "json")


@pytest.fixture
def text(settings: Any) -> Iterator[io.StringIO]:
    yield from _logged(settings, "text")


def _logged(settings: Any, form: str) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    environment = Environment({**ENVIRONMENT, "COUNTERFOIL_LOG_FORMAT": form})
    wanted = logging_settings(environment, "the-secret-key")
    wanted["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(wanted)
    yield stream
    logging.config.dictConfig(settings.LOGGING)


def _read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.django_db
def test_a_request_is_one_line_that_says_who_what_and_how(lines: io.StringIO) -> None:
    event = make_event()
    token, header = make_token(make_team(event.organizer))

    Api(header).get(at(event, "items/?search=x"), headers={"X-Request-ID": "r-1"})

    [line] = _read(lines)
    assert line.pop("ms") > 0
    assert line.pop("time").endswith("+00:00")
    assert line.pop("process")
    assert line == {
        "level": "INFO",
        "logger": "counterfoil.ops.requests",
        "message": "GET api/v1/organizers/<str:organizer>/events/<str:event>/items/ 200",
        "request": "r-1",
        "method": "GET",
        "route": "api/v1/organizers/<str:organizer>/events/<str:event>/items/",
        "status": 200,
        "actor": f"token:{token.pk}",
        "organizer": event.organizer.slug,
        "event": event.slug,
    }


@pytest.mark.django_db
def test_a_refusal_is_no_warning(lines: io.StringIO) -> None:
    event = make_event()
    api = Api(make_token(make_team(event.organizer))[1])
    position = make_order(event, items=[make_item(event)]).positions.get()
    body = {"parts": [{"orderposition": position.pk}]}
    asked = api.post(at(event, "ticketpdfrenderer/render_batch/"), json=body).json()

    polled = api.get(urlsplit(asked["download"]).path)
    api.get("/nowhere/")
    api.get(at(event, "items/"), token=None)
    api.post(at(event, "items/"), json={})
    Client().get("/healthz", headers={"Host": "!"})

    assert polled.status_code == 409
    logged = _read(lines)
    assert [line["status"] for line in logged[1:]] == [409, 404, 401, 400]
    assert {line["level"] for line in logged} == {"INFO"}


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["start", "password", "invitations"])
def test_a_form_without_its_cookie_is_told_without_the_secret_of_its_link(
    lines: io.StringIO, page: str
) -> None:
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(f"/{page}/never-to-be-told/")

    assert answer.status_code == 403
    refused, _access = _read(lines)
    assert refused["message"] == f"Forbidden (CSRF cookie not set.): {page}/<str:token>/"
    assert "never-to-be-told" not in lines.getvalue()


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_told_without_the_address_of_its_page(lines: io.StringIO) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/signin/", secure=True)
    came_from = {"Referer": "https://elsewhere/password/never-to-be-told/"}

    assert browser.post("/signin/", secure=True, headers=came_from).status_code == 403

    assert "Forbidden (Referer checking failed): signin/" in lines.getvalue()
    assert "never-to-be-told" not in lines.getvalue()


def test_probes_are_not_worth_a_line(lines: io.StringIO) -> None:
    Client().get("/healthz")

    assert _read(lines) == []


@pytest.mark.django_db
def test_a_failure_of_ours_is_told_with_its_trace(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    from counterfoil.api.framework.service import MeView

    def fail(*given: Any) -> None:
        raise RuntimeError("Token 0123456789abcdef is odd")

    monkeypatch.setattr(MeView, "retrieve", fail)
    api = Api(make_token(make_team(make_event().organizer))[1])
    api.raises = False

    assert api.get("/me").status_code == 500

    error, access = _read(lines)
    assert (error["level"], error["message"]) == ("ERROR", "api/v1/me failed")
    assert "RuntimeError: Token [hidden] is odd" in error["trace"]
    assert error["request"] == access["request"]


@pytest.mark.django_db
def test_a_jobs_lines_tell_the_job_and_the_attempt(lines: io.StringIO) -> None:
    def talk(claim: Claim) -> None:
        logging.getLogger("counterfoil.printing").info("half way")
        claim.finish()

    job = services.submit(kind="test.talks", payload={})
    with handling("test.talks", talk):
        runner.run(job.pk)

    told = _read(lines)
    assert [line["message"] for line in told][1] == "half way"
    assert {(line["job"], line["attempt"]) for line in told} == {(str(job.pk), 1)}


@pytest.mark.django_db
def test_no_token_and_no_secret_is_ever_in_a_line(lines: io.StringIO) -> None:
    event = make_event()
    logging.getLogger("counterfoil").setLevel("DEBUG")
    _, header = make_token(make_team(event.organizer))
    api = Api(header)
    order = make_order(event, items=[make_item(event)])
    secret = order.positions.get().secret
    device = create_device(organizer=event.organizer, name="Gate", all_events=True)
    listed = CheckinList.objects.create(event=event, name="x").pk

    api.get(at(event, f"orderpositions/?secret={secret}"))
    api.get(at(event, f"orders/{order.code}/?secret={order.secret}"))
    api.post(at(event, f"checkinlists/{listed}/positions/{secret}/redeem/"), json={})
    api.get("/me", token="Token not-a-token-of-anybody")
    initialized = api.post(
        "/device/initialize",
        token=None,
        json={
            "token": device.initialization_token,
            "hardware_brand": "a",
            "hardware_model": "b",
            "software_brand": "c",
            "software_version": "1",
        },
    )
    assert initialized.status_code == 200

    written = lines.getvalue()
    raw = header.removeprefix("Token ")
    hidden = [raw, secret, order.secret, device.initialization_token, "not-a-token-of-anybody"]
    hidden.append(initialized.json()["api_token"])
    assert len(written.splitlines()) >= 5
    assert [word for word in hidden if word in written] == []


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("cannot reach postgres://me:p%40ssw0rd@db/x", "cannot reach postgres://me:[hidden]@db/x"),
        ("p@ssw0rd, brokerword; metricsword awsword", "[hidden], [hidden]; [hidden] [hidden]"),
        ("redis://:other@h", "redis://:[hidden]@h"),
        ("signed with the-secret-key", "signed with [hidden]"),
        ("Authorization: Token abcdefghijklmnop", "Authorization: [hidden] [hidden]"),
        ("password=hunter2 user=me", "password=[hidden] user=me"),
        ('{"secret": "abc def", "id": 1}', '{"secret": [hidden], "id": 1}'),
        ("double\nDETAIL:  Key (secret)=(abc) exists.", "double\nDETAIL: [hidden]"),
        ('stop\nCONTEXT:  COPY x, line 3: "abc"', "stop\nCONTEXT: [hidden]"),
        ("asked by token:5, token: abc", "asked by token:5, token: [hidden]"),
        ("the token has expired", "the token has expired"),
    ],
)
def test_what_a_library_says_is_blacked_out(said: str, written: str) -> None:
    assert Redaction(Environment(ENVIRONMENT), "the-secret-key")(said) == written


def test_text_for_people_says_the_same(text: io.StringIO) -> None:
    with logcontext.about(job="j-1", attempt=2):
        logging.getLogger("counterfoil.jobs").warning("Lost to %s.", "metricsword")
    logging.getLogger("counterfoil.jobs").warning("Alone.")

    first, second = text.getvalue().splitlines()
    assert first.endswith("Lost to [hidden]. (job=j-1 attempt=2)")
    assert second.endswith("Alone.")


def test_a_trace_in_json_is_one_line(lines: io.StringIO) -> None:
    try:
        raise ValueError("password=hunter2")
    except ValueError:
        logging.getLogger("counterfoil").exception("It failed.")

    [line] = _read(lines)
    assert line["trace"].endswith("ValueError: password=[hidden]")
