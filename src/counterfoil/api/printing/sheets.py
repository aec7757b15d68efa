"""``sheets`` and ``sheetpresets``, additions to the pretix API: what tickets are printed on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.views import (
    DetailView,
    ListView,
    OrganizerView,
    WritingViews,
    organizer_routes,
)
from counterfoil.api.printing.sheet_fields import (
    OrganizerSheetSerializer,
    SheetParser,
    SheetSerializer,
    preset_json,
)
from counterfoil.printing.models import OrganizerSheet
from counterfoil.printing.sheets import sheets_of
from counterfoil.render.sheets import PRESETS, sheet_json

_EXAMPLE = {
    **sheet_json(PRESETS["a4"].sheet),
    "columns": 2,
    "rows": 5,
    "cell_width": 90.0,
    "cell_height": 50.0,
    "lift": 50,
}


class SheetView(ListView, DetailView, WritingViews, OrganizerView[OrganizerSheet]):
    """Sheets of paper and labels with their measures, their order and their marks."""

    verbose_name = "sheet"
    example: ClassVar[Any] = {"id": 1, **_EXAMPLE, "name": "A4, ten tickets"}
    serializer_class = OrganizerSheetSerializer
    parser_classes = (SheetParser,)
    write_permissions = ("organizer.settings.general:write",)
    log_as = "sheet"

    def get_queryset(self) -> QuerySet[OrganizerSheet]:
        return sheets_of(self.organizer)

    def scope(self) -> dict[str, Any]:
        return {"organizer": self.organizer}


class PresetSerializer(SheetSerializer):
    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=["paper", "label"])


class SheetPresetView(OrganizerView[OrganizerSheet]):
    """Built-in sheets: papers, and label stocks by their makers' published measures."""

    verbose_name = "built-in sheet"
    example: ClassVar[Any] = preset_json(
        "avery-l7163", is_label=True, sheet=PRESETS["avery-l7163"].sheet
    )
    queryset = OrganizerSheet.objects.none()
    serializer_class = PresetSerializer

    @extend_schema(responses=PresetSerializer(many=True))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        listed = [
            preset_json(key, is_label=preset.is_label, sheet=preset.sheet)
            for key, preset in PRESETS.items()
        ]
        page = self.paginate_queryset(listed)
        return self.get_paginated_response(page)


routes = [
    *organizer_routes("sheets", SheetView, name="sheet"),
    path(
        "organizers/<str:organizer>/sheetpresets/",
        SheetPresetView.as_view({"get": "list"}),
        name="sheetpreset-list",
    ),
]
