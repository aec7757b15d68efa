"""Logs: one line each on standard error, for whatever collects them there.

Each line says what it is about (``core.logcontext``): the request, or the job and its attempt.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from counterfoil.core import logcontext
from counterfoil.core.characters import escape_controls
from counterfoil.core.environment import Environment
from counterfoil.ops.redaction import Redaction

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_FORMATS = ("text", "json")


def logging_settings(environment: Environment, *secrets: str) -> dict[str, Any]:
    """Return Django's logging settings: ours at the level asked for, others' warnings.

    ``secrets`` are blacked out, besides those of the environment.
    """
    level = environment.choice("COUNTERFOIL_LOG_LEVEL", "INFO", _LEVELS)
    chosen = environment.choice("COUNTERFOIL_LOG_FORMAT", "text", _FORMATS)
    redaction = Redaction(environment, *secrets)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"()": TextLines, "redaction": redaction},
            "json": {"()": JsonLines, "redaction": redaction},
        },
        "filters": {"failures": {"()": ServerErrorFilter}, "forgeries": {"()": CsrfFilter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": chosen}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "counterfoil": {"level": level},
            "django.request": {"filters": ["failures"]},
            "django.security.csrf": {"level": "WARNING", "filters": ["forgeries"]},
            # Whoever scans the internet sends odd Host headers. The 400 has its line anyway.
            "django.security": {"level": "CRITICAL"},
        },
    }


class ServerErrorFilter(logging.Filter):
    """Lets Django tell of exceptions, and of no answer that we gave on purpose.

    It warns of every 4xx, and a client that polls for its file gets a 409 each second. Every
    request has a line of its own (``config.requests``). The path is not told: it may hold the
    secret of a ticket.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.exc_info:
            return False
        record.msg, record.args = "%s failed", (_route(record),)
        return True


class CsrfFilter(logging.Filter):
    """Lets Django tell why it took a form for a forged one: what to look at is in the settings.

    Neither the path nor the address that the browser came from is told: of a page for a new
    account or a new password they hold the link's secret.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):  # the reason, and the path
            record.args = (str(record.args[0]).partition(" - ")[0], _route(record))
        return True


def _route(record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    return match.route if match else "A request"


class TextLines(logging.Formatter):
    """For people: time, level, where, what; then what it is about. Traces are indented.

    Nothing that a request says begins a line or moves a terminal's cursor.
    """

    def __init__(self, *, redaction: Redaction) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(process)d] %(message)s")
        self._redaction = redaction

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        about = " ".join(f"{name}={_quoted(value)}" for name, value in _about(record).items())
        line = escape_controls(super().formatMessage(record))
        return f"{line} ({about})" if about else line

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return self._indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        return self._indented(super().formatStack(stack_info))

    def format(self, record: logging.LogRecord) -> str:
        return self._redaction(super().format(record))

    def _indented(self, trace: str) -> str:
        """Return a trace whose lines cannot be taken for entries of the log."""
        lines = self._redaction(trace).split("\n")
        return "\n".join(f"    {escape_controls(line)}" for line in lines)


class JsonLines(logging.Formatter):
    """For machines: one JSON object a line, a trace included."""

    def __init__(self, *, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": self._redaction(record.getMessage()),
            **{name: self._safe(value) for name, value in _about(record).items()},
        }
        if record.exc_info:
            line["trace"] = self._redaction(self.formatException(record.exc_info))
        return escape_controls(json.dumps(line, ensure_ascii=False))

    def _safe(self, value: object) -> object:
        return value if isinstance(value, int | float | None) else self._redaction(str(value))


def _quoted(value: object) -> str:
    """Return a fact as it stands in a line; in quotes if it could be taken for several."""
    text = str(value)
    is_plain = text and not set(text) & set(' =()"\\')
    return escape_controls(text if is_plain else json.dumps(text, ensure_ascii=False))


def _about(record: logging.LogRecord) -> Mapping[str, object]:
    """Return what a line is about: the stretch of work, and what its own call added."""
    return {**logcontext.facts(), **getattr(record, "facts", {})}
