"""``sheetpreview``, an addition to the pretix API: a sheet before paper is spent on it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.downloads import PNG, FileAnswers, PngRenderer, bytes_answer
from counterfoil.api.framework.fields import Reference, Text, Whole
from counterfoil.api.framework.views import EventView
from counterfoil.api.printing.sheet_fields import SheetChoice, SheetParser
from counterfoil.printing.models import Print
from counterfoil.printing.prints import PrintSpec
from counterfoil.printing.sheet_previews import choose_layout, preview_sheet
from counterfoil.printing.sheets import find_sheet
from counterfoil.render import Ink


class SheetPreviewSerializer(serializers.Serializer[Any]):
    sheet = SheetChoice(required=False, allow_null=True)
    layout = Reference("ticket_layouts", required=False, allow_null=True)
    amount = Whole()
    number = Whole(required=False, default=1)
    ink = serializers.ChoiceField(choices=[str(ink) for ink in Ink], required=False)
    locale = Text(required=False, allow_null=True, allow_blank=True)


class SheetPreviewView(FileAnswers, EventView[Print]):
    """A sheet with sample tickets as a PNG; or its plan and findings as JSON, by ``Accept``."""

    verbose_name = "preview of a sheet"
    renderer_classes = (PngRenderer, JSONRenderer)
    example: ClassVar[Any] = {
        "plan": {"tickets": 500, "cells": 10, "lifts": 1, "sheets": 50, "empty": 0, "cuts": 9},
        "findings": [],
    }
    request_examples: ClassVar[dict[str, Any]] = {
        "create": {"sheet": "avery-l7163", "layout": 3, "amount": 500}
    }
    queryset = Print.objects.none()
    serializer_class = SheetPreviewSerializer
    parser_classes = (SheetParser,)
    read_permissions = write_permissions = ("event.prints:write",)

    @extend_schema(
        responses={(200, PNG): OpenApiTypes.BINARY, (200, "application/json"): OpenApiTypes.OBJECT}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sent = SheetPreviewSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        preview = preview_sheet(
            event=self.event,
            spec=PrintSpec(
                sheet=find_sheet(organizer=self.organizer, choice=values.get("sheet")),
                ink=Ink(values.get("ink") or Ink.OFFICE),
                locale=values.get("locale") or "",
            ),
            choice=choose_layout(self.event, values.get("layout")),
            amount=values["amount"],
            number=values["number"],
        )
        if getattr(request.accepted_renderer, "media_type", PNG) == PNG:
            return bytes_answer(preview.png(), content_type=PNG, filename="sheet.png")
        return Response(preview.to_json())


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/sheetpreview/",
        SheetPreviewView.as_view({"post": "create"}),
        name="sheetpreview",
    )
]
