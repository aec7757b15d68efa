"""Our own ``layoutelements`` and ``layoutvariables``: what an editor of layouts offers."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.views import EventView
from counterfoil.layouts.models import TicketLayout
from counterfoil.printing.variables.kinds import Variable
from counterfoil.printing.variables.registry import VariableTable
from counterfoil.render import describe


class LayoutVariableSerializer(serializers.Serializer[Any]):
    """``longest`` is the worst that a layout must hold; ``kind`` is text or image."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # also a property of serializers
    kind = serializers.CharField()
    sample = serializers.CharField()
    longest = serializers.SerializerMethodField()

    def get_longest(self, variable: Variable) -> str:
        return variable.longest or variable.sample


class LayoutElementSerializer(serializers.Serializer[Any]):
    """One kind of element. ``ours`` tells that pretix does not know it."""

    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # also a property of serializers
    about = serializers.CharField()
    ours = serializers.BooleanField()
    attributes = serializers.ListField(child=serializers.DictField())


class LayoutVariableView(EventView[Any]):
    verbose_name = "layout variable"
    example = {
        "key": "attendee_name",
        "label": "Attendee name",
        "kind": "text",
        "sample": "Ada Lovelace",
        "longest": "Wilhelmina-Charlotte Wolfeschlegelsteinhausen",
    }
    queryset = TicketLayout.objects.none()
    serializer_class = LayoutVariableSerializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(list(VariableTable(self.event)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class LayoutElementView(EventView[Any]):
    verbose_name = "kind of layout element"
    example = {
        "type": "barcodearea",
        "label": "Barcode",
        "about": "A code that a scanner reads.",
        "ours": False,
        "attributes": [],
    }
    queryset = TicketLayout.objects.none()
    serializer_class = LayoutElementSerializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(describe())
        return self.get_paginated_response(page)


_BASE = "organizers/<str:organizer>/events/<str:event>/"

routes = [
    path(
        f"{_BASE}layoutvariables/",
        LayoutVariableView.as_view({"get": "list"}),
        name="layoutvariable-list",
    ),
    path(
        f"{_BASE}layoutelements/",
        LayoutElementView.as_view({"get": "list"}),
        name="layoutelement-list",
    ),
]
