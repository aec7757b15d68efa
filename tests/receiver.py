"""A real server that webhooks are sent to: it keeps what came, and answers as it is told."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Message:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def payload(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.body)
        return read


Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """``reply`` answers a request; ``messages`` are those that came, in their order."""

    address: str = ""
    messages: list[Message] = field(default_factory=list)
    reply: Reply = field(default=lambda handler: answer(handler, 200))
    arrived: threading.Event = field(default_factory=threading.Event)

    def answers(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.reply = lambda handler: answer(handler, status, body, **headers)


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@contextlib.contextmanager
def receiver(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver; with ``tls`` it speaks HTTPS."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.messages.append(Message(self.path, dict(self.headers), body))
            kept.arrived.set()
            with contextlib.suppress(OSError):  # whoever sent it may have given up
                kept.reply(self)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            """Say nothing: clients that break off are part of the tests."""

    server = Server((host, 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "https" if tls else "http"
    kept.address = f"{scheme}://{host}:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
