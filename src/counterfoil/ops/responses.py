"""JSON as REST framework writes it, for what is answered without it: compact."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse


class CompactJsonResponse(JsonResponse):
    def __init__(self, body: Any, **kwargs: Any) -> None:
        super().__init__(body, json_dumps_params={"separators": (",", ":")}, **kwargs)
