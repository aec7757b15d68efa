"""Ids of rows in paths."""

from __future__ import annotations

from django.urls import register_converter

from counterfoil.core.ids import row_id


class IdConverter:
    """``<id:pk>`` in a route. What is no id matches too: it is a 404, but after 401 and 403."""

    regex = "[^/]+"

    def to_python(self, value: str) -> int | None:
        return row_id(value)

    def to_url(self, value: object) -> str:
        return str(value)


register_converter(IdConverter, "id")
