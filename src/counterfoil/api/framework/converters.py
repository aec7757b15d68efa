"""Ids of rows and jobs in paths. What is no id matches too: it is a 404, but after 401 and 403."""

from __future__ import annotations

import re
import uuid

from django.urls import register_converter
from django.urls.converters import UUIDConverter

from counterfoil.core.ids import row_id

_NIL = uuid.UUID(int=0)


class IdConverter:
    """``<id:pk>`` in a route."""

    regex = "[^/]+"

    def to_python(self, value: str) -> int | None:
        return row_id(value)

    def to_url(self, value: object) -> str:
        return str(value)


class JobIdConverter:
    """``<job_id:job>`` in a route. What is no UUID becomes the nil UUID, which nothing has."""

    regex = "[^/]+"

    def to_python(self, value: str) -> uuid.UUID:
        return uuid.UUID(value) if re.fullmatch(UUIDConverter.regex, value) else _NIL

    def to_url(self, value: object) -> str:
        return str(value)


register_converter(IdConverter, "id")
register_converter(JobIdConverter, "job_id")
