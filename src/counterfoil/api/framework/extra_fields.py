"""Attributes without a rule of ours: kept in the row's JSON column ``extra`` and given back.

``free_price = Carried(serializers.BooleanField(), False)`` reads and writes one of them, with the
default that clients know.
"""

from __future__ import annotations

import copy
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import append_meta
from rest_framework import serializers


class ExtraField(serializers.Field[Any, Any, Any, Any]):
    """A carried attribute, checked by another field."""

    def __init__(self, inner: serializers.Field[Any, Any, Any, Any], default: Any) -> None:
        super().__init__(required=False, allow_null=inner.allow_null)
        self.inner = inner
        self.when_missing = default

    def bind(self, field_name: str, parent: Any) -> None:
        self.source = f"extra.{field_name}"
        super().bind(field_name, parent)
        self.inner.bind("", self)  # type: ignore[arg-type]

    def get_attribute(self, instance: Any) -> Any:
        return instance.extra.get(self.field_name, copy.copy(self.when_missing))

    def to_internal_value(self, data: Any) -> Any:
        value = self.inner.run_validation(data)
        return None if value is None else self.inner.to_representation(value)

    def to_representation(self, value: Any) -> Any:
        return value


class ExtraFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes a carried attribute as the field that checks it."""

    target_class = ExtraField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        inner = self.target.inner
        schema = auto_schema._map_serializer_field(inner, direction)  # type: ignore[no-untyped-call]
        return append_meta(schema, {"default": self.target.when_missing})


def flag() -> ExtraField:
    return ExtraField(serializers.BooleanField(), False)


def flag_set() -> ExtraField:
    return ExtraField(serializers.BooleanField(), True)


def ids() -> ExtraField:
    """A list of numbers whose rows are not ours."""
    return ExtraField(serializers.ListField(child=serializers.IntegerField()), [])


def objects() -> ExtraField:
    """A list of objects whose fields are not ours."""
    return ExtraField(serializers.ListField(child=serializers.DictField()), [])
