"""Ids of rows in paths and queries. Python reads the digits of every script, and underscores
between them; an id is written in the ten digits of ASCII, or there would be many for one row.
"""

from __future__ import annotations

from django.urls import register_converter

_LARGEST = 2**63 - 1


def row_id(text: str | None) -> int | None:
    """Read an id; None is one that no row can have."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > len(str(_LARGEST)):
        return None
    number = int(text)
    return number if number <= _LARGEST else None


class IdConverter:
    """``<id:pk>`` in a route. What is no id matches too: it is a 404, but after 401 and 403."""

    regex = "[^/]+"

    def to_python(self, value: str) -> int | None:
        return row_id(value)

    def to_url(self, value: object) -> str:
        return str(value)


register_converter(IdConverter, "id")
