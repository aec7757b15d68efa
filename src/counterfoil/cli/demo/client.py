"""An ordinary client of the API: everything the demo does, anybody with a token can do."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

_COPY_SIZE = 1 << 20


class AnswerRefused(Exception):
    """The server answered with an error; the text holds the status and what it said."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One line of a batch's list of tickets."""

    order: str
    secret: str


@dataclass(frozen=True, slots=True)
class Client:
    """Speaks to one event of a server."""

    base: str
    token: str
    organizer: str
    event: str

    def get(self, resource: str) -> Any:
        return self._json(self._request("GET", self._url(resource)))

    def create_batch(self, *, item: int, amount: int, on_progress: Callable[[int], None]) -> Any:
        """Ask for a batch, wait until it is made, and return it."""
        response = self._request(
            "POST",
            self._url("offlinesalesbatches"),
            {"item": item, "amount": amount, "comment": "Demo"},
        )
        result = self._wait(self._json(response)["check"], on_progress)
        return self._json(result)

    def print_batch(self, batch: int, to: Path, on_progress: Callable[[int], None]) -> None:
        """Have a batch printed and store the PDF."""
        response = self._request("POST", self._url(f"offlinesalesbatches/{batch}/render"), {})
        with (
            self._wait(self._json(response)["download"], on_progress) as answer,
            to.open("wb") as file,
        ):
            while part := answer.read(_COPY_SIZE):
                file.write(part)

    def print_on_sheets(
        self, batch: int, sheet: dict[str, Any], to: Path, on_progress: Callable[[int], None]
    ) -> None:
        """Have a batch printed on sheets and store the PDF."""
        path = self._url(f"offlinesalesbatches/{batch}/prints")
        response = self._request("POST", path, {"sheet": sheet})
        with (
            self._wait(self._json(response)["download"], on_progress) as answer,
            to.open("wb") as file,
        ):
            while part := answer.read(_COPY_SIZE):
                file.write(part)

    def tickets(self, batch: int) -> Iterator[Ticket]:
        """Yield what the API says of each ticket of a batch, in the order of the pages."""
        page = self._url(f"offlinesalesbatches/{batch}/tickets")
        while page:
            answer = self._json(self._request("GET", page))
            for row in answer["results"]:
                yield Ticket(order=row["order"], secret=row["secret"])
            page = answer["next"]

    def _url(self, resource: str) -> str:
        return f"{self.base}/api/v1/organizers/{self.organizer}/events/{self.event}/{resource}/"

    def _wait(self, url: str, on_progress: Callable[[int], None]) -> Any:
        """Poll until the work is done: 409 says that it goes on, and how far it is."""
        while True:
            try:
                return self._request("GET", url)
            except urllib.error.HTTPError as problem:
                on_progress(json.load(problem).get("progress", {}).get("done", 0))
            time.sleep(0.2)

    def _request(self, method: str, url: str, body: dict[str, Any] | None = None) -> Any:
        """Return the answer, or raise the HTTPError that says: not yet."""
        if not url.startswith("http"):
            raise AnswerRefused(f"not a web address: {url!r}")
        request = urllib.request.Request(  # noqa: S310 - checked above
            url,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": self.token, "Content-Type": "application/json"},
        )
        try:
            return urllib.request.urlopen(request, timeout=600)  # noqa: S310 - as above
        except urllib.error.HTTPError as problem:
            if problem.code == HTTPStatus.CONFLICT:
                raise
            raise AnswerRefused(f"{problem.code}: {problem.read().decode()}") from None
        except urllib.error.URLError as problem:
            raise AnswerRefused(f"the server does not answer: {problem.reason}") from None

    @staticmethod
    def _json(answer: Any) -> Any:
        with answer:
            return json.load(answer)
