"""A small client of the API for tests: JSON in, Django's response out."""

from __future__ import annotations

import json as jsons
from typing import Any

from django.test import Client

from counterfoil.catalog.models import Event

BASE = "/api/v1"


class Api:
    """Calls the API with a default ``Authorization``; ``token=None`` sends none.

    Paths begin below ``/api/v1``; ``at(event, "items/")`` makes those of an event.
    """

    def __init__(self, token: str | None) -> None:
        self.token = token
        self.raises = True  # exceptions of the server; False lets it answer 500

    def get(self, path: str, **given: Any) -> Any:
        return self.send("GET", path, **given)

    def post(self, path: str, **given: Any) -> Any:
        return self.send("POST", path, **given)

    def put(self, path: str, **given: Any) -> Any:
        return self.send("PUT", path, **given)

    def patch(self, path: str, **given: Any) -> Any:
        return self.send("PATCH", path, **given)

    def delete(self, path: str, **given: Any) -> Any:
        return self.send("DELETE", path, **given)

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = ...,
        content: bytes = b"",
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
        token: str | None = "",
    ) -> Any:
        """Send a request. ``json`` is encoded; ``content`` goes as it is."""
        sent = dict(headers or {})
        credential = self.token if token == "" else token
        if credential is not None:
            sent["Authorization"] = credential
        body = content if json is ... else jsons.dumps(json).encode()
        url = path if path.startswith("/api/") else BASE + path
        client = Client(raise_request_exception=self.raises)
        return client.generic(method, url, body, content_type, headers=sent)


def at(event: Event, path: str = "") -> str:
    """Return the path of something below an event."""
    return f"{BASE}/organizers/{event.organizer.slug}/events/{event.slug}/{path}"


def upload(api: Api, content: bytes, name: str = "x.pdf", kind: str = "application/pdf") -> str:
    """Upload a file, and return the id by which it is named afterwards."""
    answer = api.post(
        "/upload",
        content=content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def send_file(
    api: Api, method: str, path: str, content: bytes, *, name: str = "x.csv", field: str = "file"
) -> Any:
    """Send a form with a file in it."""
    head = f'Content-Disposition: form-data; name="{field}"; filename="{name}"'
    form = b"--b\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n--b--\r\n"
    return api.send(method, path, content=form, content_type="multipart/form-data; boundary=b")
