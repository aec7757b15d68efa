"""Sheets in the API: the shape is described here, and checked by the engine that prints."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError

from counterfoil.api.framework.parsers import JSONParser
from counterfoil.core import strictjson
from counterfoil.printing.models import OrganizerSheet
from counterfoil.printing.sheets import save_sheet
from counterfoil.render.sheets import Sheet, sheet_json


class MarksSerializer(serializers.Serializer[Any]):
    crop = serializers.BooleanField(required=False)
    slug = serializers.BooleanField(required=False)
    registration = serializers.BooleanField(required=False)


class PerforationSerializer(serializers.Serializer[Any]):
    axis = serializers.ChoiceField(choices=["x", "y"])
    at = serializers.FloatField()
    draw = serializers.ChoiceField(choices=["ticks", "dashed", "none"], required=False)


class CalibrationSerializer(serializers.Serializer[Any]):
    dx = serializers.FloatField(required=False)
    dy = serializers.FloatField(required=False)
    scale_x = serializers.FloatField(required=False)
    scale_y = serializers.FloatField(required=False)


class SheetSerializer(serializers.Serializer[Any]):
    """A sheet in millimetres from the top left corner."""

    name = serializers.CharField(max_length=190)
    width = serializers.FloatField()
    height = serializers.FloatField()
    columns = serializers.IntegerField()
    rows = serializers.IntegerField()
    cell_width = serializers.FloatField(required=False, allow_null=True)
    cell_height = serializers.FloatField(required=False, allow_null=True)
    left = serializers.FloatField(required=False, allow_null=True)
    top = serializers.FloatField(required=False, allow_null=True)
    gap_x = serializers.FloatField(required=False)
    gap_y = serializers.FloatField(required=False)
    bleed = serializers.FloatField(required=False)
    order = serializers.ChoiceField(choices=["rows", "columns", "cut_and_stack"], required=False)
    lift = serializers.IntegerField(required=False, allow_null=True)
    tail = serializers.ChoiceField(choices=["compact", "whole_books"], required=False)
    descending = serializers.BooleanField(required=False)
    start_position = serializers.IntegerField(required=False, allow_null=True)
    rotate = serializers.ChoiceField(choices=[0, 90, 180, 270], required=False)
    duplex = serializers.ChoiceField(choices=["long", "short"], required=False, allow_null=True)
    marks = MarksSerializer(required=False)
    perforations = PerforationSerializer(many=True, required=False)
    calibration = CalibrationSerializer(required=False)


class OrganizerSheetSerializer(SheetSerializer):
    """A sheet of an organizer. What is sent goes to the engine's reader as it is."""

    id = serializers.IntegerField(read_only=True)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {"id": fields.pop("id"), **fields}

    def to_representation(self, instance: OrganizerSheet) -> Any:
        return {"id": instance.pk, **instance.declaration, "name": instance.name}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if not isinstance(data, dict):
            raise serializers.ValidationError(
                {"non_field_errors": [self.error_messages["invalid"]]}
            )
        return {key: data[key] for key in data if key != "id"}

    def create(self, validated_data: Any) -> OrganizerSheet:
        organizer = validated_data.pop("organizer")
        return save_sheet(organizer=organizer, sheet=None, values=validated_data)

    def update(self, instance: OrganizerSheet, validated_data: Any) -> OrganizerSheet:
        return save_sheet(
            organizer=instance.organizer,
            sheet=instance,
            values=validated_data,
            is_partial=self.partial,
        )


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "description": "Id of a sheet of the organizer"},
            {"type": "string", "description": "Key of a built-in sheet"},
            {"type": "object", "description": "A sheet"},
            {"type": "null", "description": "One ticket a page"},
        ]
    }
)
class SheetChoice(serializers.Field[Any, Any, Any, Any]):
    """An id, a key, an object or null; the service finds out what it is."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(OpenApiTypes.OBJECT)
class PinnedSheet(serializers.JSONField):
    """A sheet as it was pinned."""


class SheetParser(JSONParser):
    """Reads JSON, and names the place of NaN and infinities, as sheets do for all errors."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(strictjson.MAX_BYTES + 1)
        try:
            return super().parse(io.BytesIO(raw), media_type, parser_context)
        except (ParseError, ValidationError):
            if errors := _errors_about_numbers(raw):
                raise ValidationError(errors) from None
            raise


def _errors_about_numbers(raw: bytes) -> Any:
    """Return an error for each number that is none, nested as the body is."""
    try:
        body = json.loads(raw.decode())
        return _nested_errors(body, 0) if isinstance(body, dict) else None
    except (ValueError, RecursionError):
        return None


def _nested_errors(value: Any, depth: int) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return [_("A valid number is required.")]
    if depth > strictjson.MAX_DEPTH:
        return None
    if isinstance(value, dict):
        pairs = ((key, _nested_errors(each, depth + 1)) for key, each in value.items())
        return {key.encode(errors="replace").decode(): each for key, each in pairs if each}
    if isinstance(value, list):
        listed = [_nested_errors(each, depth + 1) or {} for each in value]
        return listed if any(listed) else None
    return None


def preset_json(key: str, *, is_label: bool, sheet: Sheet) -> dict[str, Any]:
    return {"key": key, "kind": "label" if is_label else "paper", **sheet_json(sheet)}
