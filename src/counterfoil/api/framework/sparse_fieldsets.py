"""``include`` and ``exclude``: clients choose the fields of an answer, as ``positions.secret``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request


def chosen(serializer: Any, request: Request) -> Any:
    """Return the serializer without the fields that the query leaves out."""
    include = {name for name in request.query_params.getlist("include") if name}
    exclude = {name for name in request.query_params.getlist("exclude") if name}
    if include or exclude:
        _prune(serializer, include, exclude)
    return serializer


def _prune(serializer: Any, include: set[str], exclude: set[str]) -> None:
    shape: Any = getattr(serializer, "child", serializer)
    for name, field in list(shape.fields.items()):
        included, excluded = _below(name, include), _below(name, exclude)
        if name in exclude or (include and name not in include and not included):
            del shape.fields[name]
        elif isinstance(field, (serializers.Serializer, serializers.ListSerializer)):
            _prune(field, set() if name in include else included, excluded)


def _below(name: str, paths: Iterable[str]) -> set[str]:
    """Return the rest of the paths that lead into a field."""
    return {path.removeprefix(f"{name}.") for path in paths if path.startswith(f"{name}.")}
