"""The filters above lists, drawn alike everywhere by ``web/_filter.html``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice that the query string holds under ``name``. The first option means no filter."""

    name: str
    label: Any
    options: tuple[tuple[str, Any], ...]
    value: str

    @classmethod
    def of(cls, name: str, label: Any, options: Iterable[tuple[Any, Any]], value: str) -> Filter:
        choices = tuple((str(key), text) for key, text in options)
        return cls(name, label, choices, value)
