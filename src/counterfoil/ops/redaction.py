"""Keeps secrets out of log lines, whoever writes them.

Our own code logs none. But a driver's message may quote the row it failed on, a library's a URL
with its password, and a trace shows whatever its exceptions say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from counterfoil.core.environment import Environment

HIDDEN = "[hidden]"

_SECRETS = ("COUNTERFOIL_SECRET_KEY", "COUNTERFOIL_METRICS_TOKEN")
_FOREIGN_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "PGPASSWORD")
_URLS = ("DATABASE_URL", "COUNTERFOIL_BROKER_URL")
_LEAST_LENGTH = 4  # a shorter word would black out half of every line

_CREDENTIAL = re.compile(r"\b(Token|Device|Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")
_SECRET_ASSIGNMENT = re.compile(
    r"""(?ix) (["']? \b (?: password | passwd | secret | token | api_?key | authorization ) \b ["']?
        \s* [=:] \s*) (?! (?<=token:) \d+ \b) (?: "[^"]*" | '[^']*' | [^\s,;&)]+ )"""
)  # but token:5 is a name: who asked
# PostgreSQL quotes the row that failed, COPY the whole line: codes and secrets of tickets.
_QUOTED_ROW = re.compile(r"^[ \t]*(DETAIL|CONTEXT):.*$", re.MULTILINE)


class Redaction:
    """Blacks out the secrets of this installation, and whatever looks like one."""

    def __init__(self, environment: Environment, *more: str) -> None:
        secrets = {*_secrets_of(environment), *more}
        self._secrets_of = sorted(
            (s for s in secrets if len(s) >= _LEAST_LENGTH), key=len, reverse=True
        )

    def __call__(self, text: str) -> str:
        for secret in self._secrets_of:
            text = text.replace(secret, HIDDEN)
        text = _CREDENTIAL.sub(rf"\1 {HIDDEN}", text)
        text = _PASSWORD_IN_URL.sub(rf"\1:{HIDDEN}@", text)
        text = _SECRET_ASSIGNMENT.sub(rf"\1{HIDDEN}", text)
        return _QUOTED_ROW.sub(rf"\1: {HIDDEN}", text)


def _secrets_of(environment: Environment) -> Iterator[str]:
    for name in (*_SECRETS, *_FOREIGN_SECRETS):
        yield environment.text(name)
    for name in _URLS:
        password = _password(environment.text(name))
        yield password
        yield unquote(password)


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:  # no URL: whoever reads the variable will say so
        return ""
