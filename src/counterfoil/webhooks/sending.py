"""Sends one message: signed, to a checked address, within a bounded time.

The signature is that of Standard Webhooks (standardwebhooks.com), so receivers find libraries that
check it. Connections are opened here and handed to ``http.client``: the pools of HTTP libraries
look names up themselves, and what they connect to would be another answer than the one checked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from counterfoil.webhooks.addresses import AddressRefused, resolve
from counterfoil.webhooks.models import Delivery

Problem = Delivery.Problem

PREFIX = "whsec_"
_SECRET_BYTES = 32
#: Bytes of an answer that are read and stored.
STORED_BYTES = 2000
#: Addresses of one name that are tried.
_TRIED_ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt. Without a status there was no answer; ``problem`` says why."""

    status_code: int | None = None
    response: str = ""
    problem: str = ""
    detail: str = ""
    duration_ms: int = 0

    @property
    def is_success(self) -> bool:
        return self.status_code is not None and not self.problem


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``Webhook-Signature``."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def send(*, url: str, secret: str, message_id: str, payload: dict[str, Any]) -> Answer:
    """POST a payload and return what came of it. Never raises for what a stranger's server does."""
    began = time.monotonic()
    try:
        status, content = _post(urlsplit(url), *_headers_and_body(secret, message_id, payload))
        is_good = 200 <= status < 300
        answer = Answer(status, content, problem="" if is_good else Problem.STATUS)
    except AddressRefused as refused:
        answer = Answer(problem=Problem.PRIVATE_ADDRESS, detail=str(refused))
    except (OSError, http.client.HTTPException, ValueError) as problem:
        answer = _no_answer(problem, time.monotonic() - began)
    return replace(answer, duration_ms=int((time.monotonic() - began) * 1000))


def _headers_and_body(
    secret: str, message_id: str, payload: dict[str, Any]
) -> tuple[dict[str, str], bytes]:
    body = json.dumps(payload, ensure_ascii=False).encode()
    now = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Counterfoil",
        "Connection": "close",
        "Webhook-Id": message_id,
        "Webhook-Timestamp": str(now),
        "Webhook-Signature": sign(secret, message_id, now, body),
    }
    return headers, body


def _post(parts: SplitResult, headers: dict[str, str], body: bytes) -> tuple[int, str]:
    """Return the status and the beginning of what was answered. Redirects are answers, too."""
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    until = time.monotonic() + settings.WEBHOOK_TIMEOUT_S
    kind = http.client.HTTPSConnection if is_secure else http.client.HTTPConnection
    connection = kind(host, port)
    with _connected(host, port, until) as raw, _shut_at(until, raw):
        connection.sock = _secured(raw, host) if is_secure else raw
        with connection.sock:
            connection.request("POST", path, body, headers)
            with connection.getresponse() as response:
                return response.status, _beginning(response)


def _beginning(response: http.client.HTTPResponse) -> str:
    """Read as much of an answer as is stored; its status counts even if reading fails."""
    try:
        content = response.read(STORED_BYTES)
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    return content.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _connected(host: str, port: int, until: float) -> socket.socket:
    problem: OSError = OSError()
    for address in resolve(host, port)[:_TRIED_ADDRESSES]:
        try:
            return socket.create_connection((str(address), port), timeout=_left(until))
        except OSError as refused:
            problem = refused
    raise problem


def _secured(raw: socket.socket, host: str) -> ssl.SSLSocket:
    """Speak TLS with whom the certificate shows to be of this name, not of the bare address."""
    return ssl.create_default_context().wrap_socket(raw, server_hostname=host)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@contextmanager
def _shut_at(until: float, raw: socket.socket) -> Iterator[None]:
    """Shut the connection down when the time is over.

    A socket's own timeout begins anew with each byte, and a server may send one every few seconds.
    """
    with raw.dup() as same:
        timer = threading.Timer(max(0.0, until - time.monotonic()), _shut, [same])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side may have closed it already
        connection.shutdown(socket.SHUT_RDWR)


def _no_answer(problem: Exception, seconds: float) -> Answer:
    if isinstance(problem, TimeoutError) or seconds >= settings.WEBHOOK_TIMEOUT_S:
        return Answer(problem=Problem.TIMEOUT, detail=f"{settings.WEBHOOK_TIMEOUT_S:g}")
    match problem:
        case socket.gaierror():
            return Answer(problem=Problem.UNKNOWN_NAME)
        case ssl.SSLCertVerificationError():
            return Answer(problem=Problem.CERTIFICATE, detail=problem.verify_message[:255])
        case ssl.SSLError():
            return Answer(problem=Problem.TLS)
        case ConnectionRefusedError():
            return Answer(problem=Problem.REFUSED)
        case http.client.RemoteDisconnected():
            return Answer(problem=Problem.CONNECTION)
        case http.client.HTTPException() | ValueError():
            return Answer(problem=Problem.NOT_HTTP)
    return Answer(problem=Problem.CONNECTION)
