"""Lists in request bodies whose problems keep their places: ``[{}, {"item": ["…"]}]``.

REST framework answers an object from index to problems by now; clients of this API know the list.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class PositionalList(serializers.ListSerializer[Any]):
    """For ``Meta.list_serializer_class`` of the serializer of one entry."""

    def to_internal_value(self, data: Any) -> list[Any]:
        try:
            entries: list[Any] = super().to_internal_value(data)
        except serializers.ValidationError as refused:
            problems: Any = refused.detail
            if not isinstance(problems, dict) or not all(isinstance(key, int) for key in problems):
                raise
            in_place = [problems.get(index, {}) for index in range(len(data))]
            raise serializers.ValidationError(in_place) from None
        return entries
