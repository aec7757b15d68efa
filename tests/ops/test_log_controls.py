"""Nobody forges an entry of the log, or moves the cursor of whoever reads it."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.test import Client

from counterfoil.core import logcontext
from counterfoil.core.environment import Environment
from counterfoil.ops.logs import logging_settings

EVIL = "a\r\nFORGED line\x1b[2J\x7f\x9b\u2028\u202eb\ud800"


def _logger(log_format: str) -> tuple[logging.Logger, io.StringIO]:
    config = logging_settings(Environment({"COUNTERFOIL_LOG_FORMAT": log_format}))
    formatter = dict(config["formatters"][log_format])
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter.pop("()")(**formatter))
    logger = logging.getLogger(f"counterfoil.test.{id(stream)}")
    logger.addHandler(handler)
    return logger, stream


def _is_clean(text: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_control_characters_are_escaped_in_messages_and_facts(log_format: str) -> None:
    logger, stream = _logger(log_format)

    with logcontext.about(event=EVIL):
        logger.warning("About %s", EVIL, extra={"facts": {"organizer": EVIL}})

    text = stream.getvalue()
    assert text.count("\n") == 1
    assert _is_clean(text)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_control_characters_are_escaped_in_traces(log_format: str) -> None:
    logger, stream = _logger(log_format)

    try:
        raise RuntimeError(EVIL)
    except RuntimeError:
        logger.exception("It failed")

    text = stream.getvalue()
    assert _is_clean(text)
    entry, *trace = text.splitlines()
    assert "It failed" in entry
    assert all(line.startswith("    ") for line in trace)


def test_a_json_line_still_says_what_was_said() -> None:
    logger, stream = _logger("json")

    logger.warning("%s", EVIL)

    assert json.loads(stream.getvalue())["message"] == EVIL


def test_a_fact_cannot_be_taken_for_two() -> None:
    logger, stream = _logger("text")

    logger.warning("Here", extra={"facts": {"event": "x status=200", "ms": 3}})

    assert '(event="x status=200" ms=3)' in stream.getvalue()


@pytest.mark.parametrize("path", ["/signin/", "/api/v1/", "/static/x", "/nowhere", "/"])
def test_another_host_name_is_refused_on_every_path(path: str) -> None:
    assert Client().get(path, headers={"Host": "evil.example"}).status_code == 400


def test_probes_are_answered_by_any_host_name() -> None:
    assert Client().get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/signin/", "/", "/organizers/x/events/y/items/1/picture/"])
def test_pages_and_their_files_are_stored_by_no_cache(path: str) -> None:
    assert Client().get(path)["Cache-Control"] == "private, no-store"
