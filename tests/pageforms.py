"""What a browser sends of a page's form that nobody has touched."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


def untouched(answer: Any) -> dict[str, Any]:
    """Return what the form in a page's main part sends, without its buttons."""
    reader = _Reader()
    reader.feed(answer.content.decode().partition("<main")[2])
    return reader.sent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, Any] = {}
        self._select = ""
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.sent[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._area = name
            self.sent[name] = ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.sent[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            self.sent[self._area] = self.sent[self._area].removeprefix("\n")
            self._area = None

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        kind, value = given.get("type"), given.get("value") or ""
        if kind in {"checkbox", "radio"}:
            if "checked" in given:
                self.sent.setdefault(name, []).append(given.get("value") or "on")
        elif kind != "file":
            self.sent[name] = value
